package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Opens one connection: TCP, TLS, authentication, all inside the connect timeout. Ends in exactly one of
 * {@link Outcome#connected} and {@link Outcome#failed}, on the event loop, unless it is canceled. Nothing but TLS is ever written (RFC 7858 3.1).
 */
final class Dial {

    private static final int LENGTH_OCTETS = 2;
    private static final int MESSAGE_OCTETS_MAX = 65_535;

    /** How a dial ends. */
    interface Outcome {

        /** Authenticated; the connection is in its channel's pipeline. */
        void connected(DotConnection connection, Handshake handshake);

        /** Nothing is open any more. */
        void failed(UpstreamException cause);
    }

    /**
     * What became of TLS.
     *
     * @param key of the server's certificate, which was accepted
     */
    record Handshake(boolean resumed, String tlsVersion, SpkiPin key) {}

    private final ServerAuthentication authentication;
    private final DotConnection connection;
    private final Outcome outcome;
    private boolean ended;
    private boolean tcpConnected;
    private @Nullable ScheduledFuture<?> timeout;
    private @Nullable Channel dialed;

    private Dial(ServerAuthentication authentication, DotConnection connection, Outcome outcome) {
        this.authentication = authentication;
        this.connection = connection;
        this.outcome = outcome;
    }

    /** Starts a dial; to be called on the event loop. */
    static Dial start(
            EventLoop loop,
            InetSocketAddress address,
            ServerAuthentication authentication,
            UpstreamSettings settings,
            DotConnection connection,
            Outcome outcome) {
        Dial dial = new Dial(authentication, connection, outcome);
        dial.start(loop, address, settings);
        return dial;
    }

    private void start(EventLoop loop, InetSocketAddress address, UpstreamSettings settings) {
        long timeoutMillis = settings.connectTimeout().toMillis();
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeoutMillis)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        startTls(channel, address.getAddress());
                    }
                });
        ChannelFuture connecting = connect(bootstrap, address, settings.sourceAddresses());
        if (connecting.isDone() && !connecting.isSuccess()) {
            // No socket could be had, so that its channel belongs to no event loop, and cannot even be closed.
            loop.execute(() -> fail(new UpstreamException(Reason.CONNECT, textOf(connecting.cause()))));
            return;
        }
        Channel channel = connecting.channel();
        dialed = channel;
        connecting.addListener(done -> {
            tcpConnected = done.isSuccess();
            if (!done.isSuccess()) {
                fail(channel, new UpstreamException(Reason.CONNECT, textOf(done.cause())));
            }
        });
        timeout = loop.schedule(() -> timedOut(channel), timeoutMillis, TimeUnit.MILLISECONDS);
    }

    /** Gives it up, on the event loop; it then has no outcome. */
    void cancel() {
        if (end() && dialed != null) {
            dialed.close();
        }
    }

    private static ChannelFuture connect(Bootstrap bootstrap, InetSocketAddress address, List<InetAddress> sources) {
        for (InetAddress source : sources) {
            if (source.getClass() == address.getAddress().getClass()) {
                return bootstrap.connect(address, new InetSocketAddress(source, 0));
            }
        }
        return bootstrap.connect(address);
    }

    private void startTls(Channel channel, InetAddress address) {
        SslHandler tls = authentication.newHandler(channel.alloc(), address.getHostAddress());
        tls.setHandshakeTimeoutMillis(0); // ours covers TCP and TLS together
        Unheard unheard = new Unheard();
        channel.pipeline().addLast(tls, unheard);
        tls.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                channel.pipeline().remove(unheard);
                authenticate(channel, tls.engine().getSession());
            } else {
                fail(channel, handshakeFailure(done.cause()));
            }
        });
    }

    private void authenticate(Channel channel, SSLSession session) {
        SpkiPin key;
        try {
            key = authentication.verify(session);
        } catch (UpstreamException e) {
            session.invalidate();
            fail(channel, e);
            return;
        }
        if (!end()) {
            return;
        }
        channel.pipeline()
                .addLast(
                        new LengthFieldBasedFrameDecoder(
                                LENGTH_OCTETS + MESSAGE_OCTETS_MAX, 0, LENGTH_OCTETS, 0, LENGTH_OCTETS),
                        connection);
        boolean resumed = ServerAuthentication.isResumed(session);
        outcome.connected(connection, new Handshake(resumed, session.getProtocol(), key));
    }

    private void timedOut(Channel channel) {
        fail(
                channel,
                tcpConnected
                        ? new UpstreamException(Reason.HANDSHAKE, "the TLS handshake timed out")
                        : new UpstreamException(Reason.CONNECT, "the connection attempt timed out"));
    }

    private void fail(Channel channel, UpstreamException cause) {
        if (!ended) {
            channel.close();
            fail(cause);
        }
    }

    private void fail(UpstreamException cause) {
        if (end()) {
            outcome.failed(cause);
        }
    }

    /** @return true the first time */
    private boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        if (timeout != null) {
            timeout.cancel(false);
        }
        return true;
    }

    /** Stands last while there is no connection: what goes wrong is told by the handshake's future, not by the pipeline. */
    private static final class Unheard extends ChannelInboundHandlerAdapter {

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private static UpstreamException handshakeFailure(Throwable cause) {
        Throwable at = cause;
        for (int depth = 0; at != null && depth < 8; depth++, at = at.getCause()) {
            if (at instanceof PinOnlyTrust.PinMismatch) {
                return new UpstreamException(Reason.PIN, textOf(at));
            }
            if (at instanceof CertificateException) {
                return new UpstreamException(Reason.CERTIFICATE, textOf(rootOf(at)));
            }
        }
        return new UpstreamException(Reason.HANDSHAKE, textOf(cause));
    }

    private static Throwable rootOf(Throwable thrown) {
        Throwable root = thrown;
        for (int depth = 0; root.getCause() != null && depth < 8; depth++) {
            root = root.getCause();
        }
        return root;
    }

    private static String textOf(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? thrown.getClass().getSimpleName() : message;
    }
}
