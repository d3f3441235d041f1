package io.dnsproxy.listener;

import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerWriter;
import io.dnsproxy.wire.Header;
import io.dnsproxy.wire.Query;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's TCP connection (RFC 7766): many queries, answered as their answers come, in whatever order. Stands last in
 * the pipeline, behind the framing; all of it happens on the channel's event loop.
 *
 * <p>It is not read while too many of its queries are unanswered, or while the client does not take its answers. It closes
 * when idle, when the client has closed its side and everything is answered, and on a message too short for a header.
 */
final class TcpConnection extends SimpleChannelInboundHandler<ByteBuf> {

    private static final int LENGTH_OCTETS = 2;

    /** Length prefix and the largest message (RFC 1035 4.2.2). */
    private static final int FRAME_OCTETS_MAX = LENGTH_OCTETS + 65_535;

    private static final FastThreadLocal<byte[]> FRAME = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[FRAME_OCTETS_MAX];
        }
    };

    private final TcpListener listener;
    private final Forwarder forwarder;
    private final Responder responder;
    private final ListenerCounters counters;
    private final boolean served;
    private final int maxPending;
    private final long idleTimeoutNanos;
    private final Query query = new Query();

    private byte[] message = new byte[512];
    private int pending;
    private boolean inputClosed;
    private boolean draining;
    private long lastUsedNanos;

    TcpConnection(TcpListener listener, Forwarder forwarder, boolean served) {
        this.listener = listener;
        this.forwarder = forwarder;
        this.counters = listener.counters();
        this.responder = new Responder(forwarder, counters);
        this.served = served;
        this.maxPending = listener.settings().maxQueriesPerConnection();
        this.idleTimeoutNanos = listener.settings().idleTimeout().toNanos();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        lastUsedNanos = System.nanoTime();
        scheduleIdleCheck(ctx, idleTimeoutNanos);
        ctx.fireChannelActive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf frame) {
        counters.query();
        int octets = frame.readableBytes();
        if (octets > message.length) {
            message = new byte[octets];
        }
        frame.readBytes(message, 0, octets);
        int rcode = query.read(message, 0, octets);
        if (rcode == Query.UNANSWERABLE) {
            counters.drop(ListenerCounters.Drop.UNANSWERABLE);
            if (octets < Header.OCTETS) {
                ctx.close();
            }
            return;
        }
        lastUsedNanos = System.nanoTime();
        Answer answer = responder.answerNow(query, rcode, served);
        if (answer == null) {
            answerLater(ctx, query.copy());
        } else {
            ctx.write(render(ctx, query, answer), ctx.voidPromise());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
        closeIfDone(ctx);
    }

    private void answerLater(ChannelHandlerContext ctx, Query asked) {
        pending++;
        listener.asked();
        updateReading(ctx);
        forwarder.answerLater(asked).whenComplete((answer, never) -> {
            try {
                ctx.executor().execute(() -> answered(ctx, asked, answer));
            } catch (RejectedExecutionException e) {
                counters.drop(ListenerCounters.Drop.CLIENT_GONE);
                listener.answered();
            }
        });
    }

    private void answered(ChannelHandlerContext ctx, Query asked, Answer answer) {
        pending--;
        listener.answered();
        if (!ctx.channel().isActive()) {
            counters.drop(ListenerCounters.Drop.CLIENT_GONE);
            return;
        }
        lastUsedNanos = System.nanoTime();
        ctx.writeAndFlush(render(ctx, asked, answer), ctx.voidPromise());
        updateReading(ctx);
        closeIfDone(ctx);
    }

    /** Length and message in one buffer, so that they leave in one segment (RFC 7766 8). */
    private ByteBuf render(ChannelHandlerContext ctx, Query asked, Answer answer) {
        byte[] frame = FRAME.get();
        int octets = AnswerWriter.write(asked, answer, 0, FRAME_OCTETS_MAX - LENGTH_OCTETS, frame, LENGTH_OCTETS);
        frame[0] = (byte) (octets >>> 8);
        frame[1] = (byte) octets;
        counters.response(answer.rcode(), Header.flags(frame, LENGTH_OCTETS));
        return ctx.alloc().directBuffer(LENGTH_OCTETS + octets).writeBytes(frame, 0, LENGTH_OCTETS + octets);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        updateReading(ctx);
        ctx.fireChannelWritabilityChanged();
    }

    private void updateReading(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(pending < maxPending && ctx.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputClosed = true;
            closeIfDone(ctx);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    /** Takes no more queries than have arrived, answers them, and closes. To be called on the event loop. */
    void drain(@Nullable ChannelHandlerContext ctx) {
        draining = true;
        if (ctx != null) {
            closeIfDone(ctx);
        }
    }

    private void closeIfDone(ChannelHandlerContext ctx) {
        if ((inputClosed || draining) && pending == 0 && ctx.channel().isActive()) {
            ctx.writeAndFlush(ctx.alloc().buffer(0)).addListener(flushed -> ctx.close());
        }
    }

    private void scheduleIdleCheck(ChannelHandlerContext ctx, long delayNanos) {
        ctx.executor().schedule(() -> closeIfIdle(ctx), delayNanos, TimeUnit.NANOSECONDS);
    }

    /** The clock starts again with each query and each answer, and stands still while answers are pending. */
    private void closeIfIdle(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            return;
        }
        long leftNanos = lastUsedNanos + idleTimeoutNanos - System.nanoTime();
        if (pending > 0) {
            scheduleIdleCheck(ctx, idleTimeoutNanos);
        } else if (leftNanos > 0) {
            scheduleIdleCheck(ctx, leftNanos);
        } else {
            listener.idleClosed();
            ctx.close();
        }
    }
}
