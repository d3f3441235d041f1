package io.dnsproxy.upstream;

import java.net.Socket;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Judges as another trust manager does, and where that refuses a server says which key was seen: that tells an operator whether a
 * certificate has only run out or somebody else answers.
 */
final class TellingTrust extends X509ExtendedTrustManager {

    private final X509ExtendedTrustManager judge;

    private TellingTrust(X509ExtendedTrustManager judge) {
        this.judge = judge;
    }

    /**
     * The judge of these authorities.
     *
     * @param authorities null for the JVM's
     */
    static TrustManager of(@Nullable TrustManagerFactory authorities) {
        TrustManager judge = (authorities == null ? ofTheJvm() : authorities).getTrustManagers()[0];
        // Any other kind is wrapped by the JDK, which adds the check of the name: that must not be lost.
        return judge instanceof X509ExtendedTrustManager extended ? new TellingTrust(extended) : judge;
    }

    private static TrustManagerFactory ofTheJvm() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            return factory;
        } catch (NoSuchAlgorithmException | KeyStoreException e) {
            throw new IllegalStateException("the JVM's trust store cannot be read", e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            judge.checkServerTrusted(chain, authType, engine);
        } catch (CertificateException e) {
            throw telling(e, chain);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        try {
            judge.checkServerTrusted(chain, authType, socket);
        } catch (CertificateException e) {
            throw telling(e, chain);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        try {
            judge.checkServerTrusted(chain, authType);
        } catch (CertificateException e) {
            throw telling(e, chain);
        }
    }

    private static CertificateException telling(CertificateException refusal, X509Certificate[] chain) {
        Throwable root = refusal;
        for (int depth = 0; root.getCause() != null && depth < 8; depth++) {
            root = root.getCause();
        }
        return new CertificateException(root.getMessage() + "; the server's key has the pin " + SpkiPin.of(chain[0]));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        judge.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        judge.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        judge.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge.getAcceptedIssuers();
    }
}
