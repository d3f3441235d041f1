package io.dnsproxy.upstream;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts a leaf certificate by its key alone (RFC 7858 4.2), whoever signed it and whatever it is called. Only for servers
 * with pins and without a name.
 */
final class PinOnlyTrust extends X509ExtendedTrustManager {

    private final Set<SpkiPin> pins;

    PinOnlyTrust(Set<SpkiPin> pins) {
        this.pins = pins;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        SpkiPin seen = SpkiPin.of(chain[0]);
        if (!pins.contains(seen)) {
            throw new PinMismatch(seen);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("servers only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    /** The key is none of the pinned ones. */
    static final class PinMismatch extends CertificateException {

        PinMismatch(SpkiPin seen) {
            super("no pin matches; the server's key has the pin " + seen);
        }
    }
}
