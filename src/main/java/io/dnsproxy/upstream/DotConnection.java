package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Query;
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
 */
final class DotConnection extends SimpleChannelInboundHandler<ByteBuf>
        implements OverdueWatch.Watched, IdleWatch.Unused {

    /** With this many ids at rest, drawing a free one takes ever longer: 1 in 16 is still cheap. */
    private static final int RESTING_IDS_ALLOWED = 4_096;

    /** With this many it is time for another connection, so that nobody has to wait for one when this one retires. */
    private static final int RESTING_IDS_WORN = RESTING_IDS_ALLOWED * 3 / 4;

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

        /** It will soon take no more queries. */
        void wearsOut();

        /** The connection that this repeat relied upon is lost: it has to be sent after all. */
        void askAgain(PendingExchange repeat);

        /** For now it takes no queries: not even a probe is answered. */
        void passedBy();

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
    private final IdleLimit idleLimit;
    private final Probation probation;
    private final InFlightQueries queries = new InFlightQueries(new QueryIds()::next);
    private final Outbox outbox = new Outbox();
    private final OverdueWatch overdue;
    private final Pairing pairing;

    private @Nullable ChannelHandlerContext context;
    private boolean reading;
    private boolean retired;
    private boolean closing;
    private long answersReported;
    private long readNanos;
    private long openedNanos;
    private @Nullable IdleWatch idle;
    private String closeCause = "closed by the server";

    DotConnection(
            Owner owner,
            UpstreamSettings settings,
            UpstreamCounters counters,
            AnswerBurst burst,
            IdleLimit idleLimit,
            QueryAllowance allowance) {
        this.owner = owner;
        this.settings = settings;
        this.counters = counters;
        this.burst = burst;
        this.idleLimit = idleLimit;
        this.probation = new Probation(allowance, settings.attemptTimeout().toNanos() / 4);
        this.pairing = new Pairing(queries, counters, this::keepalive);
        this.overdue = new OverdueWatch(queries, settings, counters, this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        long nowNanos = System.nanoTime();
        openedNanos = nowNanos;
        probation.begin();
        overdue.heard(nowNanos);
        idle = new IdleWatch(added.executor(), idleLimit, this, nowNanos);
    }

    /**
     * Whether one more query may be sent here.
     *
     * @param repeat for repeats a quarter of the places is out of reach, so that first attempts find one
     */
    boolean hasRoom(long nowNanos, boolean repeat) {
        int places = settings.maxQueriesPerConnection();
        return !retired
                && !probation.isProving(nowNanos)
                && !overdue.isSuspect()
                && !overdue.isNearDoubt(nowNanos)
                && queries.inFlight() < (repeat ? places - places / 4 : places)
                && context != null
                && context.channel().isWritable();
    }

    /** Whether no answer is to be expected here any more: closed, suspect, or in doubt. */
    boolean isLost() {
        return overdue.isSuspect() || context == null || !context.channel().isActive();
    }

    /** Whether others were answered after this query was sent, and not long ago. */
    boolean answersOthers(PendingExchange exchange, long nowNanos) {
        return overdue.answersOthers(exchange, nowNanos);
    }

    /** Whether it takes no queries until something arrives, since not even a probe is answered. */
    boolean isSuspect() {
        return overdue.isSuspect();
    }

    /** Whether it no longer takes queries, and only waits for the answers that are due. */
    boolean isRetired() {
        return retired;
    }

    /** Whether it takes queries still, but not for long. */
    boolean isWorn() {
        return !retired && queries.resting() >= RESTING_IDS_WORN;
    }

    /** Whether it will show within one round trip that it goes on, and then take queries. */
    boolean isProving(long nowNanos) {
        return !retired && !overdue.isSuspect() && probation.isProving(nowNanos);
    }

    int inFlight() {
        return queries.inFlight();
    }

    int resting() {
        return queries.resting();
    }

    /** When it was ready for queries, by {@link System#nanoTime}. */
    long openedNanos() {
        return openedNanos;
    }

    /** Whether it has ever answered. */
    boolean hasAnswered() {
        return pairing.answered() > 0;
    }

    /** Adds a query to the next {@link #flush}. Only while there is {@linkplain #hasRoom room}. */
    void add(PendingExchange exchange, long nowNanos) {
        probation.took();
        queries.add(exchange, nowNanos);
        exchange.connection = this;
        outbox.add(exchange, channelContext());
        if (!exchange.isProbe) {
            used(nowNanos);
            counters.sent.increment();
        }
    }

    /** Sends what was added, as one write. */
    void flush() {
        if (!outbox.isEmpty()) {
            if (probation.needsProof()) {
                PendingExchange probe = PendingExchange.probe(ROOT_SERVERS);
                probation.sends(probe);
                addProbe(probe, System.nanoTime());
            }
            outbox.flush(channelContext());
            overdue.sent(channelContext().executor());
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
        closeChannel();
    }

    private void closeChannel() {
        closing = true;
        channelContext().close();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
        beginReading();
        byte[] octets = new byte[message.readableBytes()];
        message.readBytes(octets);
        String fault = pairing.take(octets, readNanos);
        if (fault != null) {
            close(fault);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!reading) {
            overdue.heard(System.nanoTime()); // octets, but no whole message yet
        }
        endReading();
        int answered = (int) (pairing.answers() - answersReported);
        if (answered > 0) {
            answersReported += answered;
            used(readNanos);
            overdue.answered();
        }
        probation.read(queries);
        owner.answersRead(this, answered);
        PromptAcks.afterRead(ctx.channel(), queries.inFlight());
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
        outbox.clear();
        noteIdleClose();
        noteCutOff();
        boolean failed = !overdue.isInDoubt() && !queries.isEmpty() && !hasAnswered(); // a doubt is a failure already
        beginReading();
        queries.drain(this::failUnanswered);
        endReading();
        owner.closed(this, failed, closeCause);
        ctx.fireChannelInactive();
    }

    private void noteIdleClose() {
        if (idle != null) {
            idle.end();
            if (!closing && hasAnswered() && queries.isEmpty()) {
                long nowNanos = System.nanoTime();
                idleLimit.closedByServer(idle.unusedNanos(nowNanos), nowNanos);
            }
        }
    }

    private void noteCutOff() {
        // Where the path was in doubt, its end says nothing of the server's habits.
        if (!closing && !overdue.isInDoubt() && hasAnswered() && !queries.isUnawaited()) {
            probation.cutOff(pairing.answered(), openedNanos, System.nanoTime());
        }
    }

    /** RFC 7828 3.2.2: with 0 the server wants no more queries here. */
    private void keepalive(int tenths) {
        if (tenths == 0) {
            retired = true;
            closeCause = "the server asked to close it";
        } else if (idle != null) {
            idle.granted(TimeUnit.MILLISECONDS.toNanos(100L * tenths));
        }
    }

    private void used(long nowNanos) {
        if (idle != null) {
            idle.used(nowNanos);
        }
    }

    private void failUnanswered(PendingExchange exchange) {
        freeRepeat(exchange);
        if (queries.isResting(exchange.id)) {
            overdue.giveUp(exchange);
            return;
        }
        counters.failed(exchange, Reason.CLOSED);
        exchange.fail(Reason.CLOSED, "the connection closed before the answer came");
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
            overdue.heard(readNanos);
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
            closeChannel();
        }
    }

    @Override
    public void swept() {
        if (queries.resting() >= RESTING_IDS_ALLOWED) {
            retire("too many ids rest");
        } else if (isWorn()) {
            owner.wearsOut();
        }
        owner.placesFree();
        closeIfDone();
    }

    /** Sends a query of our own that every resolver answers, and from memory. */
    @Override
    public void probe(long nowNanos) {
        addProbe(PendingExchange.probe(ROOT_SERVERS), nowNanos);
        flush();
    }

    private void addProbe(PendingExchange probe, long nowNanos) {
        counters.probes.increment();
        add(probe, nowNanos);
    }

    /** Has those who wait here ask elsewhere as well. Their answers are still welcome, and then all is well again. */
    @Override
    public void passBy() {
        counters.passedBy.increment();
        owner.passedBy();
        queries.forEachLate(this::freeRepeat);
        queries.forEachInFlight(PendingExchange::lookElsewhere);
    }

    /**
     * Takes no more queries. Overdue ones are being asked elsewhere, and their answers are still welcome here; the others
     * shall not wait until they are overdue too.
     */
    @Override
    public void doubt() {
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

    private void failEarly(PendingExchange exchange) {
        freeRepeat(exchange);
        counters.failed(exchange, Reason.TIMEOUT);
        exchange.fail(UpstreamException.unluckyTimeout("nothing arrives on its connection"));
    }

    @Override
    public boolean isInUse() {
        return !queries.isEmpty();
    }

    @Override
    public void idle() {
        close("idle");
    }

    private ChannelHandlerContext channelContext() {
        ChannelHandlerContext current = context;
        if (current == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return current;
    }
}
