package io.dnsproxy.app;

import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.resolver.CachingResolver;
import io.dnsproxy.resolver.CoalescingResolver;
import io.dnsproxy.resolver.Deadlines;
import io.dnsproxy.resolver.InFlightBound;
import io.dnsproxy.resolver.KnownAnswers;
import io.dnsproxy.resolver.RoutingResolver;
import io.dnsproxy.resolver.ServeStaleResolver;
import io.dnsproxy.resolver.UnroutedSharedCache;
import io.dnsproxy.resolver.cache.AnswerCache;
import io.dnsproxy.resolver.cache.CacheCounters;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.resolver.cache.FailureCache;
import io.dnsproxy.resolver.cache.Retention;
import io.dnsproxy.resolver.cache.SharedCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

/** What is known already, and the links of the chain that keep and use it, in the order in which a query meets them. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "dnsproxy.cache.enabled", matchIfMissing = true)
class CacheConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(CacheConfiguration.class);

    /** Failures are short and soon forgotten. */
    private static final int FAILURES_PART = 16;

    @Bean
    KnownAnswers knownAnswers(
            CacheSettings settings,
            AnswerCache cache,
            FailureCache failures,
            CacheCounters counters,
            Recoveries recoveries,
            CoalescingResolver coalescing) {
        return new KnownAnswers(settings, cache, failures, counters, recoveries, coalescing);
    }

    @Bean
    ServeStaleResolver serveStaleResolver(
            AnswerCache cache,
            CacheCounters counters,
            Recoveries recoveries,
            Deadlines deadlines,
            InFlightBound bound) {
        return new ServeStaleResolver(cache, counters, recoveries, deadlines, bound, System::nanoTime);
    }

    @Bean
    CachingResolver cachingResolver(
            CacheSettings settings,
            AnswerCache cache,
            FailureCache failures,
            ObjectProvider<SharedCache> shared,
            RoutingResolver routing) {
        SharedCache common = shared.getIfAvailable();
        return new CachingResolver(
                cache,
                failures,
                new Retention(settings),
                common == null ? null : new UnroutedSharedCache(common, routing::isRouted),
                routing,
                System::nanoTime);
    }

    @Bean
    AnswerCache answerCache(CacheSettings settings) {
        return new AnswerCache(settings.maxOctets() - settings.maxOctets() / FAILURES_PART, settings.staleSeconds());
    }

    @Bean
    FailureCache failureCache(CacheSettings settings, Recoveries recoveries) {
        return new FailureCache(settings.maxOctets() / FAILURES_PART, recoveries);
    }

    @Bean
    CacheCounters cacheCounters() {
        return new CacheCounters();
    }

    @Bean
    DnsCacheEndpoint dnsCacheEndpoint(
            AnswerCache cache, FailureCache failures, CacheCounters counters, ObjectProvider<SharedCache> shared) {
        return new DnsCacheEndpoint(cache, failures, counters, shared.getIfAvailable());
    }

    @Bean
    CacheSettings cacheSettings(DnsproxyProperties properties) {
        DnsproxyProperties.Cache cache = properties.cache();
        DnsproxyProperties.Prefetch prefetch = cache.prefetch();
        return new CacheSettings(
                withinHeap(cache.maxSize(), Runtime.getRuntime().maxMemory()),
                Math.toIntExact(cache.minTtl().toSeconds()),
                Math.toIntExact(cache.maxTtl().toSeconds()),
                Math.toIntExact(cache.maxNegativeTtl().toSeconds()),
                Math.toIntExact(cache.stale().toSeconds()),
                prefetch.enabled() ? prefetch.minHits() : 0,
                prefetch.lastPercent());
    }

    /** A cache that fills the heap ends the program; one that is smaller than asked for only misses more often. */
    private static long withinHeap(DataSize asked, long heapOctets) {
        long most = heapOctets / 2;
        if (asked.toBytes() > most) {
            LOG.warn(
                    "dnsproxy.cache.max-size is {} MB, and half of the heap, {} MB, is all that the cache gets; give the JVM"
                            + " more memory (-Xmx, -XX:MaxRAMPercentage), or write a smaller size",
                    asked.toMegabytes(),
                    DataSize.ofBytes(most).toMegabytes());
            return most;
        }
        return asked.toBytes();
    }
}
