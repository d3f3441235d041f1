package io.dnsproxy.listener;

import io.dnsproxy.listener.ListenerCounters.Drop;
import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerWriter;
import io.dnsproxy.wire.Header;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.ReplyOptions;
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
import java.util.ArrayDeque;
import java.util.Queue;
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

    /** The largest message (RFC 1035 4.2.2). */
    private static final int MESSAGE_OCTETS_MAX = 65_535;

    /** A network that is not served gets its one REFUSED, and no time to wait for it. */
    private static final long UNSERVED_IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** At the end of the proxy: when nothing could be read for so long, the client has sent no more. */
    private static final long DRAIN_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** A client that never pauses is not read for longer than this. */
    private static final long DRAIN_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

    private static final long NANOS_PER_TENTH = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int LENGTH_OCTETS = ReceivedFrames.LENGTH_OCTETS;

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
    private final @Nullable QueryLog log;
    private final ClientAddress client;
    private final boolean served;
    private final int maxPending;
    private final long idleTimeoutNanos;
    private final long readTimeoutNanos;
    private final ReceivedFrames received = new ReceivedFrames();

    private @Nullable ChannelHandlerContext context;
    private @Nullable IdleOrder idleOrder;
    private @Nullable Future<?> idleCheck;
    private @Nullable Future<?> frameCheck;
    private @Nullable Queue<Reply> unsent;
    private int waiting;
    private boolean proceeding;
    private boolean inputOver;
    private boolean closing;

    /** Something was read since the last drain check, or reading began again: the kernel may hold more. */
    private boolean unsettled;

    private long lastUsedNanos;

    /** Answered at once, and not counted yet; since when. */
    private int hits;

    private long firstHitNanos;

    /** A message has begun and we wait for the rest of it; since when. */
    private boolean frameBegun;

    private long frameBegunNanos;

    TcpConnection(TcpListener listener, Forwarder forwarder, ClientAddress client, boolean served) {
        this.listener = listener;
        this.forwarder = forwarder;
        this.counters = listener.counters();
        this.cookies = listener.cookies();
        this.log = listener.log();
        this.client = client;
        this.responder = new Responder(forwarder, AnyQueries.FORWARD, cookies, counters);
        this.served = served;
        this.maxPending = listener.settings().maxQueriesPerConnection();
        long idleNanos = listener.settings().idleTimeout().toNanos();
        this.readTimeoutNanos = listener.settings().readTimeout().toNanos();
        this.idleTimeoutNanos = served ? idleNanos : Math.min(idleNanos, UNSERVED_IDLE_NANOS);
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
        if (hits > 0) {
            counters.hitTimes().add(System.nanoTime() - firstHitNanos, hits);
            hits = 0;
        }
        if (!ctx.channel().isActive()) {
            return;
        }
        boolean reading = !inputOver && hasRoom(ctx);
        unsettled |= reading && !ctx.channel().config().isAutoRead();
        ctx.channel().config().setAutoRead(reading);
        watchFrame(ctx, reading && received.isPartial());
        if (inputOver && waiting == 0 && unsent == null && !received.hasNext() && !closing) {
            closing = true;
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** One octet now and then must not hold a place (a "slowloris"); time in which we do not read is not the client's fault. */
    private void watchFrame(ChannelHandlerContext ctx, boolean partial) {
        if (partial && !frameBegun) {
            frameBegunNanos = System.nanoTime();
            if (frameCheck == null) {
                scheduleFrameCheck(ctx, readTimeoutNanos);
            }
        }
        frameBegun = partial;
    }

    private void scheduleFrameCheck(ChannelHandlerContext ctx, long delayNanos) {
        frameCheck = ctx.executor().schedule(() -> endIfSlow(ctx), delayNanos, TimeUnit.NANOSECONDS);
    }

    /** What was asked before is answered; no more is read. */
    private void endIfSlow(ChannelHandlerContext ctx) {
        frameCheck = null;
        if (!frameBegun || !ctx.channel().isActive()) {
            return;
        }
        long leftNanos = frameBegunNanos + readTimeoutNanos - System.nanoTime();
        if (leftNanos > 0) {
            scheduleFrameCheck(ctx, leftNanos);
            return;
        }
        listener.slowClosed();
        inputOver = true;
        received.clear();
        proceed(ctx);
    }

    private boolean writeUnsent(ChannelHandlerContext ctx) {
        boolean some = false;
        while (unsent != null && ctx.channel().isWritable()) {
            Reply reply = unsent.remove();
            if (unsent.isEmpty()) {
                unsent = null;
            }
            listener.releaseUnsent(reply.answer.octets());
            lastUsedNanos = System.nanoTime();
            writeOrDrop(ctx, reply);
            some = true;
        }
        return some;
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
            frameBegun = false;
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
                write(ctx, scratch.query, answer);
                if (hits++ == 0) {
                    firstHitNanos = lastUsedNanos;
                }
                if (log != null) {
                    note(log, scratch.query, answer, true, System.nanoTime() - lastUsedNanos);
                }
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
                    ctx.executor().execute(() -> answered(ctx, new Reply(asked, answer, askedNanos)));
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

    private void answered(ChannelHandlerContext ctx, Reply reply) {
        waiting--;
        listener.answered();
        if (!ctx.channel().isActive()) {
            counters.drop(Drop.CLIENT_GONE);
            return;
        }
        lastUsedNanos = System.nanoTime();
        if (ctx.channel().isWritable()) {
            writeOrDrop(ctx, reply);
            ctx.flush();
        } else {
            keepUnsent(ctx, reply);
        }
        proceed(ctx);
    }

    /** Until the client takes earlier ones; what all clients leave untaken is bounded, and who goes beyond it is let go. */
    private void keepUnsent(ChannelHandlerContext ctx, Reply reply) {
        if (!listener.tryKeepUnsent(reply.answer.octets())) {
            counters.drop(Drop.CLIENT_GONE);
            ctx.close();
            return;
        }
        if (unsent == null) {
            unsent = new ArrayDeque<>();
        }
        unsent.add(reply);
    }

    private void writeOrDrop(ChannelHandlerContext ctx, Reply reply) {
        try {
            write(ctx, reply.asked, reply.answer);
            counters.missTimes().add(lastUsedNanos - reply.askedNanos, 1);
            if (log != null) {
                note(log, reply.asked, reply.answer, false, lastUsedNanos - reply.askedNanos);
            }
        } catch (RuntimeException | Error e) {
            counters.fault(e);
        }
    }

    private void note(QueryLog log, Query asked, Answer answer, boolean atOnce, long tookNanos) {
        QueryLog.Transport transport = listener.isEncrypted() ? QueryLog.Transport.TLS : QueryLog.Transport.TCP;
        log.add(asked, answer.rcode(), atOnce, answer.origin(), transport, client.high(), client.low(), tookNanos);
    }

    /** As of {@link #lastUsedNanos}. Length and message in one buffer, so that they leave in one segment (RFC 7766 8). */
    private void write(ChannelHandlerContext ctx, Query asked, Answer answer) {
        Scratch scratch = SCRATCH.get();
        byte[] frame = scratch.frame;
        int octets = AnswerWriter.write(
                asked,
                answer,
                answer.ageSeconds(lastUsedNanos),
                MESSAGE_OCTETS_MAX,
                options(asked, scratch.options),
                frame,
                LENGTH_OCTETS);
        frame[0] = (byte) (octets >>> 8);
        frame[1] = (byte) octets;
        ByteBuf buffer = ctx.alloc().directBuffer(LENGTH_OCTETS + octets).writeBytes(frame, 0, LENGTH_OCTETS + octets);
        counters.response(answer.rcode(), Header.flags(frame, LENGTH_OCTETS));
        ctx.write(buffer, ctx.voidPromise());
    }

    private ReplyOptions options(Query asked, ReplyOptions options) {
        if (!asked.asksForOptions() && !listener.isEncrypted()) {
            return ReplyOptions.NONE;
        }
        options.clear();
        if (listener.isEncrypted()) {
            options.pad(); // to everyone with EDNS: RFC 7830 4 has it for those who pad, and lets us for the others
        }
        if (cookies != null) {
            cookies.addTo(options, asked, client.high(), client.low());
        }
        if (asked.asksForKeepalive()) {
            options.keepalive(listener.isDraining() ? 0 : idleTimeoutNanos / NANOS_PER_TENTH);
        }
        return options;
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
        if (frameCheck != null) {
            frameCheck.cancel(false);
        }
        if (unsent != null) {
            for (Reply reply : unsent) {
                listener.releaseUnsent(reply.answer.octets());
                counters.drop(Drop.CLIENT_GONE);
            }
            unsent = null;
        }
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
        return waiting == 0 && unsent == null;
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

    /**
     * An answer that was asked for, and may have to wait for the client to take earlier ones.
     *
     * @param askedNanos when the query was read
     */
    private record Reply(Query asked, Answer answer, long askedNanos) {}

    /** What one message is read into, and one answer rendered in. */
    private static final class Scratch {

        final Query query = new Query();
        final ReplyOptions options = new ReplyOptions();
        final byte[] message = new byte[MESSAGE_OCTETS_MAX];
        final byte[] frame = new byte[LENGTH_OCTETS + MESSAGE_OCTETS_MAX];
    }
}
