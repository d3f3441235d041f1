package io.dnsproxy;

import io.dnsproxy.datagram.DatagramBindException;
import io.dnsproxy.listener.AnyQueries;
import io.dnsproxy.listener.ClientNetworks;
import io.dnsproxy.listener.ClientRules;
import io.dnsproxy.listener.LateReplies;
import io.dnsproxy.listener.RateLimit;
import io.dnsproxy.listener.ServerCookies;
import io.dnsproxy.listener.TcpListener;
import io.dnsproxy.listener.TcpSettings;
import io.dnsproxy.listener.UdpListener;
import io.dnsproxy.listener.UdpSettings;
import io.dnsproxy.resolver.CachingResolver;
import io.dnsproxy.resolver.CoalescingResolver;
import io.dnsproxy.resolver.Deadlines;
import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.resolver.InFlightBound;
import io.dnsproxy.resolver.KnownAnswers;
import io.dnsproxy.resolver.ResolverRoundRobin;
import io.dnsproxy.resolver.ServeStaleResolver;
import io.dnsproxy.resolver.cache.AnswerCache;
import io.dnsproxy.resolver.cache.CacheCounters;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.resolver.cache.FailureCache;
import io.dnsproxy.resolver.cache.Retention;
import io.dnsproxy.resolver.local.LocalAnswers;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.upstream.DotUpstreamPool;
import io.dnsproxy.upstream.SystemLookup;
import io.dnsproxy.upstream.UpstreamServer;
import io.dnsproxy.upstream.UpstreamSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The whole path of a query without Spring, wired as the application wires it, on a free port of 127.0.0.1; without a cache unless asked for. */
public final class TestProxy implements AutoCloseable {

    private static final int BIND_TRIES = 5;

    public final DotUpstreamPool pool;
    public final CoalescingResolver coalescing;
    public final ResolverRoundRobin roundRobin;
    public final InFlightBound bound;
    public final Forwarder forwarder;
    public final UdpListener udp;
    public final TcpListener tcp;
    public final CacheCounters counters = new CacheCounters();
    private final Deadlines deadlines = new Deadlines();

    /** How to set one up; the defaults are those of the configuration contract. */
    public record Settings(
            List<UpstreamServer> servers,
            UpstreamSettings upstream,
            TcpSettings tcp,
            ClientRules rules,
            int maxInFlight,
            InetAddress address,
            @Nullable CacheSettings cache,
            LocalAnswers local) {

        public static Settings asking(UpstreamServer... servers) {
            return new Settings(
                    List.of(servers),
                    UpstreamSettings.defaults(),
                    new TcpSettings(1, Duration.ofMinutes(2), 4096, 256, 512),
                    ClientRules.serving(ClientNetworks.of(List.of("127.0.0.0/8", "::1/128"))),
                    50_000,
                    InetAddress.getLoopbackAddress(),
                    null,
                    LocalAnswers.none());
        }

        public Settings with(UpstreamSettings changed) {
            return new Settings(servers, changed, tcp, rules, maxInFlight, address, cache, local);
        }

        public Settings with(TcpSettings changed) {
            return new Settings(servers, upstream, changed, rules, maxInFlight, address, cache, local);
        }

        public Settings allowing(String... networks) {
            return new Settings(
                    servers,
                    upstream,
                    tcp,
                    ClientRules.serving(ClientNetworks.of(List.of(networks))),
                    maxInFlight,
                    address,
                    cache,
                    local);
        }

        public Settings withMaxInFlight(int changed) {
            return new Settings(servers, upstream, tcp, rules, changed, address, cache, local);
        }

        public Settings keeping(CacheSettings changed) {
            return new Settings(servers, upstream, tcp, rules, maxInFlight, address, changed, local);
        }

        public Settings answering(LocalAnswers changed) {
            return new Settings(servers, upstream, tcp, rules, maxInFlight, address, cache, changed);
        }

        public Settings with(ClientRules changed) {
            return new Settings(servers, upstream, tcp, changed, maxInFlight, address, cache, local);
        }

        public Settings withCookies(ServerCookies changed) {
            return with(new ClientRules(rules.served(), rules.dropOthers(), changed, rules.rateLimit()));
        }

        public Settings withRateLimit(RateLimit changed) {
            return with(new ClientRules(rules.served(), rules.dropOthers(), rules.cookies(), changed));
        }

        public Settings listeningOn(InetAddress changed) {
            return new Settings(servers, upstream, tcp, rules, maxInFlight, changed, cache, local);
        }
    }

