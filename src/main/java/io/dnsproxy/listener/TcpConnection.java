package io.dnsproxy.listener;

import io.dnsproxy.listener.ListenerCounters.Drop;
import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Header;
import io.dnsproxy.wire.Query;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection by TCP (RFC 7766) or TLS (RFC 7858): many queries, answered as their answers come, in whatever order. Stands last in
 * the pipeline; all of it happens on the channel's event loop.
 *
 * <p>It takes no further query, and reads no further, while too many are unanswered, or while the client does not take its
 * answers; these then wait unrendered. It tells a client that asks for how long it may be idle (RFC 7828), and that it may not at
 * all while the proxy ends. It closes when idle, when a message takes too long to come, when the client has closed its side and everything is
 * answered, and in the same way after a message too short for a header, behind which nothing can be trusted.
 */
final class TcpConnection extends ChannelInboundHandlerAdapter {

    /** A network that is not served gets its one REFUSED, and no time to wait for it. */
    private static final long UNSERVED_IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** At the end of the proxy: when nothing could be read for so long, the client has sent no more. */
    private static final long DRAIN_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** A client that never pauses is not read for longer than this. */
    private static final long DRAIN_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

    /** Each event loop's, so that an idle connection holds none of it. */
    private static final FastThreadLocal<Scratch> SCRATCH = new FastThreadLocal<>() {
        @Override
        protected Scratch initialValue() {
            return new Scratch();
        }
    };

    private final TcpListener listener;
    private final Forwarder forwarder;
    private final Responder responder;
    private final ListenerCounters counters;
    private final @Nullable ServerCookies cookies;
    private final ClientAddress client;
    private final boolean served;
    private final int maxPending;
    private final long idleTimeoutNanos;
    private final ReceivedFrames received = new ReceivedFrames();
    private final FrameWatch frames;
    private final TcpReplies replies;

    private @Nullable ChannelHandlerContext context;
    private @Nullable IdleOrder idleOrder;
    private @Nullable Future<?> idleCheck;
    private int waiting;
    private boolean proceeding;
    private boolean inputOver;
    private boolean closing;

    /** Something was read since the last drain check, or reading began again: the kernel may hold more. */
    private boolean unsettled;

    private long lastUsedNanos;

