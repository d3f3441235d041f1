package io.dnsproxy.benchmark.sidebyside;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * A DNS-over-TLS server that has one address for every name, and takes the same time for each answer, however many it owes. One
 * thread; what is due within a few milliseconds leaves together.
 */
public final class SlowUpstream {

    private static final long TICK_MILLIS = 5;
    private static final int MAX_OCTETS = 65_535;
    private static final int HEADER_OCTETS = 12;

    /** QR, RD, RA; one question, one answer. */
    private static final long FLAGS_AND_COUNTS = 0x8180_0001_0001_0000L;

    /** The name of the question, A, IN, 300 s, the address. */
    private static final byte[] RECORD = {(byte) 0xc0, HEADER_OCTETS, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, (byte) 192, 0, 2, 1
    };

    private SlowUpstream() {}

    /**
     * Runs until it is ended.
     *
     * @param args the folder with {@code server.pem} and {@code server.key}; the port on 127.0.0.1; milliseconds for each answer
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        long delayNanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[2]));
        SslContext tls = SslContextBuilder.forServer(
                        folder.resolve("server.pem").toFile(),
                        folder.resolve("server.key").toFile())
                .sslProvider(SslProvider.JDK)
                .build();
        new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()))
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(tls.newHandler(channel.alloc()))
                                .addLast(new LengthFieldBasedFrameDecoder(MAX_OCTETS + 2, 0, 2, 0, 2))
                                .addLast(new Answers(delayNanos));
                    }
                })
                .bind("127.0.0.1", Integer.parseInt(args[1]))
                .syncUninterruptibly()
                .channel()
                .closeFuture()
                .syncUninterruptibly();
    }

    /** What one connection is owed, in the order in which it asked. */
    private static final class Answers extends SimpleChannelInboundHandler<ByteBuf> {

        private final ArrayDeque<Owed> owed = new ArrayDeque<>();
        private final long delayNanos;

        Answers(long delayNanos) {
            this.delayNanos = delayNanos;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            var _ = context.executor()
                    .scheduleAtFixedRate(() -> pay(context), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
            context.fireChannelActive();
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf query) {
            owed.add(new Owed(System.nanoTime() + delayNanos, answer(query)));
        }

        private void pay(ChannelHandlerContext context) {
            long nowNanos = System.nanoTime();
            ByteBuf all = null;
            for (Owed next = owed.peek(); next != null && next.dueNanos <= nowNanos; next = owed.peek()) {
                all = all == null ? context.alloc().buffer() : all;
                all.writeShort(next.answer.length).writeBytes(next.answer);
                owed.remove();
            }
            if (all != null) {
                var _ = context.writeAndFlush(all);
            }
        }

        private static byte[] answer(ByteBuf query) {
            int at = query.readerIndex();
            int end = at + HEADER_OCTETS;
            while (query.getByte(end) != 0) {
                end += 1 + query.getByte(end);
            }
            int octets = end + 5 - at;
            byte[] answer = new byte[octets + RECORD.length];
            query.getBytes(at, answer, 0, octets);
            for (int i = 0; i < Long.BYTES; i++) {
                answer[2 + i] = (byte) (FLAGS_AND_COUNTS >>> (56 - 8 * i));
            }
            answer[10] = 0;
            answer[11] = 0;
            System.arraycopy(RECORD, 0, answer, octets, RECORD.length);
            return answer;
        }
    }

    private static final class Owed {

        final long dueNanos;
        final byte[] answer;

        Owed(long dueNanos, byte[] answer) {
            this.dueNanos = dueNanos;
            this.answer = answer;
        }
    }
}
