package io.dnsproxy.app;

import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.listener.ClientRules;
import io.dnsproxy.listener.LateReplies;
import io.dnsproxy.listener.QueryLog;
import io.dnsproxy.listener.ServerTls;
import io.dnsproxy.listener.TcpListener;
import io.dnsproxy.listener.TcpSettings;
import io.dnsproxy.listener.UdpListener;
import io.dnsproxy.listener.UdpSettings;
import io.dnsproxy.resolver.CachingResolver;
import io.dnsproxy.resolver.CoalescingResolver;
import io.dnsproxy.resolver.Deadlines;
import io.dnsproxy.resolver.Failover;
import io.dnsproxy.resolver.Fastest;
import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.resolver.Hedging;
import io.dnsproxy.resolver.InFlightBound;
import io.dnsproxy.resolver.KnownAnswers;
import io.dnsproxy.resolver.Resolver;
import io.dnsproxy.resolver.ResolverRoundRobin;
import io.dnsproxy.resolver.RoundRobin;
import io.dnsproxy.resolver.RoutingResolver;
import io.dnsproxy.resolver.Selection;
import io.dnsproxy.resolver.ServeStaleResolver;
import io.dnsproxy.resolver.local.LocalAnswers;
import io.dnsproxy.resolver.local.ServerIdentity;
import io.dnsproxy.resolver.local.SpecialNames;
import io.dnsproxy.upstream.DotUpstreamPool;
import io.dnsproxy.upstream.HostLookup;
import io.dnsproxy.upstream.Upstream;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * The way of a query, from top to bottom: each bean knows only those below it. What is kept on the way is the business of
 * {@link CacheConfiguration}, which clients are served that of {@link ClientConfiguration}.
 */
