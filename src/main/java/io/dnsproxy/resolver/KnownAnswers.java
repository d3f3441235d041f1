package io.dnsproxy.resolver;

import io.dnsproxy.resolver.cache.AnswerCache;
import io.dnsproxy.resolver.cache.CacheCounters;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.resolver.cache.CachedAnswer;
import io.dnsproxy.resolver.cache.FailureCache;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What can be answered at once, in this order: what is fresh; what is stale, if refreshing it has just failed; a failure that
 * has just happened. Everything else is a miss.
 *
 * <p>A fresh answer that is asked for often and about to end is refreshed on the side, once, while it still serves.
 */
public final class KnownAnswers {

    /** Refreshes on the side at one time; beyond, answers just end and are asked for anew. */
    private static final int PREFETCHES_MAX = 1_024;

    private final AnswerCache cache;
    private final FailureCache failures;
    private final CacheCounters counters;
    private final IntSupplier recoveries;
    private final Resolver refresher;
    private final int prefetchHits;
    private final int prefetchPercent;
    private final ThreadLocal<CachedAnswer> found = ThreadLocal.withInitial(CachedAnswer::new);
    private final AtomicInteger prefetching = new AtomicInteger();
    private final FaultLog faults = new FaultLog();

    /**
     * @param recoveries how often upstreams have recovered until now: what failed before may be tried again
     * @param refresher asked, for nobody, for what is about to end
     */
    public KnownAnswers(
            CacheSettings settings,
            AnswerCache cache,
            FailureCache failures,
            CacheCounters counters,
            IntSupplier recoveries,
            Resolver refresher) {
        this.cache = cache;
        this.failures = failures;
        this.counters = counters;
        this.recoveries = recoveries;
        this.refresher = refresher;
        this.prefetchHits = settings.prefetchHits();
        this.prefetchPercent = settings.prefetchPercent();
    }

    /** Looks; null when it must be asked for. A hit allocates nothing, and its answer holds until this thread looks again. */
    @Nullable
    Answer find(Query query, long nowNanos) {
        if (query.isSigned()) {
            return null;
        }
        CachedAnswer entry = found.get();
        if (!cache.find(query, nowNanos, entry)) {
            return failure(query, nowNanos);
        }
        if (!entry.isFresh(nowNanos)) {
            return stale(entry, query, nowNanos);
        }
        counters.hit();
        if (prefetchHits > 0
                && entry.isDue(nowNanos, prefetchHits, prefetchPercent)
                && cache.claimRefresh(query, entry)) {
            prefetch(query);
        }
        return entry.answer();
    }

    private @Nullable Answer stale(CachedAnswer entry, Query query, long nowNanos) {
        int recovered = recoveries.getAsInt();
        boolean failed = entry.failedLately(nowNanos, recovered);
        if (!failed && failures.find(query, nowNanos) != null) {
            cache.refreshFailed(
                    query, entry, nowNanos, recovered); // it was for nobody, or its waiters have not said so yet
            failed = true;
        }
        if (!failed) {
            counters.miss();
            return null;
        }
        counters.servedStale();
        return entry.stale();
    }

    private @Nullable Answer failure(Query query, long nowNanos) {
        Answer failure = failures.find(query, nowNanos);
        if (failure == null) {
            counters.miss();
        } else {
            counters.servedFailure();
        }
        return failure;
    }

    private void prefetch(Query query) {
        if (prefetching.incrementAndGet() > PREFETCHES_MAX) {
            prefetching.decrementAndGet();
            return;
        }
        counters.prefetched();
        try {
            refresher.resolve(query.copy()).whenComplete((answer, failure) -> prefetching.decrementAndGet());
        } catch (RuntimeException | Error e) {
            prefetching.decrementAndGet();
            faults.fault(e); // the one who asked has an answer all the same
        }
    }

    /** Refreshes on the side that are under way. */
    public int prefetching() {
        return prefetching.get();
    }
}
