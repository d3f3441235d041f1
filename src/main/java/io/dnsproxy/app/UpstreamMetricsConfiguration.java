package io.dnsproxy.app;

import io.dnsproxy.upstream.DotUpstream;
import io.dnsproxy.upstream.DotUpstreamPool;
import io.dnsproxy.upstream.PlainUpstream;
import io.dnsproxy.upstream.Upstream;
import io.dnsproxy.upstream.UpstreamCounters;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.upstream.UpstreamStatus;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Binds the counters of upstreams, and of the routes' servers, to Micrometer, as {@link MetricsConfiguration} does the rest. */
@Configuration(proxyBeanMethods = false)
class UpstreamMetricsConfiguration {

    private static final Family UPSTREAMS = new Family(
            "dnsproxy.upstream.",
            "1 while connected, or free to connect",
            "Connections attempted",
            "Queries sent, neither answered nor overdue",
            "Queries that wait for a connection");

    /** Under names of their own: who counts upstreams means those that can be asked for any name. */
    private static final Family ROUTES = new Family(
            "dnsproxy.route.",
            "1 while nothing speaks against asking it",
            "TCP connections attempted",
            "Queries sent and not answered",
            "Queries that wait to be sent");

    private static final String HANDSHAKES = "TLS handshakes completed";

    @Bean
    MeterBinder upstreamMetrics(DotUpstreamPool pool) {
        return registry -> pool.upstreams().forEach(upstream -> {
            Meters meters = meters(registry, upstream);
            UPSTREAMS.bind(meters, upstream, DotUpstream::status, upstream.counters());
            bindConnections(meters, upstream.counters());
        });
    }

    @Bean
    MeterBinder routeMetrics(RoutedUpstreams routed) {
        return registry -> {
            for (DotUpstream upstream : routed.dotUpstreams()) {
                ROUTES.bind(meters(registry, upstream), upstream, DotUpstream::status, upstream.counters());
            }
            for (PlainUpstream upstream : routed.plainUpstreams()) {
                ROUTES.bind(meters(registry, upstream), upstream, PlainUpstream::status, upstream.counters());
            }
        };
    }

    private static Meters meters(MeterRegistry registry, Upstream upstream) {
        return new Meters(registry, Tags.of("upstream", upstream.name()));
    }

    /** What an upstream has beyond its {@link Family}: its connections stay open, and are watched. */
    private static void bindConnections(Meters meters, UpstreamCounters counters) {
        meters.counter(
                "dnsproxy.upstream.reused",
                "Queries that found a connection open, with a place for them",
                counters,
                UpstreamCounters::reused);
        meters.counter(
                "dnsproxy.upstream.late",
                "Answers received after the attempt timeout",
                counters,
                UpstreamCounters::late);
        meters.counter(
                "dnsproxy.upstream.passed.by",
                "Times that a connection was passed by because not even a probe was answered in time",
                counters,
                UpstreamCounters::passedBy);
        meters.counter(
                "dnsproxy.upstream.doubts",
                "Connections given up because nothing arrived while queries waited",
                counters,
                UpstreamCounters::doubts);
        meters.counter(
                "dnsproxy.upstream.probes",
                "Queries of our own that tell a silent connection from slow names",
                counters,
                UpstreamCounters::probes);
        meters.counter(
                "dnsproxy.upstream.repeats.held",
                "Repeats of overdue queries held back because the first can still be answered",
                counters,
                UpstreamCounters::heldBack);
        meters.with("kind", "full")
                .counter("dnsproxy.upstream.handshakes", HANDSHAKES, counters, UpstreamCounters::fullHandshakes);
        meters.with("kind", "resumed")
                .counter("dnsproxy.upstream.handshakes", HANDSHAKES, counters, UpstreamCounters::resumedHandshakes);
        meters.gauge("dnsproxy.upstream.connections", "Connections open now", counters, UpstreamCounters::connections);
        meters.gauge(
                "dnsproxy.upstream.resting.ids",
                "Ids of overdue queries that rest until their connection closes",
                counters,
                UpstreamCounters::resting);
    }

    /**
     * The meters that upstreams and the routes' servers both have.
     *
     * @param prefix of their names
     * @param usable what that meter says here, as do the others
     */
    private record Family(String prefix, String usable, String dials, String inFlight, String waiting) {

        /** @param status is asked of the upstream at each scrape: meters do not keep alive what they read */
        <T> void bind(Meters meters, T upstream, Function<T, UpstreamStatus> status, UpstreamCounters counters) {
            meters.gauge(
                    prefix + "usable",
                    usable,
                    upstream,
                    bound -> status.apply(bound).usable() ? 1 : 0);
            meters.counter(prefix + "exchanges", "Queries sent", counters, UpstreamCounters::sent);
            meters.counter(prefix + "answers", "Answers received", counters, UpstreamCounters::answered);
            meters.counter(
                    prefix + "mismatched",
                    "Messages received that answer no query",
                    counters,
                    UpstreamCounters::mismatched);
            for (Reason reason : Reason.values()) {
                meters.with("reason", Meters.label(reason))
                        .counter(
                                prefix + "errors",
                                "Exchanges and dials that failed",
                                counters,
                                bound -> bound.failures(reason));
            }
            meters.counter(prefix + "dials", dials, counters, UpstreamCounters::dials);
            meters.gauge(prefix + "in.flight", inFlight, counters, UpstreamCounters::inFlight);
            meters.gauge(prefix + "waiting", waiting, counters, UpstreamCounters::waiting);
            Timer latency = meters.timer(prefix + "latency", "From a query's sending to its answer");
            counters.recordLatencyTo(nanos -> latency.record(nanos, TimeUnit.NANOSECONDS));
        }
    }
}