@Configuration(proxyBeanMethods = false)
class QueryPathConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(QueryPathConfiguration.class);

    private static final int TCP_THREADS_MAX = 2;

    /** What a query in flight takes of the heap, as seen with upstreams that never answer; a fifth more to be safe. */
    private static final int OCTETS_IN_FLIGHT = 3 << 10;

    @Bean(destroyMethod = "")
    UdpListener udpListener(
            DnsproxyProperties settings,
            ClientRules rules,
            Forwarder forwarder,
            LateReplies lateReplies,
            ObjectProvider<QueryLog> log) {
        DnsproxyProperties.Listen listen = settings.listen();
        UdpSettings udp = new UdpSettings(
                listen.workers() == 0 ? Runtime.getRuntime().availableProcessors() : listen.workers(),
                Math.toIntExact(listen.udp().receiveBuffer().toBytes()),
                Math.toIntExact(listen.udp().sendBuffer().toBytes()),
                listen.udp().anyQueries());
        return new UdpListener(udp, rules, forwarder, lateReplies, log.getIfAvailable());
    }

    @Bean(destroyMethod = "")
    TcpListener tcpListener(
            DnsproxyProperties settings, ClientRules rules, Forwarder forwarder, ObjectProvider<QueryLog> log) {
        return new TcpListener(settingsOf(settings.listen().tcp()), rules, forwarder, null, log.getIfAvailable());
    }

    /** DNS over TLS for clients; named where it is wanted. */
    @Bean(destroyMethod = "", defaultCandidate = false)
    @Qualifier("tls")
    @Conditional(TlsForClients.class)
    TcpListener tlsListener(
            DnsproxyProperties settings,
            ClientRules rules,
            Forwarder forwarder,
            SslBundles bundles,
            ObjectProvider<QueryLog> log) {
        ServerTls tls =
                ClientTls.of(bundles, String.valueOf(settings.listen().tls().sslBundle()));
        return new TcpListener(settingsOf(settings.listen().tcp()), rules, forwarder, tls, log.getIfAvailable());
    }

    private static TcpSettings settingsOf(DnsproxyProperties.Tcp tcp) {
        return new TcpSettings(
                Math.min(TCP_THREADS_MAX, Runtime.getRuntime().availableProcessors()),
                tcp.idleTimeout(),
                tcp.readTimeout(),
                tcp.maxConnections(),
                tcp.maxConnectionsPerClient(),
                tcp.maxQueriesPerConnection());
    }

    @Bean
    Forwarder forwarder(
            ObjectProvider<KnownAnswers> known,
            LocalAnswers local,
            ObjectProvider<ServeStaleResolver> serveStale,
            InFlightBound bound) {
        Resolver chain = serveStale.getIfAvailable();
        return new Forwarder(known.getIfAvailable(), local, chain == null ? bound : chain);
    }

    @Bean
    LocalAnswers localAnswers(DnsproxyProperties settings) {
        DnsproxyProperties.SpecialNames names = settings.specialNames();
        DnsproxyProperties.Identity identity = settings.identity();
        List<String> askedFor = new ArrayList<>(names.except());
        settings.routes().forEach(route -> askedFor.add(route.suffix()));
        return new LocalAnswers(
                names.enabled() ? SpecialNames.except(askedFor) : SpecialNames.none(),
                new ServerIdentity(identity.version(), identity.id()));
    }

    @Bean
    InFlightBound inFlightBound(DnsproxyProperties settings, CoalescingResolver coalescing) {
        return new InFlightBound(
                withinHeap(settings.maxInFlight(), Runtime.getRuntime().maxMemory()), coalescing);
    }

    /** Queries in flight that fill the heap are never answered, nor is anything else; one that is too much only hears SERVFAIL. */
    static int withinHeap(int asked, long heapOctets) {
        long most = heapOctets / 4 / OCTETS_IN_FLIGHT;
        if (asked <= most) {
            return asked;
        }
        LOG.info(
                "dnsproxy.max-in-flight is {}, and {} is all that a quarter of the heap holds; give the JVM more memory"
                        + " (-Xmx, -XX:MaxRAMPercentage) for more",
                asked,
                most);
        return (int) most;
    }

    @Bean
    CoalescingResolver coalescingResolver(ObjectProvider<CachingResolver> caching, RoutingResolver routing) {
        Resolver next = caching.getIfAvailable();
        return new CoalescingResolver(next == null ? routing : next);
    }

    @Bean
    RoutingResolver routingResolver(
            DnsproxyProperties settings, RoutedUpstreams routed, ResolverRoundRobin roundRobin, Deadlines deadlines) {
        return new RoutingResolver(
                routed.routes().stream()
                        .map(route -> new RoutingResolver.Route(
                                route.suffix(), roundRobinOf(route, settings.upstream(), deadlines)))
                        .toList(),
                roundRobin);
    }

    /** A datagram may be lost, so where one is sent, the next attempt comes sooner; the first answer is welcome all the same. */
    private static ResolverRoundRobin roundRobinOf(
            RoutedUpstreams.Route route, DnsproxyProperties.Upstream upstream, Deadlines deadlines) {
        return new ResolverRoundRobin(
                route.upstreams(),
                selectionAmong(route.upstreams(), upstream.strategy()),
                null,
                deadlines,
                route.leavesInClear() ? upstream.attemptTimeout().dividedBy(3) : upstream.attemptTimeout(),
                upstream.totalTimeout());
    }

    @Bean
    ResolverRoundRobin resolverRoundRobin(DnsproxyProperties settings, DotUpstreamPool pool, Deadlines deadlines) {
        DnsproxyProperties.Upstream upstream = settings.upstream();
        return new ResolverRoundRobin(
                pool.upstreams(),
                selectionAmong(pool.upstreams(), upstream.strategy()),
                upstream.hedge() ? new Hedging(upstream.attemptTimeout().toNanos()) : null,
                deadlines,
                upstream.attemptTimeout(),
                upstream.totalTimeout());
    }

    private static Selection selectionAmong(List<? extends Upstream> upstreams, DnsproxyProperties.Strategy strategy) {
        return switch (strategy) {
            case ROUND_ROBIN -> new RoundRobin();
            case FASTEST -> new Fastest(upstreams);
            case FAILOVER -> new Failover();
        };
    }

    @Bean
    Deadlines deadlines() {
        return new Deadlines();
    }

    @Bean(destroyMethod = "")
    DotUpstreamPool dotUpstreamPool(
            DnsproxyProperties settings, HostLookup lookup, SslBundles bundles, LateReplies lateReplies) {
        UpstreamTrust trust = new UpstreamTrust(bundles);
        DotUpstreamPool pool = new DotUpstreamPool(
                trust.serversOf(settings.upstream().servers()),
                UpstreamLookup.settingsOf(settings.upstream()),
                lookup,
                1,
                lateReplies);
        trust.reloadInto(pool, settings.upstream().servers());
        return pool;
    }

    @Bean(destroyMethod = "")
    RoutedUpstreams routedUpstreams(
            DnsproxyProperties settings, HostLookup lookup, SslBundles bundles, LateReplies lateReplies) {
        return RoutedUpstreams.of(settings, lookup, bundles, lateReplies);
    }

    @Bean
    Recoveries recoveries(DotUpstreamPool pool, RoutedUpstreams routed) {
        return new Recoveries(pool, routed);
    }

    @Bean(destroyMethod = "")
    UpstreamLookup upstreamLookup(DnsproxyProperties settings, SslBundles bundles) {
        new SystemResolverCheck().check(settings);
        new OwnPortCheck().check(settings);
        return UpstreamLookup.of(settings, bundles);
    }

    /** Replies that come later; told by the upstreams which of them came together. */
    @Bean
    LateReplies lateReplies() {
        return new LateReplies();
    }
}