    TcpConnection(TcpListener listener, Forwarder forwarder, ClientAddress client, boolean served) {
        this.listener = listener;
        this.forwarder = forwarder;
        this.counters = listener.counters();
        this.cookies = listener.cookies();
        this.client = client;
        this.responder = new Responder(forwarder, AnyQueries.FORWARD, cookies, counters);
        this.served = served;
        this.maxPending = listener.settings().maxQueriesPerConnection();
        long idleNanos = listener.settings().idleTimeout().toNanos();
        this.idleTimeoutNanos = served ? idleNanos : Math.min(idleNanos, UNSERVED_IDLE_NANOS);
        this.frames = new FrameWatch(listener.settings().readTimeout().toNanos(), this::endSlow);
        this.replies = new TcpReplies(listener, client, idleTimeoutNanos);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        lastUsedNanos = System.nanoTime();
        idleOrder = listener.idleOrder(ctx.executor());
        idleOrder.opened(this);
        scheduleIdleCheck(ctx, idleTimeoutNanos);
        proceed(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
        unsettled = true;
        if (inputOver || !(read instanceof ByteBuf octets)) {
            ReferenceCountUtil.release(read);
            return;
        }
        received.add(ctx.alloc(), octets);
        proceed(ctx);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        received.trim();
        ctx.flush();
    }

    /** After every change: does what can be done now, reads on or not, and closes when all is done. */
    private void proceed(ChannelHandlerContext ctx) {
        if (proceeding) {
            return; // what is done below changes whether the channel is writable; the loop sees that by itself
        }
        proceeding = true;
        try {
            while (writeUnsent(ctx) || takeReceived(ctx)) {
                ctx.flush();
            }
        } finally {
            proceeding = false;
        }
        replies.countHits();
        if (!ctx.channel().isActive()) {
            return;
        }
        boolean reading = !inputOver && hasRoom(ctx);
        unsettled |= reading && !ctx.channel().config().isAutoRead();
        ctx.channel().config().setAutoRead(reading);
        frames.look(ctx.executor(), reading && received.isPartial());
        if (inputOver && isIdle() && !received.hasNext() && !closing) {
            closing = true;
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** What was asked before is answered; no more is read. */
    private void endSlow() {
        if (context == null || !context.channel().isActive()) {
            return; // closed in this turn, for another reason
        }
        listener.slowClosed();
        inputOver = true;
        received.clear();
        proceed(context);
    }

    private boolean writeUnsent(ChannelHandlerContext ctx) {
        if (!replies.hasUnsent() || !ctx.channel().isWritable()) {
            return false;
        }
        lastUsedNanos = System.nanoTime();
        replies.writeUnsent(ctx, lastUsedNanos);
        return true;
    }

    private boolean takeReceived(ChannelHandlerContext ctx) {
        boolean some = false;
        while (hasRoom(ctx) && received.hasNext()) {
            take(ctx, SCRATCH.get());
            some = true;
        }
        return some;
    }

    private boolean hasRoom(ChannelHandlerContext ctx) {
        return waiting < maxPending
                && ctx.channel().isWritable()
                && ctx.channel().isActive();
    }

    private void take(ChannelHandlerContext ctx, Scratch scratch) {
        counters.query();
        try {
            int octets = received.next(scratch.message);
            frames.completed();
            int rcode = scratch.query.read(scratch.message, 0, octets);
            if (rcode == Query.UNANSWERABLE) {
                counters.drop(Drop.UNANSWERABLE);
                if (octets < Header.OCTETS) {
                    inputOver = true;
                    received.clear();
                }
                return;
            }
            lastUsedNanos = System.nanoTime();
            if (idleOrder != null) {
                idleOrder.used(this);
            }
            boolean proven = rcode != Query.COOKIE_REQUEST || showsGoodCookie(scratch.query);
            Answer answer = responder.answerNow(scratch.query, rcode, served, proven, lastUsedNanos);
            if (answer == null) {
                answerLater(ctx, scratch.query.copy());
            } else {
                replies.writeAtOnce(ctx, scratch.query, answer, lastUsedNanos);
            }
            if (!served) {
                inputOver = true; // told once; its place is for those who are served
                received.clear();
            }
        } catch (RuntimeException | Error e) {
            counters.fault(e);
        }
    }

    /** By TCP that matters to those alone who ask whether it is. */
    private boolean showsGoodCookie(Query query) {
        return cookies != null && cookies.kind(query, client.high(), client.low()) == ServerCookies.Kind.GOOD;
    }

    private void answerLater(ChannelHandlerContext ctx, Query asked) {
        long askedNanos = lastUsedNanos;
        waiting++;
        listener.asked();
        try {
            forwarder.answerLater(asked).whenComplete((answer, never) -> {
                try {
                    ctx.executor().execute(() -> answered(ctx, new TcpReplies.Reply(asked, answer, askedNanos)));
                } catch (RejectedExecutionException e) {
                    counters.drop(Drop.CLIENT_GONE);
                    listener.answered();
                }
            });
        } catch (RuntimeException | Error e) {
            waiting--;
            listener.answered();
            throw e;
        }
    }

    private void answered(ChannelHandlerContext ctx, TcpReplies.Reply reply) {
        waiting--;
        listener.answered();
        if (!ctx.channel().isActive()) {
            counters.drop(Drop.CLIENT_GONE);
            return;
        }
        lastUsedNanos = System.nanoTime();
        replies.writeOrKeep(ctx, reply, lastUsedNanos);
        ctx.flush();
        proceed(ctx);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        proceed(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        switch (event) {
            case ChannelInputShutdownEvent _, SslCloseCompletionEvent _ -> {
                inputOver = true;
                proceed(ctx);
            }
            case SslHandshakeCompletionEvent handshake when handshake.isSuccess() -> listener.handshaken();
            case SslHandshakeCompletionEvent _ -> listener.handshakeFailed(); // Netty closes the connection
            default -> {}
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        received.clear();
        if (idleOrder != null) {
            idleOrder.closed(this);
        }
        if (idleCheck != null) {
            idleCheck.cancel(false); // else the timer would hold the connection until it is due
        }
        frames.end();
        replies.drop();
    }

    /** Takes no more queries than have arrived, those in the kernel's hands included, answers them, and closes. */
    void drain() {
        if (context != null) {
            unsettled = true;
            endInputWhenEmpty(context, System.nanoTime() + DRAIN_NANOS_MAX);
        }
    }

    private void endInputWhenEmpty(ChannelHandlerContext ctx, long untilNanos) {
        if (!ctx.channel().isActive()) {
            return;
        }
        boolean empty = !unsettled || System.nanoTime() - untilNanos >= 0;
        if (empty && hasRoom(ctx)) {
            inputOver = true;
            proceed(ctx);
        } else {
            unsettled = false;
            ctx.executor().schedule(() -> endInputWhenEmpty(ctx, untilNanos), DRAIN_CHECK_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    /** Whether nothing is owed to the client. */
    boolean isIdle() {
        return waiting == 0 && !replies.hasUnsent();
    }

    /** Closes at once, so that its place is free; for TLS without a word, which might have to wait for the client. */
    void displace() {
        if (context != null) {
            context.pipeline().firstContext().close();
        }
    }

    private void scheduleIdleCheck(ChannelHandlerContext ctx, long delayNanos) {
        idleCheck = ctx.executor().schedule(() -> closeIfIdle(ctx), delayNanos, TimeUnit.NANOSECONDS);
    }

    /** The clock starts again with each query and each answer, and stands still while answers are awaited. */
    private void closeIfIdle(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            return;
        }
        long leftNanos = lastUsedNanos + idleTimeoutNanos - System.nanoTime();
        if (waiting > 0) {
            scheduleIdleCheck(ctx, idleTimeoutNanos);
        } else if (leftNanos > 0) {
            scheduleIdleCheck(ctx, leftNanos);
        } else {
            listener.idleClosed();
            ctx.close();
        }
    }

    /** What one message is read into. */
    private static final class Scratch {

        final Query query = new Query();
        final byte[] message = new byte[ReceivedFrames.MESSAGE_OCTETS_MAX];
    }
}
