package io.dnsproxy.app;

import io.dnsproxy.datagram.Datagrams;
import io.dnsproxy.listener.TcpListener;
import io.dnsproxy.upstream.DotUpstreamPool;
import io.dnsproxy.upstream.Upstream;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/** Says in the log what has started: the version, where it answers, whom it asks, where it is watched. */
final class StartReport {

    private static final Logger LOG = LoggerFactory.getLogger(StartReport.class);

    private final DnsServer server;
    private final TcpListener tcp;
    private final ObjectProvider<TcpListener> tls;
    private final DotUpstreamPool pool;
    private final RoutedUpstreams routed;
    private final ObjectProvider<BuildProperties> build;
    private final Environment environment;

    StartReport(
            DnsServer server,
            TcpListener tcp,
            @Qualifier("tls") ObjectProvider<TcpListener> tls,
            DotUpstreamPool pool,
            RoutedUpstreams routed,
            ObjectProvider<BuildProperties> build,
            Environment environment) {
        this.server = server;
        this.tcp = tcp;
        this.tls = tls;
        this.pool = pool;
        this.routed = routed;
        this.build = build;
        this.environment = environment;
    }

    @EventListener
    void started(ApplicationReadyEvent event) {
        if (!server.isServing()) {
            return; // told to stop before it had started
        }
        BuildProperties known = build.getIfAvailable();
        LOG.info(
                "dnsproxy {} has started in {} ms on Java {}; health and metrics are at port {}",
                known == null ? "(not packaged)" : known.getVersion(),
                event.getTimeTaken() == null ? "?" : event.getTimeTaken().toMillis(),
                Runtime.version(),
                environment.getProperty("local.server.port", "none"));
        LOG.info(
                "answering on {} (UDP by {}), asking {}", textOf(tcp), Datagrams.describe(), namesOf(pool.upstreams()));
        tls.ifAvailable(listener -> LOG.info("answering DNS over TLS on {}", textOf(listener)));
        routed.routes().forEach(StartReport::report);
    }

    private static void report(RoutedUpstreams.Route route) {
        if (route.leavesInClear()) {
            LOG.warn(
                    "names under {} leave in plain DNS, to {}: whoever is on the way can read and forge it",
                    route.suffix(),
                    namesOf(route.upstreams()));
        } else {
            LOG.info("names under {} are asked for at {}", route.suffix(), namesOf(route.upstreams()));
        }
    }

    private static String namesOf(List<? extends Upstream> upstreams) {
        return upstreams.stream().map(Upstream::name).collect(Collectors.joining(", "));
    }

    private static String textOf(TcpListener listener) {
        return listener.localAddresses().stream()
                .map(NetUtil::toSocketAddressString)
                .collect(Collectors.joining(", "));
    }
}
