package io.dnsproxy.app;

import io.dnsproxy.listener.ClientRules;
import io.dnsproxy.listener.ListenerCounters;
import io.dnsproxy.listener.ListenerCounters.Drop;
import io.dnsproxy.listener.RateLimit;
import io.dnsproxy.listener.ServerCookies;
import io.dnsproxy.listener.TcpListener;
import io.dnsproxy.listener.UdpListener;
import io.dnsproxy.resolver.CoalescingResolver;
import io.dnsproxy.resolver.Deadlines;
import io.dnsproxy.resolver.InFlightBound;
import io.dnsproxy.resolver.KnownAnswers;
import io.dnsproxy.resolver.ResolverRoundRobin;
import io.dnsproxy.resolver.RoutingResolver;
import io.dnsproxy.resolver.cache.AnswerCache;
import io.dnsproxy.resolver.cache.CacheCounters;
import io.dnsproxy.resolver.cache.FailureCache;
import io.dnsproxy.resolver.local.LocalAnswers;
import io.dnsproxy.wire.Rcode;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * Binds the counters of the query path to Micrometer. They are read when somebody scrapes; the path itself knows no
 * registry. Labels are bounded: transport, rcode, reason, and the upstreams of the settings; never a name or a client.
 * {@link UpstreamMetricsConfiguration} has the meters of those.
 */
@Configuration(proxyBeanMethods = false)
class MetricsConfiguration {

    private static final String DROPS = "Messages that got no response";

    @Bean
    MeterBinder listenerMetrics(UdpListener udp, TcpListener tcp) {
        return registry -> {
            Meters udpMeters = new Meters(registry, Tags.of("transport", "udp"));
            Meters tcpMeters = new Meters(registry, Tags.of("transport", "tcp"));
            bind(udpMeters, udp.counters());
            bind(tcpMeters, tcp.counters());
            udpMeters.with("reason", "socket").counter("dnsproxy.drops", DROPS, udp, UdpListener::socketDrops);

            Meters meters = new Meters(registry, Tags.empty());
            meters.counter("dnsproxy.udp.unsent", "Responses that the network did not take", udp, UdpListener::unsent);
            meters.counter(
                    "dnsproxy.udp.receive.errors",
                    "Errors that came in place of datagrams",
                    udp,
                    UdpListener::receiveErrors);
            bindConnections(meters, "dnsproxy.tcp.", tcp);
        };
    }

    @Bean
    QueryDurations queryDurations(
            UdpListener udp,
            TcpListener tcp,
            @Qualifier("tls") ObjectProvider<TcpListener> tls,
            ObjectProvider<MetricsProperties> properties,
            ObjectProvider<PrometheusRegistry> registry) {
        Map<String, ListenerCounters> listeners = new LinkedHashMap<>();
        listeners.put("udp", udp.counters());
        listeners.put("tcp", tcp.counters());
        tls.ifAvailable(listener -> listeners.put("tls", listener.counters()));
        MetricsProperties metrics = properties.getIfAvailable();
        QueryDurations durations = new QueryDurations(listeners, metrics == null ? Map.of() : metrics.getTags());
        registry.ifAvailable(prometheus -> prometheus.register(durations));
        return durations;
    }

    @Bean
    @Conditional(TlsForClients.class)
    MeterBinder tlsMetrics(@Qualifier("tls") TcpListener tls) {
        return registry -> {
            bind(new Meters(registry, Tags.of("transport", "tls")), tls.counters());
            Meters meters = new Meters(registry, Tags.empty());
            bindConnections(meters, "dnsproxy.tls.", tls);
            meters.counter("dnsproxy.tls.handshakes", "TLS handshakes completed", tls, TcpListener::handshakes);
            meters.counter(
                    "dnsproxy.tls.handshake.failures",
                    "TLS handshakes that failed or were given up",
                    tls,
                    TcpListener::failedHandshakes);
        };
    }

    private static void bindConnections(Meters meters, String prefix, TcpListener bound) {
        meters.gauge(prefix + "connections", "Client connections open now", bound, TcpListener::connections);
        meters.gauge(prefix + "unsent.octets", "Answers that clients leave untaken", bound, TcpListener::unsentOctets);
        meters.counter(prefix + "accepted", "Client connections accepted", bound, TcpListener::accepted);
        meters.counter(prefix + "refused", "Client connections beyond the bounds", bound, TcpListener::refused);
        meters.counter(
                prefix + "displaced",
                "Idle client connections closed for newcomers, since all places were taken",
                bound,
                TcpListener::displaced);
        meters.counter(
                prefix + "slow.closed",
                "Client connections whose query took too long to come",
                bound,
                TcpListener::slowClosedCount);
        meters.counter(
                prefix + "idle.closed", "Client connections that were idle", bound, TcpListener::idleClosedCount);
    }

