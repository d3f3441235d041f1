package io.dnsproxy.app;

import io.dnsproxy.listener.ListenerCounters;
import io.dnsproxy.listener.ListenerCounters.Drop;
import io.dnsproxy.listener.TcpListener;
import io.dnsproxy.listener.UdpListener;
import io.dnsproxy.resolver.CoalescingResolver;
import io.dnsproxy.resolver.Deadlines;
import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.resolver.ResolverRoundRobin;
import io.dnsproxy.upstream.DotUpstream;
import io.dnsproxy.upstream.DotUpstreamPool;
import io.dnsproxy.upstream.UpstreamCounters;
import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.wire.Rcode;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Binds the counters of the query path to Micrometer. They are read when somebody scrapes; the path itself knows no
 * registry. Labels are bounded: transport, rcode, reason, and the upstreams of the settings; never a name or a client.
 */
@Configuration(proxyBeanMethods = false)
class MetricsConfiguration {

    private static final Duration[] LATENCY_BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(200),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(4)
    };

    @Bean
    MeterBinder listenerMetrics(UdpListener udp, TcpListener tcp) {
        return registry -> {
            bind(registry, udp.counters(), Tags.of("transport", "udp"));
            bind(registry, tcp.counters(), Tags.of("transport", "tcp"));
            counter(
                    registry,
                    "dnsproxy.drops",
                    "Messages that got no response",
                    udp,
                    UdpListener::socketDrops,
                    Tags.of("transport", "udp", "reason", "socket"));
            counter(
                    registry,
                    "dnsproxy.udp.unsent",
                    "Responses that the network did not take",
                    udp,
                    UdpListener::unsent,
                    Tags.empty());
            gauge(
                    registry,
                    "dnsproxy.tcp.connections",
                    "Client connections open now",
                    tcp,
                    TcpListener::connections,
                    Tags.empty());
            counter(
                    registry,
                    "dnsproxy.tcp.accepted",
                    "Client connections accepted",
                    tcp,
                    TcpListener::accepted,
                    Tags.empty());
            counter(
                    registry,
                    "dnsproxy.tcp.refused",
                    "Client connections closed as they came, because too many were open",
                    tcp,
                    TcpListener::refused,
                    Tags.empty());
            counter(
                    registry,
                    "dnsproxy.tcp.idle.closed",
                    "Client connections closed because they were idle",
                    tcp,
                    TcpListener::idleClosedCount,
                    Tags.empty());
        };
    }

    private static void bind(MeterRegistry registry, ListenerCounters counters, Tags transport) {
        counter(
                registry,
                "dnsproxy.queries",
                "Messages received from clients",
                counters,
                ListenerCounters::queries,
                transport);
        for (int bucket = 0; bucket < Rcode.BUCKETS; bucket++) {
            int rcode = bucket;
            counter(
                    registry,
                    "dnsproxy.responses",
                    "Responses to clients",
                    counters,
                    bound -> bound.responses(rcode),
                    transport.and("rcode", Rcode.text(rcode)));
        }
        for (Drop reason : Drop.values()) {
            counter(
                    registry,
                    "dnsproxy.drops",
                    "Messages that got no response",
                    counters,
                    bound -> bound.drops(reason),
                    transport.and("reason", label(reason)));
        }
        counter(registry, "dnsproxy.truncated", "Responses with TC", counters, ListenerCounters::truncated, transport);
        counter(
                registry,
                "dnsproxy.prohibited",
                "Queries from networks that are not served",
                counters,
                ListenerCounters::prohibited,
                transport);
    }

    @Bean
    MeterBinder resolverMetrics(
            Forwarder forwarder, CoalescingResolver coalescing, ResolverRoundRobin roundRobin, Deadlines deadlines) {
        return registry -> {
            gauge(
                    registry,
                    "dnsproxy.in.flight",
                    "Queries that wait for an answer now",
                    forwarder,
                    Forwarder::inFlight,
                    Tags.empty());
            counter(
                    registry,
                    "dnsproxy.shed",
                    "Queries that got SERVFAIL because too many were in flight",
                    forwarder,
                    Forwarder::shed,
                    Tags.empty());
            counter(
                    registry,
                    "dnsproxy.coalesced",
                    "Queries that waited for the answer to another with the same question",
                    coalescing,
                    CoalescingResolver::coalesced,
                    Tags.empty());
            counter(
                    registry,
                    "dnsproxy.failovers",
                    "Attempts at an upstream beyond a query's first",
                    roundRobin,
                    ResolverRoundRobin::failovers,
                    Tags.empty());
            gauge(
                    registry,
                    "dnsproxy.deadlines",
                    "Deadlines that are set now",
                    deadlines,
                    Deadlines::size,
                    Tags.empty());
        };
    }

    @Bean
    MeterBinder upstreamMetrics(DotUpstreamPool pool) {
        return registry -> pool.upstreams().forEach(upstream -> bind(registry, upstream));
    }

    private static void bind(MeterRegistry registry, DotUpstream upstream) {
        Tags tags = Tags.of("upstream", upstream.name());
        UpstreamCounters counters = upstream.counters();
        gauge(
                registry,
                "dnsproxy.upstream.usable",
                "1 while queries are sent to this upstream",
                upstream,
                bound -> bound.isUsable() ? 1 : 0,
                tags);
        counter(registry, "dnsproxy.upstream.exchanges", "Queries sent", counters, UpstreamCounters::sent, tags);
        counter(registry, "dnsproxy.upstream.answers", "Answers received", counters, UpstreamCounters::answered, tags);
        counter(
                registry,
                "dnsproxy.upstream.late",
                "Answers received after the attempt timeout",
                counters,
                UpstreamCounters::late,
                tags);
        counter(
                registry,
                "dnsproxy.upstream.mismatched",
                "Messages received that answer no query",
                counters,
                UpstreamCounters::mismatched,
                tags);
        for (UpstreamException.Reason reason : UpstreamException.Reason.values()) {
            counter(
                    registry,
                    "dnsproxy.upstream.errors",
                    "Exchanges and dials that failed",
                    counters,
                    bound -> bound.failures(reason),
                    tags.and("reason", label(reason)));
        }
        counter(registry, "dnsproxy.upstream.dials", "Connections attempted", counters, UpstreamCounters::dials, tags);
        counter(
                registry,
                "dnsproxy.upstream.handshakes",
                "TLS handshakes completed",
                counters,
                UpstreamCounters::fullHandshakes,
                tags.and("kind", "full"));
        counter(
                registry,
                "dnsproxy.upstream.handshakes",
                "TLS handshakes completed",
                counters,
                UpstreamCounters::resumedHandshakes,
                tags.and("kind", "resumed"));
        gauge(
                registry,
                "dnsproxy.upstream.connections",
                "Connections open now",
                counters,
                UpstreamCounters::connections,
                tags);
        gauge(
                registry,
                "dnsproxy.upstream.in.flight",
                "Queries sent and not answered yet",
                counters,
                UpstreamCounters::inFlight,
                tags);
        gauge(
                registry,
                "dnsproxy.upstream.waiting",
                "Queries that wait for a connection",
                counters,
                UpstreamCounters::waiting,
                tags);
        gauge(
                registry,
                "dnsproxy.upstream.resting.ids",
                "Ids of overdue queries that rest until their connection closes",
                counters,
                UpstreamCounters::resting,
                tags);
        Timer latency = Timer.builder("dnsproxy.upstream.latency")
                .description("From a query's sending to its answer")
                .tags(tags)
                .serviceLevelObjectives(LATENCY_BUCKETS)
                .register(registry);
        counters.recordLatencyTo(nanos -> latency.record(nanos, TimeUnit.NANOSECONDS));
    }

    private static <T> void counter(
            MeterRegistry registry, String name, String description, T bound, ToDoubleFunction<T> value, Tags tags) {
        FunctionCounter.builder(name, bound, value)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private static <T> void gauge(
            MeterRegistry registry, String name, String description, T bound, ToDoubleFunction<T> value, Tags tags) {
        Gauge.builder(name, bound, value).description(description).tags(tags).register(registry);
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
