package io.dnsproxy.upstream;

import org.jspecify.annotations.Nullable;

/**
 * Tells a connection on which nothing arrives any more (a changed route, a forgotten NAT entry) from one whose queries happen
 * to be slow. For the connection's event loop.
 *
 * <p>Nothing at all for the attempt timeout, while queries are unanswered, is a reason for doubt. Where many are unanswered,
 * doubting the connection would move them all, for nothing if it is their names that are slow. So that is found out first, by
 * one query that every resolver answers from memory (a probe): at a quarter of that time, once for each silence.
 */
final class SilenceWatch {

    /** Fewer than this are moved to another connection without much ado. */
    static final int PROBE_UNANSWERED_MIN = 16;

    private final long attemptTimeoutNanos;
    private long heardNanos;
    private boolean probed;

    /** @param attemptTimeoutNanos the silence that is too long */
    SilenceWatch(long attemptTimeoutNanos, long nowNanos) {
        this.attemptTimeoutNanos = attemptTimeoutNanos;
        this.heardNanos = nowNanos;
    }

    /** Octets came. */
    void heard(long nowNanos) {
        heardNanos = nowNanos;
        probed = false;
    }

    /** Whether something came after a query was sent, and not long ago. */
    boolean hasHeardSince(long sentNanos, long nowNanos) {
        return heardNanos - sentNanos > 0 && nowNanos - heardNanos < attemptTimeoutNanos / 2;
    }

    /**
     * Whether nothing came for too long.
     *
     * @param oldest the query that is unanswered for longest, null when there is none
     */
    boolean isDoubtful(@Nullable PendingExchange oldest, long nowNanos) {
        return oldest != null && doubtNanos(oldest) - nowNanos <= 0;
    }

    /** Whether it is likely to be doubted before it could answer: the next attempt of an overdue query must not go there. */
    boolean isNearDoubt(@Nullable PendingExchange oldest, long nowNanos) {
        return oldest != null && doubtNanos(oldest) - nowNanos <= attemptTimeoutNanos / 16;
    }

    /** Whether a probe has been left unanswered for a while: others are the better choice until that is cleared up. */
    boolean isSuspect(@Nullable PendingExchange oldest, long nowNanos) {
        return probed && oldest != null && suspectNanos(oldest) - nowNanos <= 0;
    }

    /** Whether to send a probe now; the one who asks does. */
    boolean takeProbe(@Nullable PendingExchange oldest, int unanswered, long nowNanos) {
        if (probed || oldest == null || unanswered < PROBE_UNANSWERED_MIN || probeNanos(oldest) - nowNanos > 0) {
            return false;
        }
        probed = true;
        return true;
    }

    /** When to look again while nothing arrives and this is the oldest unanswered query. */
    long nextNanos(PendingExchange oldest, long nowNanos) {
        long probeNanos = probeNanos(oldest);
        if (probeNanos - nowNanos > 0) {
            return probeNanos;
        }
        long suspectNanos = suspectNanos(oldest);
        if (probed && suspectNanos - nowNanos > 0) {
            return suspectNanos;
        }
        long doubtNanos = doubtNanos(oldest);
        return probed ? doubtNanos : Math.min(doubtNanos, nowNanos + attemptTimeoutNanos / 4);
    }

    private long probeNanos(PendingExchange oldest) {
        return silentSince(oldest) + attemptTimeoutNanos / 4;
    }

    private long suspectNanos(PendingExchange oldest) {
        return silentSince(oldest) + attemptTimeoutNanos / 2;
    }

    private long doubtNanos(PendingExchange oldest) {
        return silentSince(oldest) + attemptTimeoutNanos;
    }

    private long silentSince(PendingExchange oldest) {
        return heardNanos - oldest.sentNanos > 0 ? heardNanos : oldest.sentNanos;
    }
}