    @Bean
    MeterBinder clientMetrics(ClientRules rules) {
        return registry -> {
            Meters meters = new Meters(registry, Tags.empty());
            ServerCookies cookies = rules.cookies();
            if (cookies != null) {
                for (ServerCookies.Kind kind : ServerCookies.Kind.values()) {
                    meters.with("kind", Meters.label(kind))
                            .counter(
                                    "dnsproxy.cookies",
                                    "Queries by UDP with a client's cookie, by what they had of ours",
                                    cookies,
                                    bound -> bound.count(kind));
                }
            }
            RateLimit limit = rules.rateLimit();
            if (limit != null) {
                meters.counter("dnsproxy.limited", "Queries by UDP over the rate limit", limit, RateLimit::limited);
                meters.counter(
                        "dnsproxy.rate.limit.displaced",
                        "Networks that the rate limit forgot for want of room",
                        limit,
                        RateLimit::displaced);
            }
        };
    }

    private static void bind(Meters meters, ListenerCounters counters) {
        meters.counter("dnsproxy.queries", "Messages received from clients", counters, ListenerCounters::queries);
        for (int bucket = 0; bucket < Rcode.BUCKETS; bucket++) {
            int rcode = bucket;
            meters.with("rcode", Rcode.text(rcode))
                    .counter("dnsproxy.responses", "Responses to clients", counters, bound -> bound.responses(rcode));
        }
        for (Drop reason : Drop.values()) {
            meters.with("reason", Meters.label(reason))
                    .counter("dnsproxy.drops", DROPS, counters, bound -> bound.drops(reason));
        }
        meters.counter("dnsproxy.truncated", "Responses with TC", counters, ListenerCounters::truncated);
        meters.counter(
                "dnsproxy.prohibited",
                "Messages, and connections closed unheard, from networks that are not served",
                counters,
                ListenerCounters::prohibited);
    }

    @Bean
    MeterBinder resolverMetrics(
            LocalAnswers local,
            InFlightBound bound,
            CoalescingResolver coalescing,
            ResolverRoundRobin roundRobin,
            RoutingResolver routing,
            Deadlines deadlines) {
        return registry -> {
            Meters meters = new Meters(registry, Tags.empty());
            for (LocalAnswers.Kind kind : LocalAnswers.Kind.values()) {
                meters.with("kind", Meters.label(kind))
                        .counter("dnsproxy.local", "Queries not to be passed on", local, bean -> bean.count(kind));
            }
            meters.gauge("dnsproxy.in.flight", "Queries that wait for an answer now", bound, InFlightBound::inFlight);
            meters.counter(
                    "dnsproxy.shed", "SERVFAILs because too many queries were in flight", bound, InFlightBound::shed);
            meters.counter(
                    "dnsproxy.coalesced",
                    "Queries that waited for the answer to the same question",
                    coalescing,
                    CoalescingResolver::coalesced);
            meters.counter(
                    "dnsproxy.failovers",
                    "Attempts at an upstream beyond a query's first",
                    routing,
                    RoutingResolver::failovers);
            meters.counter(
                    "dnsproxy.hedges",
                    "Queries sent to a second upstream because the first took long",
                    roundRobin,
                    ResolverRoundRobin::hedges);
            meters.counter(
                    "dnsproxy.looped",
                    "Queries failed because they came back from upstream",
                    coalescing,
                    CoalescingResolver::looped);
            meters.gauge(
                    "dnsproxy.coalescing",
                    "Different questions in flight now",
                    coalescing,
                    CoalescingResolver::flights);
            meters.gauge("dnsproxy.deadlines", "Deadlines that are set now", deadlines, Deadlines::size);
        };
    }

    @Bean
    @ConditionalOnBean(AnswerCache.class)
    MeterBinder cacheMetrics(AnswerCache cache, FailureCache failures, CacheCounters counters, KnownAnswers known) {
        return registry -> {
            Meters meters = new Meters(registry, Tags.empty());
            meters.counter("dnsproxy.cache.hits", "Queries answered from fresh data", counters, CacheCounters::hits);
            meters.counter(
                    "dnsproxy.cache.misses", "Queries that nothing known answered", counters, CacheCounters::misses);
            meters.counter("dnsproxy.cache.stale", "Queries answered from stale data", counters, CacheCounters::stale);
            meters.counter(
                    "dnsproxy.cache.failure.hits",
                    "Queries answered by a failure that is remembered",
                    counters,
                    CacheCounters::failures);
            meters.counter(
                    "dnsproxy.cache.prefetches",
                    "Answers refreshed before their TTL ended",
                    counters,
                    CacheCounters::prefetches);
            meters.gauge("dnsproxy.cache.prefetching", "Such refreshes now", known, KnownAnswers::prefetching);
            meters.counter(
                    "dnsproxy.cache.evictions", "Answers dropped for want of room", cache, AnswerCache::evictions);
            meters.gauge("dnsproxy.cache.entries", "Answers kept", cache, AnswerCache::size);
            meters.gauge(
                    "dnsproxy.cache.negative.entries",
                    "Answers kept that say that something does not exist",
                    cache,
                    AnswerCache::negatives);
            meters.gauge("dnsproxy.cache.octets", "What kept answers occupy", cache, AnswerCache::octets);
            meters.gauge("dnsproxy.cache.failures", "Failures remembered", failures, FailureCache::size);
        };
    }
}
