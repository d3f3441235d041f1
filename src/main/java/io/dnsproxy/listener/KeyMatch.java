package io.dnsproxy.listener;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509KeyManager;

/**
 * Whether each certificate comes with its own key. TLS itself would find out at the first handshake, which is too late for an earlier pair that
 * was good: of two files that change one after another, the second may be missing still.
 */
final class KeyMatch {

    private static final String PSS = "RSASSA-PSS";
    private static final String[] KEY_TYPES = {"RSA", "EC", "EdDSA", PSS};

    /** What is signed, once. */
    private static final byte[] TEXT = {'d', 'o', 't'};

    private KeyMatch() {}

    /** @throws SSLException if there is no key, or one of another certificate */
    static void check(KeyManager[] managers) throws SSLException {
        boolean some = false;
        for (KeyManager manager : managers) {
            if (manager instanceof X509KeyManager keys) {
                for (String type : KEY_TYPES) {
                    some |= check(keys, type);
                }
            }
        }
        if (!some) {
            throw new SSLException("it has no key for a server");
        }
    }

    private static boolean check(X509KeyManager keys, String type) throws SSLException {
        String[] aliases = keys.getServerAliases(type, null);
        if (aliases == null) {
            return false;
        }
        for (String alias : aliases) {
            X509Certificate[] chain = keys.getCertificateChain(alias);
            PrivateKey key = keys.getPrivateKey(alias);
            if (chain == null || key == null || !belongs(key, chain[0].getPublicKey())) {
                throw new SSLException("the private key is not that of the certificate");
            }
        }
        return aliases.length > 0;
    }

    private static AlgorithmParameterSpec parametersOf(PublicKey key) {
        AlgorithmParameterSpec own = key instanceof RSAKey rsa ? rsa.getParams() : null;
        return own == null ? new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1) : own;
    }

    private static boolean belongs(PrivateKey key, PublicKey of) {
        String algorithm = switch (of.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> of.getAlgorithm();
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            if (algorithm.equals(PSS)) {
                signature.setParameter(parametersOf(of));
            }
            signature.initSign(key);
            signature.update(TEXT);
            byte[] signed = signature.sign();
            signature.initVerify(of);
            signature.update(TEXT);
            return signature.verify(signed);
        } catch (GeneralSecurityException otherKind) {
            return false;
        }
    }
}
