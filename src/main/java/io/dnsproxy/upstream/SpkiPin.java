package io.dnsproxy.upstream;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.util.Base64;

/**
 * The SHA-256 of a certificate's SubjectPublicKeyInfo (RFC 7858 4.2), compared with the leaf certificate alone.
 *
 * @param base64 the 32 octets in base64, 44 characters
 */
public record SpkiPin(String base64) {

    private static final int SHA256_OCTETS = 32;

    /** @throws IllegalArgumentException when the text is not 32 octets in base64 */
    public SpkiPin {
        byte[] octets = Base64.getDecoder().decode(base64);
        if (octets.length != SHA256_OCTETS) {
            throw new IllegalArgumentException("a pin is the base64 of " + SHA256_OCTETS + " octets");
        }
        base64 = Base64.getEncoder().encodeToString(octets); // there is more than one way to write it
    }

    /** The pin of a certificate's key. */
    public static SpkiPin of(Certificate certificate) {
        try {
            byte[] subjectPublicKeyInfo = certificate.getPublicKey().getEncoded();
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(subjectPublicKeyInfo);
            return new SpkiPin(Base64.getEncoder().encodeToString(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return base64;
    }
}
