package io.dnsproxy.app;

import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.resolver.cache.redis.RedisCache;
import io.dnsproxy.resolver.cache.redis.RedisCounters;
import io.dnsproxy.resolver.cache.redis.RedisCounters.Drop;
import io.dnsproxy.resolver.cache.redis.RedisStatus;
import io.dnsproxy.resolver.cache.redis.RedisStatus.RedisFailure;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * The shared cache, where it is switched on. Boot's own configuration of Redis is excluded everywhere else, because it would make a
 * client, threads and a health check for a Redis that nobody wants; here it turns {@code spring.data.redis.*} into a client,
 * which is all that is taken of it.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("dnsproxy.cache.redis.enabled")
@Import(DataRedisAutoConfiguration.class)
class RedisConfiguration {

    @Bean
    RedisCache redisCache(DnsproxyProperties settings, LettuceConnectionFactory factory) {
        DnsproxyProperties.Redis redis = settings.cache().redis();
        return new RedisCache(
                factory.getRequiredNativeClient(),
                redis.keyPrefix(),
                redis.timeout(),
                settings.cache().stale());
    }

    @Bean
    LettuceClientOptionsBuilderCustomizer redisClientOptions() {
        return RedisCache::prepare;
    }

    /** Never lowers the status: without Redis every query is answered all the same. */
    @Bean
    HealthIndicator redis(RedisCache cache) {
        return () -> {
            RedisStatus status = cache.status();
            Health.Builder health = status.reachable() ? Health.up() : Health.unknown();
            health.withDetail("breaker", status.reachable() ? "closed" : "open").withDetail("since", status.since());
            RedisFailure failure = status.lastFailure();
            if (failure != null) {
                health.withDetail("lastFailure", Map.of("reason", failure.reason(), "at", failure.at()));
            }
            return health.build();
        };
    }

    @Bean
    MeterBinder redisMetrics(RedisCache cache) {
        return registry -> {
            Meters meters = new Meters(registry, Tags.empty());
            RedisCounters counters = cache.counters();
            meters.gauge(
                    "dnsproxy.redis.breaker.open",
                    "1 while Redis is not asked",
                    cache,
                    bound -> bound.status().reachable() ? 0 : 1);
            meters.counter("dnsproxy.redis.gets", "Look-ups sent to Redis", counters, RedisCounters::gets);
            meters.counter("dnsproxy.redis.hits", "Look-ups that found an answer", counters, RedisCounters::hits);
            meters.counter(
                    "dnsproxy.redis.unasked",
                    "Look-ups not sent: Redis does not answer, or too many are under way",
                    counters,
                    RedisCounters::unasked);
            meters.counter(
                    "dnsproxy.redis.timeouts",
                    "Look-ups not answered within the budget",
                    counters,
                    RedisCounters::timeouts);
            meters.counter("dnsproxy.redis.errors", "Look-ups that failed", counters, RedisCounters::errors);
            meters.counter(
                    "dnsproxy.redis.rejected",
                    "Values that were malformed, too old, or of another question",
                    counters,
                    RedisCounters::rejected);
            meters.counter("dnsproxy.redis.writes", "Answers that Redis took", counters, RedisCounters::writes);
            for (Drop reason : Drop.values()) {
                meters.with("reason", Meters.label(reason))
                        .counter(
                                "dnsproxy.redis.writes.dropped",
                                "Answers and removals that were not written",
                                counters,
                                bound -> bound.drops(reason));
            }
            meters.gauge(
                    "dnsproxy.redis.outstanding",
                    "Look-ups that Redis has not replied to, overdue ones included",
                    cache,
                    RedisCache::outstandingReads);
            meters.gauge(
                    "dnsproxy.redis.outstanding.write.octets",
                    "Octets that wait to be written",
                    cache,
                    RedisCache::outstandingWriteOctets);
            Timer latency = meters.timer("dnsproxy.redis.latency", "From a look-up to its reply");
            counters.recordLatencyTo(nanos -> latency.record(nanos, TimeUnit.NANOSECONDS));
        };
    }
}
