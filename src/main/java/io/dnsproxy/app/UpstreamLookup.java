package io.dnsproxy.app;

import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.upstream.AnswerBurst;
import io.dnsproxy.upstream.BootstrapLookup;
import io.dnsproxy.upstream.DotUpstreamPool;
import io.dnsproxy.upstream.HostAddresses;
import io.dnsproxy.upstream.HostLookup;
import io.dnsproxy.upstream.SystemLookup;
import io.dnsproxy.upstream.UpstreamSettings;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;

/** How the addresses of upstreams given by name are found: by the bootstrap servers, or else by the system's resolver. */
final class UpstreamLookup implements HostLookup, AutoCloseable {

    private final HostLookup lookup;
    private final @Nullable DotUpstreamPool bootstrap;

    private UpstreamLookup(HostLookup lookup, @Nullable DotUpstreamPool bootstrap) {
        this.lookup = lookup;
        this.bootstrap = bootstrap;
    }

    static UpstreamLookup of(DnsproxyProperties settings, SslBundles bundles) {
        List<DnsproxyProperties.Server> servers = settings.upstream().bootstrap();
        if (servers.isEmpty()) {
            return new UpstreamLookup(new SystemLookup(), null);
        }
        UpstreamTrust trust = new UpstreamTrust(bundles);
        DotUpstreamPool pool = new DotUpstreamPool(
                trust.serversOf(servers),
                settingsOf(settings.upstream()),
                host -> {
                    throw new IllegalStateException("bootstrap servers are given by address");
                },
                1,
                AnswerBurst.NONE);
        trust.reloadInto(pool, servers);
        return new UpstreamLookup(new BootstrapLookup(pool.upstreams()), pool);
    }

    static UpstreamSettings settingsOf(DnsproxyProperties.Upstream upstream) {
        return new UpstreamSettings(
                upstream.connectTimeout(),
                upstream.attemptTimeout(),
                upstream.totalTimeout(),
                upstream.idleTimeout(),
                upstream.maxConnections(),
                upstream.maxQueriesPerConnection(),
                upstream.maxWaiting(),
                upstream.sourceAddresses(),
                upstream.keepWarm());
    }

    @Override
    public CompletionStage<HostAddresses> lookUp(String host) {
        return lookup.lookUp(host);
    }

    @Override
    public void close() {
        if (bootstrap != null) {
            bootstrap.close();
        }
    }
}
