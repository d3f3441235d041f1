package io.dnsproxy.app;

import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.listener.TcpListener;
import io.dnsproxy.listener.UdpListener;
import io.dnsproxy.resolver.Deadlines;
import io.dnsproxy.upstream.DotUpstream;
import io.dnsproxy.upstream.DotUpstreamPool;
import io.dnsproxy.upstream.PlainUpstream;
import io.dnsproxy.upstream.UpstreamCounters;
import io.dnsproxy.upstream.UpstreamStatus;
import io.dnsproxy.upstream.UpstreamStatus.UpstreamFailure;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What {@code /actuator/health} says, and {@code /actuator/upstreams} at greater length. An indicator's name as a bean is its name there.
 *
 * <p>One upstream that is down is a detail; the status falls only when none is usable, or the proxy is not ready. Liveness ({@code listeners}) does
 * not depend on upstreams at all: a restart would not bring them back.
 */
@Configuration(proxyBeanMethods = false)
class HealthConfiguration {

    @Bean
    HealthIndicator upstreams(DotUpstreamPool pool, RoutedUpstreams routed) {
        return () -> {
            Health.Builder health = pool.isUsable() ? Health.up() : Health.outOfService();
            pool.upstreams().forEach(upstream -> health.withDetail(upstream.name(), detailsOf(upstream)));
            if (!routed.routes().isEmpty()) {
                health.withDetail("routes", detailsOf(routed));
            }
            return health.build();
        };
    }

    /** Route by route; they never lower the status, since most names are not theirs. */
    private static Map<String, Object> detailsOf(RoutedUpstreams routed) {
        Map<String, Object> servers = new LinkedHashMap<>();
        routed.dotUpstreams().forEach(upstream -> servers.put(upstream.name(), detailsOf(upstream)));
        routed.plainUpstreams().forEach(upstream -> servers.put(upstream.name(), detailsOf(upstream)));
        Map<String, Object> routes = new LinkedHashMap<>();
        for (RoutedUpstreams.Route route : routed.routes()) {
            Map<String, Object> ofRoute = new LinkedHashMap<>();
            route.upstreams().forEach(upstream -> ofRoute.put(upstream.name(), servers.get(upstream.name())));
            routes.put(route.suffix(), ofRoute);
        }
        return routes;
    }

    @Bean
    HealthIndicator listeners(
            UdpListener udp,
            TcpListener tcp,
            @Qualifier("tls") ObjectProvider<TcpListener> tls,
            Deadlines deadlines,
            DnsServer server) {
        // While shutting down they end on purpose.
        return () -> {
            boolean alive = !server.isServing()
                    || (udp.isAlive()
                            && tcp.isAlive()
                            && tls.stream().allMatch(TcpListener::isAlive)
                            && deadlines.isAlive());
            return (alive ? Health.up() : Health.down()).build();
        };
    }

    @Bean
    HealthIndicator answering(DnsproxyProperties settings, DotUpstreamPool pool, DnsServer server) {
        return () -> {
            boolean ready = server.isServing()
                    && switch (settings.readiness()) {
                        case LATCHED -> pool.hasEverConnected();
                        case UPSTREAM -> pool.isUsable();
                        case ALWAYS -> true;
                    };
            return (ready ? Health.up() : Health.outOfService()).build();
        };
    }

    @Bean
    UpstreamsEndpoint upstreamsEndpoint(DotUpstreamPool pool, RoutedUpstreams routed) {
        return new UpstreamsEndpoint(pool.upstreams(), routed.dotUpstreams(), routed.plainUpstreams());
    }

    private static Map<String, Object> detailsOf(DotUpstream upstream) {
        return detailsOf(upstream.status(), upstream.counters());
    }

    private static Map<String, Object> detailsOf(PlainUpstream upstream) {
        return detailsOf(upstream.status(), upstream.counters());
    }

    private static Map<String, Object> detailsOf(UpstreamStatus status, UpstreamCounters counters) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("usable", status.usable());
        details.put("since", status.since());
        details.put("connections", counters.connections());
        details.put("inFlight", counters.inFlight());
        UpstreamFailure failure = status.lastFailure();
        if (failure != null) {
            details.put(
                    "lastFailure",
                    Map.of(
                            "reason",
                            failure.reason().name().toLowerCase(Locale.ROOT),
                            "cause",
                            failure.cause(),
                            "at",
                            failure.at()));
        }
        return details;
    }
}
