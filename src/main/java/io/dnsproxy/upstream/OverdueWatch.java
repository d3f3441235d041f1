package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks after the queries of one connection that are not answered in time: rests their ids, gives them up in the end, and finds
 * out whether the connection is to blame ({@link SilenceWatch}). For the connection's event loop.
 */
final class OverdueWatch {

    /** The connection that is watched. */
    interface Watched {

        /** A probe is due: a query that is surely answered if anything is. */
        void probe(long nowNanos);

        /** Not even a probe is answered: others had better be asked until something arrives. */
        void passBy();

        /** Nothing arrived for too long. */
        void doubt();

        /** Overdue queries are late now, and given up if nobody can wait for them any more; places may be free. */
        void swept();
    }

    private static final long SHORTEST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** When a check comes later than this, we were held up ourselves: what has arrived meanwhile is read first. */
    private static final long HELD_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final InFlightQueries queries;
    private final SilenceWatch silence;
    private final UpstreamCounters counters;
    private final Watched connection;
    private final long attemptTimeoutNanos;
    private final long totalTimeoutNanos;
    private boolean scheduled;
    private long dueNanos;
    private boolean heldUp;
    private boolean suspect;
    private boolean inDoubt;

    OverdueWatch(InFlightQueries queries, UpstreamSettings settings, UpstreamCounters counters, Watched connection) {
        this.queries = queries;
        this.counters = counters;
        this.connection = connection;
        this.attemptTimeoutNanos = settings.attemptTimeout().toNanos();
        this.totalTimeoutNanos = settings.totalTimeout().toNanos();
        this.silence = new SilenceWatch(attemptTimeoutNanos, () -> counters.smoothedNanos, System.nanoTime());
    }

    /** Octets came. */
    void heard(long nowNanos) {
        silence.heard(nowNanos);
        suspect = false;
    }

    /** Queries were answered, others than probes. */
    void answered() {
        silence.answered();
    }

    /** Queries left. */
    void sent(EventExecutor loop) {
        checkIn(loop, silence.halfNanos());
    }

    /** Whether nothing arrived for too long, once and for all. */
    boolean isInDoubt() {
        return inDoubt;
    }

    /** Whether it is likely to be doubted before one query more could be answered. */
    boolean isNearDoubt(long nowNanos) {
        return silence.isNearDoubt(queries.oldestUnanswered(), nowNanos);
    }

    /** Whether not even a probe has been answered, for a while. */
    boolean isSuspect() {
        return inDoubt || suspect;
    }

    /** Whether others were answered after this query was sent, and not long ago. */
    boolean answersOthers(PendingExchange exchange, long nowNanos) {
        return silence.hasHeardSince(exchange.sentNanos, nowNanos);
    }

    /** Nobody can wait for its answer any more. */
    void giveUp(PendingExchange exchange) {
        counters.failed(exchange, Reason.TIMEOUT);
        exchange.fail(Reason.TIMEOUT, "no answer in time");
    }

    private void checkIn(EventExecutor loop, long delayNanos) {
        if (!scheduled) {
            scheduled = true;
            dueNanos = System.nanoTime() + delayNanos;
            loop.schedule(() -> check(loop), delayNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void check(EventExecutor loop) {
        scheduled = false;
        long nowNanos = System.nanoTime();
        heldUp = !heldUp && nowNanos - dueNanos > HELD_UP_NANOS;
        if (heldUp) {
            checkIn(loop, SHORTEST_DELAY_NANOS);
            return;
        }
        boolean silent = !inDoubt && silence.isDoubtful(queries.oldestUnanswered(), nowNanos);
        if (!silent && !inDoubt) {
            checkSilence(nowNanos);
        }
        queries.rest(nowNanos - attemptTimeoutNanos + 1);
        queries.giveUp(nowNanos - totalTimeoutNanos + 1, this::giveUp);
        if (silent) {
            inDoubt = true;
            connection.doubt();
        }
        connection.swept();
        scheduleNext(loop, nowNanos);
    }

    private void checkSilence(long nowNanos) {
        if (silence.takeProbe(queries, nowNanos)) {
            connection.probe(nowNanos);
        } else if (!suspect && silence.isSuspect(nowNanos)) {
            suspect = true;
            connection.passBy();
        }
    }

    private void scheduleNext(EventExecutor loop, long nowNanos) {
        PendingExchange oldest = queries.oldestUnanswered();
        PendingExchange inFlight = queries.oldestInFlight();
        PendingExchange late = queries.oldestLate();
        long delayNanos = Long.MAX_VALUE;
        if (oldest != null && !inDoubt) {
            delayNanos = silence.nextNanos(queries, oldest, nowNanos) - nowNanos;
        }
        if (inFlight != null) {
            delayNanos = Math.min(delayNanos, inFlight.sentNanos + attemptTimeoutNanos - nowNanos);
        }
        if (late != null) {
            delayNanos = Math.min(delayNanos, late.sentNanos + totalTimeoutNanos - nowNanos);
        }
        if (delayNanos != Long.MAX_VALUE) {
            checkIn(loop, Math.max(delayNanos, SHORTEST_DELAY_NANOS));
        }
    }
}
