package io.dnsproxy.resolver.cache;

import java.util.concurrent.atomic.LongAdder;

/** What became of the questions that were looked up. Any thread. */
public final class CacheCounters {

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder staleAfterMiss = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder prefetches = new LongAdder();

    /** Answered from fresh data. */
    public long hits() {
        return hits.sum();
    }

    /** Questions looked up. */
    public long lookUps() {
        return hits() + misses() + failures() + stale.sum();
    }

    /** Not answered from what was known, at least not at once. */
    public long misses() {
        return misses.sum();
    }

    /** Answered from stale data, at once or, after a miss, when nothing newer came. */
    public long stale() {
        return stale.sum() + staleAfterMiss.sum();
    }

    /** Answered by a failure that is remembered. */
    public long failures() {
        return failures.sum();
    }

    /** Refreshed before their TTL ended. */
    public long prefetches() {
        return prefetches.sum();
    }

    /** A query was answered from fresh data. */
    public void hit() {
        hits.increment();
    }

    /** A query was not answered at once. */
    public void miss() {
        misses.increment();
    }

    /** A query was answered from stale data at once. */
    public void servedStale() {
        stale.increment();
    }

    /** A query, counted as a miss before, got stale data. */
    public void servedStaleAfterMiss() {
        staleAfterMiss.increment();
    }

    /** A query was answered by a failure that is remembered. */
    public void servedFailure() {
        failures.increment();
    }

    /** An answer is being refreshed before its TTL ends. */
    public void prefetched() {
        prefetches.increment();
    }
}
