package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Header;
import io.dnsproxy.wire.PlainQueryWriter;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.ResponseReader;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One query to a server of plain DNS, and the answer to come. All but the future belongs to the upstream's event loop.
 *
 * <p>It is asked by UDP from a socket of its own: the system draws the port, and the socket is connected, so that nothing is heard
 * but what comes from the address and port that were asked (RFC 5452 9.1, 9.2). What has another id or another question is passed
 * over; from {@value #MISMATCHES_MAX} of these on somebody is guessing, and the query is asked by TCP, where that is in vain. So
 * it is when the answer says that it is too large for UDP (TC, RFC 7766 5), and when the query is.
 */
final class PlainExchange extends CompletableFuture<Answer> {

    static final int MISMATCHES_MAX = 20;

    private static final int LENGTH_OCTETS = 2;
    private static final int MESSAGE_OCTETS_MAX = 65_535;

    /** More than was asked for, as some servers send; a signed query asked for what its client likes. */
    private static final int DATAGRAM_OCTETS_MAX = 4_096;

    private final Query query;
    private final PlainUpstream upstream;
    private int id;
    private byte[] message = {};
    private long sentNanos;
    private int mismatches;
    private boolean byTcp;
    private boolean heardByUdp;
    private @Nullable Channel channel;
    private @Nullable Future<?> timer;

    PlainExchange(Query query, PlainUpstream upstream) {
        this.query = query;
        this.upstream = upstream;
    }

    void fail(Reason reason, String cause) {
        completeExceptionally(new UpstreamException(reason, cause));
    }

    /** Asks. */
    void start(int id) {
        this.id = id;
        message = PlainQueryWriter.write(query, id);
        sentNanos = System.nanoTime();
        long attemptNanos = upstream.settings().attemptTimeout().toNanos();
        timer = upstream.loop().schedule(this::overdue, attemptNanos, TimeUnit.NANOSECONDS);
        if (message.length > PlainQueryWriter.UDP_OCTETS) {
            askByTcp();
        } else {
            askByUdp();
        }
    }

    /** Closes what is open. Nothing happens from now on. */
    void release() {
        if (timer != null) {
            timer.cancel(false);
        }
        if (channel != null) {
            channel.close();
        }
    }

    private void overdue() {
        upstream.overdue(sentNanos);
        UpstreamSettings settings = upstream.settings();
        long leftNanos =
                settings.totalTimeout().minus(settings.attemptTimeout()).toNanos();
        timer = upstream.loop()
                .schedule(() -> broken(Reason.TIMEOUT, "no answer in time"), leftNanos, TimeUnit.NANOSECONDS);
    }

    private void askByUdp() {
        InetAddress address = upstream.server().address();
        int octetsMax = query.isSigned() ? MESSAGE_OCTETS_MAX : DATAGRAM_OCTETS_MAX;
        SocketProtocolFamily family =
                address instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
        ask(new Bootstrap()
                .channelFactory(() -> new NioDatagramChannel(family))
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(octetsMax))
                .handler(new ByUdp()));
    }

    private void askByTcp() {
        byTcp = true;
        upstream.counters().dials.increment();
        UpstreamSettings settings = upstream.settings();
        ask(new Bootstrap()
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        settings.connectTimeout().toMillis())
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel opened) {
                        opened.pipeline()
                                .addLast(
                                        new LengthFieldBasedFrameDecoder(
                                                LENGTH_OCTETS + MESSAGE_OCTETS_MAX, 0, LENGTH_OCTETS, 0, LENGTH_OCTETS),
                                        new ByTcp());
                    }
                }));
    }

    private void ask(Bootstrap bootstrap) {
        ChannelFuture connecting = connect(bootstrap.group(upstream.loop()));
        if (connecting.isDone() && !connecting.isSuccess()) {
            // No socket, since there are too many: there is nothing to close, and the future belongs to no event loop
            // of ours.
            upstream.loop().execute(() -> unreachable(connecting.cause()));
            return;
        }
        channel = connecting.channel();
        connecting.addListener(done -> {
            if (isDone()) {
                connecting.channel().close();
            } else if (done.isSuccess()) {
                upstream.counters().sent.increment();
                send(connecting.channel());
            } else {
                unreachable(done.cause());
            }
        });
    }

    private void send(Channel to) {
        ByteBuf length = Unpooled.copyShort(message.length);
        ByteBuf octets = Unpooled.wrappedBuffer(message);
        to.writeAndFlush(byTcp ? Unpooled.wrappedBuffer(length, octets) : octets)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        unreachable(done.cause());
                    }
                });
    }

    private ChannelFuture connect(Bootstrap bootstrap) {
        InetSocketAddress server = upstream.server().socketAddress();
        for (InetAddress source : upstream.settings().sourceAddresses()) {
            if (source.getClass() == server.getAddress().getClass()) {
                return bootstrap.connect(server, new InetSocketAddress(source, 0));
            }
        }
        return bootstrap.connect(server);
    }

    private void received(byte[] response) {
        if (isDone()) {
            return;
        }
        boolean isOurs = ResponseReader.id(response, response.length) == id
                && (ResponseReader.answers(response, response.length, query)
                        || ResponseReader.isBareFailure(response, response.length));
        if (!isOurs) {
            upstream.counters().mismatched.increment();
            if (++mismatches >= MISMATCHES_MAX) {
                changeToTcp();
            }
        } else if (!byTcp && (Header.flags(response, 0) & Header.TC) != 0) {
            upstream.heard(System.nanoTime());
            heardByUdp = true;
            changeToTcp();
        } else {
            answered(response);
        }
    }

    private void answered(byte[] response) {
        upstream.answered(sentNanos, System.nanoTime());
        Answer answer = ResponseReader.read(response, response.length, query, null, upstream.counters().number);
        if (answer == null) {
            broken(Reason.MALFORMED, "the answer is malformed");
        } else {
            complete(answer);
        }
    }

    private void changeToTcp() {
        if (byTcp) {
            broken(Reason.MALFORMED, "answers other questions than were asked");
            return;
        }
        if (channel != null) {
            channel.close();
        }
        askByTcp();
    }

    private void unreachable(Throwable thrown) {
        if (!isDone()) {
            String cause = textOf(thrown);
            if (!heardByUdp) { // else it is there, and only this name is too large for it
                upstream.unreachable(cause);
            }
            broken(Reason.CLOSED, cause);
        }
    }

    private static String textOf(Throwable thrown) {
        if (thrown instanceof PortUnreachableException) {
            return "nobody listens there";
        }
        String message = thrown.getMessage();
        return message == null ? thrown.getClass().getSimpleName() : message;
    }

    private void broken(Reason reason, String cause) {
        if (!isDone()) {
            upstream.counters().failed(reason);
            fail(reason, cause);
        }
    }

    /** What the UDP socket hears. The system tells by it, too, that nobody listens there. */
    private final class ByUdp extends SimpleChannelInboundHandler<DatagramPacket> {

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            if (!byTcp) {
                received(ByteBufUtil.getBytes(packet.content()));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!byTcp) {
                unreachable(cause);
            }
        }
    }

    /** What comes by TCP, message by message. */
    private final class ByTcp extends SimpleChannelInboundHandler<ByteBuf> {

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf frame) {
            received(ByteBufUtil.getBytes(frame));
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            broken(Reason.CLOSED, "it closed the connection before it answered");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            unreachable(cause);
            ctx.close();
        }
    }
}
