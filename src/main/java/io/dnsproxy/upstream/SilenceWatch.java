package io.dnsproxy.upstream;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells a connection on which nothing arrives any more (a changed route, a forgotten NAT entry) from one whose queries happen
 * to be slow. For the connection's event loop.
 *
 * <p>Nothing at all for the attempt timeout, while queries are unanswered, is a reason for doubt. Long before that, a few
 * unanswered queries and a silence that is long for this server are a reason to find out, by one query that every resolver answers
 * from memory (a probe), once for each silence. If that is not answered either, the connection is suspect.
 *
 * <p>Long is {@value #PACES} times what the server's answers take of late, within bounds, for the silence until the connection is
 * suspect, and half of that until the probe. Where the pace is not known, or where just now a probe was answered and nothing else, it is
 * half of the attempt timeout, and takes many unanswered queries.
 */
final class SilenceWatch {

    /** Fewer than this are moved to another connection without much ado. */
    static final int PROBE_UNANSWERED_MIN = 16;

    /** One slow name, or two, would make for a probe each. */
    static final int PACED_PROBE_UNANSWERED_MIN = 3;

    /** A shorter stall is not worth asking elsewhere. */
    static final long SUSPECT_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final int PACES = 8;

    private final long attemptTimeoutNanos;
    private final LongSupplier paceNanos;
    private long heardNanos;
    private boolean probed;
    private long suspectNanos;

    /** Nothing was answered of late but a probe: it is the names that are slow. */
    private boolean slowNames;

    /**
     * Watches.
     *
     * @param attemptTimeoutNanos the silence that is too long
     * @param paceNanos what the server's answers take of late, 0 while that is not known
     */
    SilenceWatch(long attemptTimeoutNanos, LongSupplier paceNanos, long nowNanos) {
        this.attemptTimeoutNanos = attemptTimeoutNanos;
        this.paceNanos = paceNanos;
        this.heardNanos = nowNanos;
    }

    /** Octets came. */
    void heard(long nowNanos) {
        heardNanos = nowNanos;
        slowNames |= probed;
        probed = false;
    }

    /** A query that is no probe was answered. */
    void answered() {
        slowNames = false;
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
    boolean isSuspect(long nowNanos) {
        return probed && suspectNanos - nowNanos <= 0;
    }

    /** Whether to send a probe now; the one who asks does. */
    boolean takeProbe(InFlightQueries queries, long nowNanos) {
        if (probed) {
            return false;
        }
        boolean few = isPaced()
                && isProbeDue(queries.oldestInFlight(), queries.inFlight(), PACED_PROBE_UNANSWERED_MIN, nowNanos);
        if (!few && !isProbeDue(queries.oldestUnanswered(), queries.unanswered(), PROBE_UNANSWERED_MIN, nowNanos)) {
            return false;
        }
        probed = true;
        suspectNanos = nowNanos + halfNanos();
        return true;
    }

    private boolean isProbeDue(@Nullable PendingExchange oldest, int count, int enough, long nowNanos) {
        return oldest != null && count >= enough && silentSince(oldest) + halfNanos() - nowNanos <= 0;
    }

    /** How long it takes to notice anything. */
    long halfNanos() {
        long longest = attemptTimeoutNanos / 2;
        if (!isPaced()) {
            return longest / 2;
        }
        return Math.clamp(PACES * paceNanos.getAsLong(), Math.min(SUSPECT_MIN_NANOS, longest), longest) / 2;
    }

    private boolean isPaced() {
        return !slowNames && paceNanos.getAsLong() > 0;
    }

    /** When to look again while nothing arrives. */
    long nextNanos(InFlightQueries queries, PendingExchange oldest, long nowNanos) {
        long doubtNanos = doubtNanos(oldest);
        if (probed) {
            return suspectNanos - nowNanos > 0 ? suspectNanos : doubtNanos;
        }
        PendingExchange inFlight = queries.oldestInFlight();
        long probeNanos = (inFlight == null ? nowNanos : silentSince(inFlight)) + halfNanos();
        long soonNanos = probeNanos - nowNanos > 0 ? probeNanos : nowNanos + halfNanos();
        return soonNanos - doubtNanos < 0 ? soonNanos : doubtNanos;
    }

    private long doubtNanos(PendingExchange oldest) {
        return silentSince(oldest) + attemptTimeoutNanos;
    }

    private long silentSince(PendingExchange oldest) {
        return heardNanos - oldest.sentNanos > 0 ? heardNanos : oldest.sentNanos;
    }
}
