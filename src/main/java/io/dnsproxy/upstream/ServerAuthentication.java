package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * How one server proves that it is the one (RFC 8310 5 and 8.1): the TLS client set up for it, and the check after each
 * handshake, before the first query octet.
 *
 * <p>With neither name nor pin: chain and address. With a name: chain and name. With pins only: the leaf's key alone. With
 * both: chain, name and key. Trust managers are not asked when a session is resumed, so {@link #verify} looks at the
 * session itself, every time. One instance has one session cache: new trust takes a new instance.
 */
final class ServerAuthentication {

    /** ALPN's name for DNS over TLS (RFC 7858, IANA). */
    private static final String ALPN_DOT = "dot";

    /** The GeneralName's tag (RFC 5280 4.2.1.6). */
    private static final int DNS_NAME = 2;

    private static final String RESUMABLE = "io.dnsproxy.resumable";

    private final UpstreamServer server;
    private final SslContext context;

    ServerAuthentication(UpstreamServer server) throws SSLException {
        this.server = server;
        boolean pinsOnly = server.authenticationName() == null && !server.pins().isEmpty();
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        ALPN_DOT));
        if (pinsOnly) {
            builder.trustManager(new PinOnlyTrust(server.pins())).endpointIdentificationAlgorithm("");
        } else {
            builder.trustManager(TellingTrust.of(server.trust())).endpointIdentificationAlgorithm("HTTPS");
        }
        this.context = builder.build();
    }

    /**
     * A handler for one new connection.
     *
     * @param address the address that is dialed, which the certificate must carry where there is no name
     */
    SslHandler newHandler(ByteBufAllocator allocator, String address) {
        String name = server.authenticationName();
        return context.newHandler(allocator, name == null ? address : name, server.port());
    }

    /**
     * Checks what the trust managers do not: that the leaf carries its name as a subject alternative name (where it carries no
     * dNSName, the JDK looks at the common name, which RFC 8310 8.1 forbids), and the pins, on resumed sessions too.
     *
     * @return the pin of the key that it has
     * @throws UpstreamException when this is not the server that was meant: no query octet may leave
     */
    SpkiPin verify(SSLSession session) throws UpstreamException {
        Certificate leaf = leafOf(session);
        if (server.authenticationName() != null && !hasAlternativeName(leaf, DNS_NAME)) {
            throw new UpstreamException(
                    Reason.CERTIFICATE, "the certificate has no subject alternative name of type dNSName");
        }
        SpkiPin seen = SpkiPin.of(leaf);
        if (!server.pins().isEmpty() && !server.pins().contains(seen)) {
            throw new UpstreamException(Reason.PIN, "no pin matches; the server's key has the pin " + seen);
        }
        return seen;
    }

    /** Whether the session came from an earlier connection. To be asked once for each handshake. */
    static boolean isResumed(SSLSession session) {
        boolean resumed = session.getValue(RESUMABLE) != null;
        session.putValue(RESUMABLE, true);
        return resumed;
    }

    private static Certificate leafOf(SSLSession session) throws UpstreamException {
        try {
            return session.getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            throw new UpstreamException(Reason.CERTIFICATE, "the server showed no certificate");
        }
    }

    private static boolean hasAlternativeName(Certificate leaf, int type) {
        try {
            Collection<List<?>> names = leaf instanceof X509Certificate x509 ? x509.getSubjectAlternativeNames() : null;
            return names != null
                    && names.stream().anyMatch(name -> name.getFirst().equals(type));
        } catch (CertificateParsingException e) {
            return false;
        }
    }
}
