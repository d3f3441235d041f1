package io.dnsproxy.listener;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;

/**
 * The server's side of TLS (RFC 7858 3): TLS 1.3 and 1.2 with the JDK's ciphers, or some of these, and ALPN {@code dot} for those who
 * offer it. Any thread; a new certificate is for new connections.
 */
public final class ServerTls {

    private static final String ALPN = "dot";

    /** Older ones must not be spoken (RFC 8996). */
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /**
     * Which of its versions and ciphers TLS is held to.
     *
     * @param protocols as the JDK names them; none: TLS 1.3 and 1.2
     * @param ciphers as the JDK names them; none: its own choice
     */
    public record Terms(List<String> protocols, List<String> ciphers) {

        /** Both versions, and the JDK's ciphers. */
        public static final Terms USUAL = new Terms(List.of(), List.of());

        /** Terms that nobody changes any more. */
        public Terms {
            protocols = List.copyOf(protocols);
            ciphers = List.copyOf(ciphers);
        }
    }

    private volatile SslContext context;

    /**
     * TLS on the usual terms.
     *
     * @param keys the server's certificate and its key
     * @throws SSLException if there is no TLS with them
     */
    public ServerTls(KeyManagerFactory keys) throws SSLException {
        this(keys, Terms.USUAL);
    }

    /**
     * @param keys the server's certificate and its key
     * @throws SSLException if there is no TLS with them, on these terms
     */
    public ServerTls(KeyManagerFactory keys, Terms terms) throws SSLException {
        context = contextOf(keys, terms);
    }

    /** Shows another certificate from now on. If there is no TLS with it, the earlier one stays, and this says why. */
    public void replace(KeyManagerFactory keys, Terms terms) throws SSLException {
        context = contextOf(keys, terms);
    }

    private static SslContext contextOf(KeyManagerFactory keys, Terms terms) throws SSLException {
        KeyMatch.check(keys.getKeyManagers());
        if (!PROTOCOLS.containsAll(terms.protocols())) {
            throw new SSLException("TLS is spoken in the versions " + PROTOCOLS + " only, not in " + terms.protocols());
        }
        SslContext context = SslContextBuilder.forServer(keys)
                .sslProvider(SslProvider.JDK)
                .protocols(terms.protocols().isEmpty() ? PROTOCOLS : terms.protocols())
                .ciphers(terms.ciphers().isEmpty() ? null : terms.ciphers())
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        ALPN))
                .build();
        try {
            context.newEngine(UnpooledByteBufAllocator.DEFAULT); // ciphers are looked at no sooner
        } catch (IllegalArgumentException unknownCipher) {
            throw new SSLException(unknownCipher.getMessage(), unknownCipher);
        }
        return context;
    }

    /** The first handler of a connection. */
    SslHandler newHandler(ByteBufAllocator allocator, Duration handshakeTimeout) {
        SslHandler handler = context.newHandler(allocator);
        handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
        return handler;
    }
}
