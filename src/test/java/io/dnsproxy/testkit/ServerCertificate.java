package io.dnsproxy.testkit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a server shows: its certificates, the leaf first, and the leaf's key. Immutable; any thread.
 *
 * @param chain the certificates in the order in which they are sent, without the authority's own
 * @param keyPair the leaf's key
 */
public record ServerCertificate(List<X509Certificate> chain, KeyPair keyPair) {

    /** Copies the list. */
    public ServerCertificate {
        chain = List.copyOf(chain);
    }

    /** The server's own certificate. */
    public X509Certificate leaf() {
        return chain.getFirst();
    }

    /** The leaf's pin: base64 of the SHA-256 of the DER SubjectPublicKeyInfo (RFC 7858 4.2). */
    public String pin() {
        return pinOf(leaf());
    }

    /** The pin of any certificate (RFC 7858 4.2). */
    public static String pinOf(X509Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(certificate.getPublicKey().getEncoded());
            return Base64.getEncoder().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The chain as PEM text, the leaf first. */
    public String chainPem() {
        return chain.stream()
                .map(certificate -> pem("CERTIFICATE", encoded(certificate)))
                .collect(Collectors.joining());
    }

    /** The leaf's private key as PEM text (PKCS #8, not encrypted). */
    public String keyPem() {
        return pem("PRIVATE KEY", keyPair.getPrivate().getEncoded());
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String label, byte[] der) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }
}
