package io.dnsproxy.listener;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;

/**
 * The server's side of TLS (RFC 7858 3): TLS 1.3 and 1.2 with the JDK's ciphers, ALPN {@code dot} for those who offer it. Any thread;
 * a new certificate is for new connections.
 */
public final class ServerTls {

    private static final String ALPN = "dot";

    private volatile SslContext context;

    /**
     * @param keys the server's certificate and its key
     * @throws SSLException if there is no TLS with them
     */
    public ServerTls(KeyManagerFactory keys) throws SSLException {
        context = contextOf(keys);
    }

    /** Shows another certificate from now on. If there is no TLS with it, the earlier one stays, and this says why. */
    public void replace(KeyManagerFactory keys) throws SSLException {
        context = contextOf(keys);
    }

    private static SslContext contextOf(KeyManagerFactory keys) throws SSLException {
        return SslContextBuilder.forServer(keys)
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        ALPN))
                .build();
    }

    /** The first handler of a connection. */
    SslHandler newHandler(ByteBufAllocator allocator, Duration handshakeTimeout) {
        SslHandler handler = context.newHandler(allocator);
        handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
        return handler;
    }
}