    private TestProxy(Settings settings) throws IOException {
        LateReplies lateReplies = new LateReplies();
        pool = new DotUpstreamPool(settings.servers, settings.upstream, new SystemLookup(), 1, lateReplies);
        roundRobin = new ResolverRoundRobin(
                pool.upstreams(), deadlines, settings.upstream.attemptTimeout(), settings.upstream.totalTimeout());
        if (settings.cache == null) {
            coalescing = new CoalescingResolver(roundRobin);
            bound = new InFlightBound(settings.maxInFlight, coalescing);
            forwarder = new Forwarder(null, settings.local, bound);
        } else {
            AnswerCache cache = new AnswerCache(settings.cache.maxOctets(), settings.cache.staleSeconds());
            FailureCache failures = new FailureCache(1 << 20, pool::recoveries);
            Retention retention = new Retention(settings.cache);
            coalescing = new CoalescingResolver(
                    new CachingResolver(cache, failures, retention, null, roundRobin, System::nanoTime));
            bound = new InFlightBound(settings.maxInFlight, coalescing);
            forwarder = new Forwarder(
                    new KnownAnswers(settings.cache, cache, failures, counters, pool::recoveries, coalescing),
                    settings.local,
                    new ServeStaleResolver(cache, counters, pool::recoveries, deadlines, bound, System::nanoTime));
        }
        udp = new UdpListener(
                new UdpSettings(1, 1 << 20, 1 << 20, AnyQueries.MINIMAL), settings.rules, forwarder, lateReplies);
        tcp = new TcpListener(settings.tcp, settings.rules, forwarder);
        tcp.start(List.of(new InetSocketAddress(settings.address, 0)));
        try {
            udp.start(List.of(new InetSocketAddress(
                    settings.address, tcp.localAddresses().getFirst().getPort())));
        } catch (DatagramBindException e) {
            tcp.close();
            pool.close();
            deadlines.close();
            throw e;
        }
        pool.start();
    }

    /** Starts one that asks these resolvers, each by its name and authority. */
    public static TestProxy asking(ScriptedResolver... resolvers) throws IOException {
        return start(
                Settings.asking(Stream.of(resolvers).map(TestProxy::serverOf).toArray(UpstreamServer[]::new)));
    }

    /** Starts one on a port that is free for TCP, and for UDP too, which may take another try. */
    public static TestProxy start(Settings settings) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                return new TestProxy(settings);
            } catch (DatagramBindException e) {
                if (tries == BIND_TRIES) {
                    throw e;
                }
            }
        }
    }

    /** A resolver as an upstream that must show its name, by a certificate of its authority. */
    public static UpstreamServer serverOf(ScriptedResolver resolver) {
        return new UpstreamServer(
                "127.0.0.1", resolver.port(), ScriptedResolver.NAME, Set.of(), trust(resolver.authority()));
    }

    /** Trusts this authority and nobody else. */
    public static TrustManagerFactory trust(ThrowawayAuthority authority) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(authority.trustStore());
            return factory;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where it answers, by UDP and TCP. */
    public InetSocketAddress address() {
        return tcp.localAddresses().getFirst();
    }

    @Override
    public void close() {
        InetSocketAddress address = address();
        tcp.close();
        closeUdp(address);
        pool.close();
        deadlines.close();
    }

    /** Its workers notice the end with the next datagram, or after a quarter of a second: too long for hundreds of tests. */
    private void closeUdp(InetSocketAddress address) {
        Thread closing = Thread.startVirtualThread(udp::close);
        try (DatagramSocket socket = new DatagramSocket()) {
            while (!closing.join(Duration.ofMillis(2))) {
                socket.send(new DatagramPacket(new byte[0], 0, address));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
