package io.dnsproxy.app;

import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.app.settings.DnsproxyProperties.Server;
import io.dnsproxy.upstream.AnswerBurst;
import io.dnsproxy.upstream.DotUpstream;
import io.dnsproxy.upstream.DotUpstreamPool;
import io.dnsproxy.upstream.HostLookup;
import io.dnsproxy.upstream.PlainServer;
import io.dnsproxy.upstream.PlainUpstream;
import io.dnsproxy.upstream.PlainUpstreams;
import io.dnsproxy.upstream.Upstream;
import io.dnsproxy.upstream.UpstreamSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;

/**
 * The servers of the routes, apart from those for everybody: what happens to one is no business of the other. A server that several routes
 * name is one upstream. Without routes there is nothing here, and no thread.
 */
final class RoutedUpstreams implements AutoCloseable {

    /**
     * One route.
     *
     * @param suffix the names
     * @param upstreams whom to ask for them
     * @param leavesInClear whether one of these is asked in plain DNS
     */
    record Route(String suffix, List<Upstream> upstreams, boolean leavesInClear) {}

    private final List<Route> routes;
    private final @Nullable DotUpstreamPool overTls;
    private final @Nullable PlainUpstreams inClear;

    private RoutedUpstreams(DnsproxyProperties settings, HostLookup lookup, SslBundles bundles, AnswerBurst burst) {
        UpstreamSettings upstream = UpstreamLookup.settingsOf(settings.upstream());
        List<Server> servers = settings.routes().stream()
                .flatMap(route -> route.servers().stream())
                .distinct()
                .toList();
        List<Server> tlsServers =
                servers.stream().filter(server -> !server.isPlain()).toList();
        List<Server> plainServers = servers.stream().filter(Server::isPlain).toList();
        int number = settings.upstream().servers().size() + 1;
        this.overTls = tlsServers.isEmpty() ? null : overTls(tlsServers, upstream, lookup, bundles, burst, number);
        this.inClear = plainServers.isEmpty()
                ? null
                : new PlainUpstreams(
                        plainServers.stream()
                                .map(server -> new PlainServer(server.plainAddress(), server.port()))
                                .toList(),
                        upstream,
                        number + tlsServers.size());
        List<? extends Upstream> tls = dotUpstreams();
        List<? extends Upstream> plain = plainUpstreams();
        this.routes = settings.routes().stream()
                .map(route -> new Route(
                        route.suffix(),
                        route.servers().stream()
                                .<Upstream>map(server -> server.isPlain()
                                        ? plain.get(plainServers.indexOf(server))
                                        : tls.get(tlsServers.indexOf(server)))
                                .toList(),
                        route.servers().stream().anyMatch(Server::isPlain)))
                .toList();
    }

    static RoutedUpstreams of(DnsproxyProperties settings, HostLookup lookup, SslBundles bundles, AnswerBurst burst) {
        return new RoutedUpstreams(settings, lookup, bundles, burst);
    }

    private static DotUpstreamPool overTls(
            List<Server> servers,
            UpstreamSettings settings,
            HostLookup lookup,
            SslBundles bundles,
            AnswerBurst burst,
            int number) {
        UpstreamTrust trust = new UpstreamTrust(bundles);
        DotUpstreamPool pool = new DotUpstreamPool(trust.serversOf(servers), settings, lookup, 1, burst, number);
        trust.reloadInto(pool, servers);
        return pool;
    }

    /** In the order of the settings. */
    List<Route> routes() {
        return routes;
    }

    /** Those that are asked over TLS. */
    List<DotUpstream> dotUpstreams() {
        return overTls == null ? List.of() : overTls.upstreams();
    }

    /** Those that are asked in plain DNS. */
    List<PlainUpstream> plainUpstreams() {
        return inClear == null ? List.of() : inClear.upstreams();
    }

    /** How often one of them could be asked again after it could not. */
    int recoveries() {
        int recoveries = overTls == null ? 0 : overTls.recoveries();
        for (PlainUpstream upstream : plainUpstreams()) {
            recoveries += upstream.recoveries();
        }
        return recoveries;
    }

    /** Dials those that are to be dialed, in the background. */
    void start() {
        if (overTls != null) {
            overTls.start();
        }
    }

    /** Closes what is open. Blocks until done; the second call does nothing. */
    @Override
    public void close() {
        if (inClear != null) {
            inClear.close();
        }
        if (overTls != null) {
            overTls.close();
        }
    }
}
