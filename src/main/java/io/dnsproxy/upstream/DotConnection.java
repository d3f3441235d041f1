package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.QueryWriter;
import io.dnsproxy.wire.ResponseReader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One authenticated TLS connection, shared by many queries at once (RFC 7858 3.3, RFC 7766 6.2.1.1): pairs answers with
 * queries by id and question, in whatever order they come. Stands last in the channel's pipeline, behind TLS and the
 * framing; everything here happens on the channel's event loop.
 *
 * <p>Limitation: a message that matches no query is ignored and counted; a connection that sends
 * {@value #MISMATCHES_ALLOWED} of them in a row is closed.
 */
final class DotConnection extends SimpleChannelInboundHandler<ByteBuf> {

    /** A server that sends this many messages in a row that nobody asked for is broken or hostile. */
    private static final int MISMATCHES_ALLOWED = 1_000;

    /** With this many ids at rest, drawing a free one takes ever longer: 1 in 16 is still cheap. */
    private static final int RESTING_IDS_ALLOWED = 4_096;

    /** What every resolver answers, and from memory. */
    private static final Query ROOT_SERVERS = Query.of(new byte[] {
        0,
        0,
        1,
        0,
        0,
        1,
        0,
        0,
        0,
        0,
        0,
        0, // header: RD, one question
        0,
        0,
        2,
        0,
        1 // the root, NS, IN
    });

    /** Tells its upstream what happens. Called on the event loop. */
    interface Owner {

        /** The answers of one read, that many, have been delivered; places may be free. */
        void answersRead(DotConnection connection, int count);

        /** Places may be free. */
        void placesFree();

        /** The connection that this repeat relied upon is lost: it has to be sent after all. */
        void askAgain(PendingExchange repeat);

        /** It no longer takes queries because nothing at all arrived while queries waited. */
        void inDoubt(DotConnection connection);

        /**
         * It is closed; its unanswered queries have failed.
         *
         * @param failed whether queries were waiting and none had ever been answered
         */
        void closed(DotConnection connection, boolean failed, String cause);
    }

    private final Owner owner;
    private final UpstreamSettings settings;
    private final UpstreamCounters counters;
    private final AnswerBurst burst;
    private final SilenceWatch silence;
    private final long attemptTimeoutNanos;
    private final long totalTimeoutNanos;
    private final long idleTimeoutNanos;
    private final InFlightQueries queries = new InFlightQueries(new QueryIds()::next);

    private @Nullable ChannelHandlerContext context;
    private byte[] frame = new byte[512];
    private @Nullable ByteBuf unsent;
    private boolean reading;
    private boolean retired;
    private boolean inDoubt;
    private boolean overdueCheckScheduled;
    private int mismatchesInARow;
    private long answers;
    private long answersReported;
    private long readNanos;
    private long lastUsedNanos;
    private String closeCause = "closed by the server";

    DotConnection(Owner owner, UpstreamSettings settings, UpstreamCounters counters, AnswerBurst burst) {
        this.owner = owner;
        this.settings = settings;
        this.counters = counters;
        this.burst = burst;
        this.attemptTimeoutNanos = settings.attemptTimeout().toNanos();
        this.totalTimeoutNanos = settings.totalTimeout().toNanos();
        this.idleTimeoutNanos = settings.idleTimeout().toNanos();
        this.silence = new SilenceWatch(attemptTimeoutNanos, System.nanoTime());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        lastUsedNanos = System.nanoTime();
        silence.heard(lastUsedNanos);
        scheduleIdleCheck(idleTimeoutNanos);
    }

    /**
     * Whether one more query may be sent here.
     *
     * @param repeat for repeats a quarter of the places is out of reach, so that first attempts find one
     */
    boolean hasRoom(long nowNanos, boolean repeat) {
        int places = settings.maxQueriesPerConnection();
        return !retired
                && !silence.isNearDoubt(queries.oldestUnanswered(), nowNanos)
                && queries.inFlight() < (repeat ? places - places / 4 : places)
                && context != null
                && context.channel().isWritable();
    }

    /** Whether a query that was sent here can still be answered, as far as one can tell. */
    boolean mayStillAnswer(PendingExchange exchange, long nowNanos) {
        return !inDoubt
                && context != null
                && context.channel().isActive()
                && silence.hasHeardSince(exchange.sentNanos, nowNanos);
    }

    /** Whether it no longer takes queries, and only waits for the answers that are due. */
    boolean isRetired() {
        return retired;
    }

    int inFlight() {
        return queries.inFlight();
    }

    int resting() {
        return queries.resting();
    }

    /** Whether it has ever answered. */
    boolean hasAnswered() {
        return answers > 0;
    }

    /** Adds a query to the next {@link #flush}. Only while there is {@linkplain #hasRoom room}. */
    void add(PendingExchange exchange, long nowNanos) {
        queries.add(exchange, nowNanos);
        exchange.connection = this;
        int octets = QueryWriter.frameOctets(exchange.query);
        if (octets > frame.length) {
            frame = new byte[octets];
        }
        QueryWriter.write(exchange.query, exchange.id, frame, 0);
        if (unsent == null) {
            unsent = channelContext().alloc().directBuffer();
        }
        unsent.writeBytes(frame, 0, octets);
        lastUsedNanos = nowNanos;
        counters.sent.increment();
    }

    /** Sends what was added, as one write. */
    void flush() {
        if (unsent != null) {
            ByteBuf batch = unsent;
            unsent = null;
            channelContext().writeAndFlush(batch, channelContext().voidPromise());
            scheduleOverdueCheck(attemptTimeoutNanos / 4);
        }
    }

    /** Takes no more queries, and closes when nobody waits for an answer any more. */
    void retire(String cause) {
        if (!retired) {
            retired = true;
            closeCause = cause;
        }
        closeIfDone();
    }

    /** Closes now: close_notify, then FIN (RFC 7766 6.2.4). Unanswered queries fail. */
    void close(String cause) {
        retired = true;
        closeCause = cause;
        channelContext().close();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
        beginReading();
        byte[] octets = new byte[message.readableBytes()];
        message.readBytes(octets);
        int id = ResponseReader.id(octets, octets.length);
        if (id < 0) {
            close("sent a message that is shorter than a header");
            return;
        }
        PendingExchange exchange = queries.find(id);
        if (exchange == null || !deliver(octets, exchange, readNanos)) {
            counters.mismatched.increment();
            if (++mismatchesInARow >= MISMATCHES_ALLOWED) {
                close("sent " + MISMATCHES_ALLOWED + " messages in a row that answer no query");
            }
        }
    }

    /** @return false when the message is no answer to this query, which then goes on waiting (RFC 5452 9) */
    private boolean deliver(byte[] message, PendingExchange exchange, long nowNanos) {
        boolean answers = ResponseReader.answers(message, message.length, exchange.query);
        if (!answers && !ResponseReader.isBareFailure(message, message.length)) {
            return false;
        }
        mismatchesInARow = 0;
        this.answers++;
        if (queries.isResting(exchange.id)) {
            counters.late.increment();
        }
        queries.remove(exchange);
        lastUsedNanos = nowNanos;
        Answer answer = ResponseReader.read(message, message.length, exchange.query);
        if (answer == null) {
            counters.failed(Reason.MALFORMED);
            exchange.fail(Reason.MALFORMED, "the answer is malformed");
        } else {
            counters.answered.increment();
            counters.latencyNanos.accept(nowNanos - exchange.sentNanos);
            exchange.answer(answer);
        }
        return true;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!reading) {
            silence.heard(System.nanoTime()); // octets, but no whole message yet
        }
        endReading();
        owner.answersRead(this, (int) (answers - answersReported));
        answersReported = answers;
        closeIfDone();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            owner.placesFree();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslCloseCompletionEvent) {
            retired = true;
            ctx.close();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        retired = true;
        closeCause = cause instanceof IOException ? "connection lost: " + cause.getMessage() : cause.toString();
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        retired = true;
        if (unsent != null) {
            unsent.release();
            unsent = null;
        }
        boolean failed = !queries.isEmpty() && !hasAnswered();
        beginReading();
        queries.drain(this::failUnanswered);
        endReading();
        owner.closed(this, failed, closeCause);
        ctx.fireChannelInactive();
    }

    private void failUnanswered(PendingExchange exchange) {
        freeRepeat(exchange);
        if (queries.isResting(exchange.id)) {
            giveUp(exchange);
            return;
        }
        counters.failed(Reason.CLOSED);
        String message = "the connection closed before the answer came";
        exchange.fail(
                hasAnswered()
                        ? UpstreamException.unlucky(Reason.CLOSED, message)
                        : new UpstreamException(Reason.CLOSED, message));
    }

    private void freeRepeat(PendingExchange exchange) {
        PendingExchange repeat = exchange.takeBehind();
        if (repeat != null && !repeat.isDone()) {
            owner.askAgain(repeat);
        }
    }

    private void beginReading() {
        if (!reading) {
            reading = true;
            readNanos = System.nanoTime();
            silence.heard(readNanos);
            burst.begin();
        }
    }

    private void endReading() {
        if (reading) {
            reading = false;
            burst.end();
        }
    }

    private void closeIfDone() {
        if (retired && queries.isUnawaited() && channelContext().channel().isActive()) {
            channelContext().close();
        }
    }

    private void scheduleOverdueCheck(long delayNanos) {
        if (!overdueCheckScheduled) {
            overdueCheckScheduled = true;
            channelContext().executor().schedule(this::checkOverdue, delayNanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Rests overdue ids, gives up what nobody waits for any more, and doubts a connection on which nothing arrives. */
    private void checkOverdue() {
        overdueCheckScheduled = false;
        long nowNanos = System.nanoTime();
        PendingExchange oldest = queries.oldestUnanswered();
        boolean silent = silence.isDoubtful(oldest, nowNanos);
        if (!silent && !inDoubt && silence.takeProbe(oldest, queries.unanswered(), nowNanos)) {
            probe(nowNanos);
        }
        queries.rest(nowNanos - attemptTimeoutNanos + 1);
        queries.giveUp(nowNanos - totalTimeoutNanos + 1, this::giveUp);
        if (silent && !inDoubt) {
            doubt();
        } else if (queries.resting() >= RESTING_IDS_ALLOWED) {
            retire("too many ids rest");
        }
        owner.placesFree();
        closeIfDone();
        scheduleNextOverdueCheck(nowNanos);
    }

    private void probe(long nowNanos) {
        counters.probes.increment();
        add(PendingExchange.unawaited(ROOT_SERVERS), nowNanos);
        flush();
    }

    private void failEarly(PendingExchange exchange) {
        counters.failed(Reason.TIMEOUT);
        exchange.fail(UpstreamException.unlucky(Reason.TIMEOUT, "nothing arrives on its connection"));
    }

    private void giveUp(PendingExchange exchange) {
        counters.failed(Reason.TIMEOUT);
        exchange.fail(Reason.TIMEOUT, "no answer in time");
    }

    /**
     * Takes no more queries. Overdue ones are being asked elsewhere, and their answers are still welcome here; the others
     * shall not wait until they are overdue too.
     */
    private void doubt() {
        inDoubt = true;
        if (!retired) {
            retired = true;
            closeCause = "nothing arrived while queries waited";
            counters.doubts.increment();
            owner.inDoubt(this);
        }
        queries.forEachLate(this::freeRepeat);
        burst.begin();
        queries.drainInFlight(this::failEarly);
        burst.end();
    }

    private void scheduleNextOverdueCheck(long nowNanos) {
        PendingExchange inFlight = queries.oldestInFlight();
        PendingExchange late = queries.oldestLate();
        long delayNanos = Long.MAX_VALUE;
        PendingExchange oldest = queries.oldestUnanswered();
        if (oldest != null && !inDoubt) {
            delayNanos = silence.nextNanos(oldest, nowNanos) - nowNanos;
        }
        if (inFlight != null) {
            delayNanos = Math.min(delayNanos, inFlight.sentNanos + attemptTimeoutNanos - nowNanos);
        }
        if (late != null) {
            delayNanos = Math.min(delayNanos, late.sentNanos + totalTimeoutNanos - nowNanos);
        }
        if (delayNanos != Long.MAX_VALUE) {
            scheduleOverdueCheck(Math.max(delayNanos, TimeUnit.MILLISECONDS.toNanos(1)));
        }
    }

    private void scheduleIdleCheck(long delayNanos) {
        channelContext().executor().schedule(this::checkIdle, delayNanos, TimeUnit.NANOSECONDS);
    }

    private void checkIdle() {
        if (!channelContext().channel().isActive()) {
            return;
        }
        long leftNanos = lastUsedNanos + idleTimeoutNanos - System.nanoTime();
        if (!queries.isEmpty()) {
            scheduleIdleCheck(idleTimeoutNanos);
        } else if (leftNanos > 0) {
            scheduleIdleCheck(leftNanos);
        } else {
            close("idle");
        }
    }

    private ChannelHandlerContext channelContext() {
        ChannelHandlerContext current = context;
        if (current == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return current;
    }
}
