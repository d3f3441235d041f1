package io.dnsproxy.resolver.cache;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;

/**
 * One answer as it was kept at the moment when it was found. A lens: {@link AnswerCache#find(Query, long, CachedAnswer)} reads
 * again into the same one, and so does not allocate. Belongs to one thread unless it was made by the other
 * {@link AnswerCache#find(Query, long)} or {@link AnswerCache#forEach}, which do not change it any more.
 */
public final class CachedAnswer {

    /** RFC 8767 4: what clients are told of stale data. */
    private static final int STALE_TTL_SECONDS = 30;

    private static final ExtendedError STALE = new ExtendedError(ExtendedError.STALE_ANSWER);
    private static final ExtendedError STALE_NXDOMAIN = new ExtendedError(ExtendedError.STALE_NXDOMAIN_ANSWER);

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Answer answer = new Answer();
    private long expiryNanos;
    private int ttlSeconds;
    private boolean negative;
    private int hits;
    private boolean failed;
    private long recheckNanos;
    private int recoveries;

    /** An empty one; ask it nothing before something was found. */
    public CachedAnswer() {}

    /** Reads an {@link Entry}. */
    void read(byte[] m, int at) {
        Entry.readAnswer(m, at, answer);
        expiryNanos = Entry.expiryNanos(m, at);
        ttlSeconds = Entry.ttlSeconds(m, at);
        negative = Entry.isNegative(m, at);
        hits = Entry.hits(m, at);
        failed = Entry.hasFailed(m, at);
        recheckNanos = Entry.recheckNanos(m, at);
        recoveries = Entry.recoveries(m, at);
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

    /** When its TTL ends. */
    long expiryNanos() {
        return expiryNanos;
    }

    /** Whether it says that the name does not exist, so that it was found whatever the type. */
    boolean isForEveryType() {
        return answer.deniesEveryType();
    }

    /** Whether it says that something does not exist. */
    public boolean isNegative() {
        return negative;
    }

    /** Whether it should be refreshed: it was asked for more often than this, its TTL is about to end, and nobody refreshes it. */
    public boolean isDue(long nowNanos, int leastHits, int lastPercent) {
        long lastNanos = ttlSeconds * NANOS_PER_SECOND / 100 * lastPercent;
        return hits > leastHits && expiryNanos - nowNanos <= lastNanos;
    }

    /** Whether somebody was told to refresh it. */
    public boolean isClaimed() {
        return hits == Entry.CLAIMED;
    }

    /**
     * What serves in its place when nothing newer can be had: a new answer with a TTL of 30 s and an Extended DNS Error (RFC 8767 4, RFC 8914 4.4 and 4.20).
     */
    public Answer stale() {
        return answer.rcode() == Rcode.NXDOMAIN
                ? answer.stale(STALE_TTL_SECONDS, STALE_NXDOMAIN)
                : answer.stale(STALE_TTL_SECONDS, STALE);
    }

    /** Whether refreshing it failed so lately that it need not be tried again. */
    public boolean failedLately(long nowNanos, int recoveries) {
        return failed && nowNanos - recheckNanos < 0 && this.recoveries == recoveries;
    }
}
