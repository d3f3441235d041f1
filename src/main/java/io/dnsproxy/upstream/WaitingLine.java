package io.dnsproxy.upstream;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The queries of one upstream that wait for a place on a connection: first attempts before repeats, and in the order of their
 * coming. For the upstream's event loop.
 *
 * <p>A line that has not been empty for long is that of a server that cannot keep up. Whoever comes to its end would get a place when it
 * is too late, and so would all who come later: no answer would reach anybody in time. So in such a line nobody waits for long.
 */
final class WaitingLine {

    /** Repeats may take only this part of the line: they are what piles up when an upstream leaves queries unanswered. */
    private static final int REPEATS_PART = 2;

    private static final long REMOVAL_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final int max;
    private final long longNanos;
    private final long patienceNanos;
    private long standsSinceNanos;
    private long nextRemovalNanos;
    private boolean hasHoped;
    private final ArrayDeque<PendingExchange> firsts = new ArrayDeque<>();
    private final ArrayDeque<PendingExchange> repeats = new ArrayDeque<>();

    /**
     * An empty one.
     *
     * @param max exchanges that may wait at one time
     * @param longNanos a line that has not been empty for so long does not get empty by itself
     * @param patienceNanos how long one may wait in such a line
     */
    WaitingLine(int max, long longNanos, long patienceNanos) {
        this.max = max;
        this.longNanos = longNanos;
        this.patienceNanos = patienceNanos;
    }

    /**
     * Has it wait.
     *
     * @return false when there is no room
     */
    boolean add(PendingExchange exchange, long nowNanos) {
        if (isEmpty()) {
            standsSinceNanos = nowNanos;
            nextRemovalNanos = nowNanos;
            hasHoped = false;
        }
        exchange.sentNanos = nowNanos;
        if (isFull(exchange)) {
            removeDone(nowNanos);
            if (isFull(exchange)) {
                return false;
            }
        }
        return lineOf(exchange).add(exchange);
    }

    /** Takes as long as the line is, so not for each who finds it full. */
    private void removeDone(long nowNanos) {
        if (nowNanos - nextRemovalNanos >= 0) {
            nextRemovalNanos = nowNanos + REMOVAL_INTERVAL_NANOS;
            firsts.removeIf(PendingExchange::isDone);
            repeats.removeIf(PendingExchange::isDone);
        }
    }

    private boolean isFull(PendingExchange exchange) {
        return size() >= max || (exchange.isRepeat && repeats.size() >= max / REPEATS_PART);
    }

    private ArrayDeque<PendingExchange> lineOf(PendingExchange exchange) {
        return exchange.isRepeat ? repeats : firsts;
    }

    /** Who is next, null when nobody waits. Those whose answers came from elsewhere have left. */
    @Nullable
    PendingExchange peek() {
        PendingExchange next = peek(firsts);
        return next == null ? peek(repeats) : next;
    }

    private static @Nullable PendingExchange peek(ArrayDeque<PendingExchange> line) {
        PendingExchange next;
        while ((next = line.peek()) != null && next.isDone()) {
            line.remove();
        }
        return next;
    }

    /** Takes out who is next, null when nobody waits. */
    @Nullable
    PendingExchange poll() {
        PendingExchange next = peek();
        return next == null ? null : lineOf(next).remove();
    }

    /** It may get empty after all: there is a new connection. Of those that follow each other soon, the first one counts. */
    void hope(long nowNanos) {
        if (!hasHoped) {
            hasHoped = true;
            standsSinceNanos = nowNanos;
        }
    }

    /** Takes out one who has waited too long in a line that does not get empty, null when there is none. */
    @Nullable
    PendingExchange pollImpatient(long nowNanos) {
        if (nowNanos - standsSinceNanos < longNanos) {
            return null;
        }
        PendingExchange impatient = pollImpatient(firsts, nowNanos);
        return impatient == null ? pollImpatient(repeats, nowNanos) : impatient;
    }

    private @Nullable PendingExchange pollImpatient(ArrayDeque<PendingExchange> line, long nowNanos) {
        PendingExchange next = peek(line);
        return next == null || nowNanos - next.sentNanos < patienceNanos ? null : line.remove();
    }

    boolean isEmpty() {
        return peek() == null;
    }

    int size() {
        return firsts.size() + repeats.size();
    }
}
