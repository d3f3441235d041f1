package io.dnsproxy.resolver.cache;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Rcode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** One answer that is kept, from its birth to the end of its stale window. Any thread. */
public final class CachedAnswer {

    /** RFC 8767 4: what clients are told of stale data. */
    private static final int STALE_TTL_SECONDS = 30;

    private static final ExtendedError STALE = new ExtendedError(ExtendedError.STALE_ANSWER);
    private static final ExtendedError STALE_NXDOMAIN = new ExtendedError(ExtendedError.STALE_NXDOMAIN_ANSWER);

    /** RFC 8767 5: so long it is not tried again after a refresh that failed. */
    private static final long RECHECK_NANOS = Duration.ofSeconds(30).toNanos();

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** In place of the number of hits: somebody refreshes it. */
    private static final int CLAIMED = -1;

    private static final AtomicIntegerFieldUpdater<CachedAnswer> HITS =
            AtomicIntegerFieldUpdater.newUpdater(CachedAnswer.class, "hits");

    private final Answer answer;
    private final long expiryNanos;
    private final int ttlSeconds;
    private final boolean negative;
    private volatile int hits;
    private volatile @Nullable Failure failure;

    /** @param answer with its birth */
    CachedAnswer(Answer answer, long expiryNanos, int ttlSeconds, boolean negative) {
        this.answer = answer;
        this.expiryNanos = expiryNanos;
        this.ttlSeconds = ttlSeconds;
        this.negative = negative;
    }

    /** What it holds; its TTLs count from its birth. */
    public Answer answer() {
        return answer;
    }

    /** Whether its TTL has not ended. */
    public boolean isFresh(long nowNanos) {
        return nowNanos - expiryNanos < 0;
    }

    /** Nanoseconds of freshness that are left; negative: it has been stale for so long. */
    public long remainingNanos(long nowNanos) {
        return expiryNanos - nowNanos;
    }

    /** Whether it says that something does not exist. */
    public boolean isNegative() {
        return negative;
    }

    /**
     * Counts a hit and tells whether the caller has to refresh it: it is asked for often, its TTL is about to end, and nobody
     * else was told so.
     */
    public boolean claimRefresh(long nowNanos, int leastHits, int lastPercent) {
        int before = hits;
        if (before == CLAIMED || leastHits == 0) {
            return false;
        }
        if (before < leastHits) {
            HITS.compareAndSet(this, before, before + 1);
            return false;
        }
        long lastNanos = ttlSeconds * NANOS_PER_SECOND / 100 * lastPercent;
        return expiryNanos - nowNanos <= lastNanos && HITS.compareAndSet(this, before, CLAIMED);
    }

    /** Whether somebody was told to refresh it. */
    public boolean isClaimed() {
        return hits == CLAIMED;
    }

    /**
     * What serves in its place when nothing newer can be had: a new answer that shares its octets, with a TTL of 30 s and an
     * Extended DNS Error (RFC 8767 4, RFC 8914 4.4 and 4.20).
     */
    public Answer stale() {
        return answer.rcode() == Rcode.NXDOMAIN
                ? answer.stale(STALE_TTL_SECONDS, STALE_NXDOMAIN)
                : answer.stale(STALE_TTL_SECONDS, STALE);
    }

    /**
     * Notes that nothing newer could be had.
     *
     * @param recoveries how often upstreams have recovered until now
     */
    public void refreshFailed(long nowNanos, int recoveries) {
        failure = new Failure(nowNanos + RECHECK_NANOS, recoveries);
    }

    /** Whether refreshing it failed so lately that it need not be tried again. */
    public boolean failedLately(long nowNanos, int recoveries) {
        Failure last = failure;
        return last != null && nowNanos - last.recheckNanos < 0 && last.recoveries == recoveries;
    }

    /** Made only for what could not be refreshed, so that it costs the others nothing. */
    private record Failure(long recheckNanos, int recoveries) {}
}
