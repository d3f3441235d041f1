package io.dnsproxy.app;

import io.dnsproxy.app.settings.DnsproxyProperties.Server;
import io.dnsproxy.upstream.DotUpstreamPool;
import io.dnsproxy.upstream.SpkiPin;
import io.dnsproxy.upstream.UpstreamServer;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** Turns the servers of the settings into those of the upstream package, with the trust stores of their bundles. */
final class UpstreamTrust {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamTrust.class);

    private final SslBundles bundles;

    UpstreamTrust(SslBundles bundles) {
        this.bundles = bundles;
    }

    List<UpstreamServer> serversOf(List<Server> servers) {
        return servers.stream().map(this::serverOf).toList();
    }

    /** Has the pool follow the bundles' files where they are set to {@code reload-on-update}. */
    void reloadInto(DotUpstreamPool pool, List<Server> servers) {
        for (int i = 0; i < servers.size(); i++) {
            String bundleName = servers.get(i).sslBundle();
            if (bundleName != null) {
                int server = i;
                bundles.addBundleUpdateHandler(bundleName, bundle -> reload(bundleName, bundle, pool, server));
            }
        }
    }

    /** A file that is broken, or half written, changes nothing: the next change to it is another chance. */
    private static void reload(String bundleName, SslBundle bundle, DotUpstreamPool pool, int server) {
        try {
            pool.trust(server, authoritiesOf(bundle));
            LOG.info(
                    "SSL bundle {} is reloaded for upstream {}",
                    bundleName,
                    pool.upstreams().get(server).name());
        } catch (RuntimeException e) {
            LOG.warn("SSL bundle {} cannot be reloaded, the earlier one stays: {}", bundleName, e.getMessage());
        }
    }

    private UpstreamServer serverOf(Server server) {
        String bundleName = server.sslBundle();
        return new UpstreamServer(
                server.host(),
                server.port(),
                server.name(),
                server.pins().stream().map(SpkiPin::new).collect(Collectors.toUnmodifiableSet()),
                bundleName == null ? null : authoritiesOf(bundles.getBundle(bundleName)));
    }

    private static TrustManagerFactory authoritiesOf(SslBundle bundle) {
        return bundle.getManagers().getTrustManagerFactory();
    }
}
