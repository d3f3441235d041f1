package io.dnsproxy.analysis;

import io.dnsproxy.resolver.CachingResolver;
import io.dnsproxy.resolver.CoalescingResolver;
import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.resolver.KnownAnswers;
import io.dnsproxy.resolver.Resolver;
import io.dnsproxy.resolver.cache.AnswerCache;
import io.dnsproxy.resolver.cache.CacheCounters;
import io.dnsproxy.resolver.cache.FailureCache;
import io.dnsproxy.resolver.cache.Retention;
import io.dnsproxy.resolver.cache.SharedCache;
import org.jspecify.annotations.Nullable;

/** One instance of the service without its sockets: the service's own classes, joined as the service joins them. */
final class Instance {

    private static final long FAILURES_OCTETS = 1L << 20;

    private final AnswerCache cache;
    private final CacheCounters counters = new CacheCounters();
    private final CoalescingResolver coalescing;
    private final Forwarder forwarder;

    /** @param shared null when there is none */
    Instance(Setup setup, VirtualTime time, @Nullable SharedCache shared, Resolver upstream) {
        cache = new AnswerCache(setup.settings.maxOctets(), setup.settings.staleSeconds());
        if (setup.levels == Setup.Levels.NONE) {
            coalescing = new CoalescingResolver(upstream);
            forwarder = new Forwarder(null, coalescing);
            return;
        }
        FailureCache failures = new FailureCache(FAILURES_OCTETS, () -> 0);
        coalescing = new CoalescingResolver(
                new CachingResolver(cache, failures, new Retention(setup.settings), shared, upstream, time::nanos));
        KnownAnswers known = new KnownAnswers(setup.settings, cache, failures, counters, () -> 0, coalescing);
        forwarder = new Forwarder(known, coalescing);
    }

    /** What listeners ask. */
    Forwarder forwarder() {
        return forwarder;
    }

    /** What it keeps. */
    AnswerCache cache() {
        return cache;
    }

    /** Answers that were refreshed before they ended. */
    long prefetches() {
        return counters.prefetches();
    }

    /** Queries that waited for another's answer. */
    long coalesced() {
        return coalescing.coalesced();
    }
}
