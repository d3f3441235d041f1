package io.dnsproxy.testkit;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate authority that lives as long as a test: EC P-256, made in a few milliseconds, known to nobody who was not given {@link #pem()}.
 * Two of them do not trust each other. Immutable; any thread.
 */
public final class ThrowawayAuthority {

    private final X509Bundle root;

    private ThrowawayAuthority(X509Bundle root) {
        this.root = root;
    }

    /** Makes a new authority with a key of its own. */
    public static ThrowawayAuthority create() {
        try {
            return new ThrowawayAuthority(new CertificateBuilder()
                    .ecp256()
                    .subject("CN=Throwaway authority " + System.nanoTime())
                    .setIsCertificateAuthority(true)
                    .setKeyUsage(true, CertificateBuilder.KeyUsage.keyCertSign, CertificateBuilder.KeyUsage.cRLSign)
                    .buildSelfSigned());
        } catch (Exception e) {
            throw new IllegalStateException("No authority could be made", e);
        }
    }

    /**
     * Issues a certificate that is valid now.
     *
     * @param names each an IP address literal (becomes an iPAddress entry) or a host name (dNSName)
     */
    public ServerCertificate issue(String... names) {
        CertificateRequest request = request();
        for (String name : names) {
            request.subjectAlternativeName(name);
        }
        return request.issue();
    }

    /** Asks for a certificate with something special about it: expired, without names, with a given key. */
    public CertificateRequest request() {
        return new CertificateRequest(root);
    }

    /** The authority's own certificate: what a client must trust. */
    public X509Certificate certificate() {
        return root.getCertificate();
    }

    /** The authority's own certificate as PEM text. */
    public String pem() {
        return root.getCertificatePEM();
    }

    /**
     * Writes {@link #pem()} as {@code authority.pem}.
     *
     * @param directory an existing folder; the caller removes it
     */
    public Path writePem(Path directory) throws IOException {
        return Files.writeString(directory.resolve("authority.pem"), pem());
    }

    /** A key store that holds this authority as its only trusted certificate. */
    public KeyStore trustStore() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", certificate());
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client's context that trusts this authority and nothing else, with a session cache of its own. */
    public SSLContext clientContext() {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trustStore());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
