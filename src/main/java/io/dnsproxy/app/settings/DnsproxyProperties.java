package io.dnsproxy.app.settings;

import io.dnsproxy.listener.AnyQueries;
import io.dnsproxy.listener.QueryLog.ClientDetail;
import io.dnsproxy.listener.ServerCookies;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Every setting of the proxy, checked: an instance holds only values with which the proxy can run. Immutable.
 *
 * <p>No component may be called {@code port} or {@code service} at this level: Kubernetes gives each container the
 * variables {@code DNSPROXY_PORT}, {@code DNSPROXY_PORT_53_UDP_ADDR}, {@code DNSPROXY_SERVICE_HOST} and others for a
 * Service called dnsproxy, and they would bind.
 *
 * @param listen where clients ask, and which clients
 * @param upstream who is asked, over TLS
 * @param routes names that are asked for elsewhere
 * @param cache what is known already
 * @param cookies by which UDP clients show that they are where they say
 * @param rateLimit how often a client may ask by UDP
 * @param specialNames names that are never asked for upstream
 * @param identity what the server tells about itself
 * @param queryLog who asked what, one line for each response
 * @param maxInFlight queries being asked upstream at one time, in all; those beyond are answered SERVFAIL at once
 * @param readiness when the readiness probe says yes
 * @param shutdown how the proxy ends
 */
@ConfigurationProperties(prefix = "dnsproxy", ignoreUnknownFields = false)
public record DnsproxyProperties(
        @DefaultValue Listen listen,
        @DefaultValue Upstream upstream,
        @DefaultValue List<Route> routes,
        @DefaultValue Cache cache,
        @DefaultValue Cookies cookies,
        @DefaultValue RateLimit rateLimit,
        @DefaultValue SpecialNames specialNames,
        @DefaultValue Identity identity,
        @DefaultValue QueryLog queryLog,
        @DefaultValue("50000") int maxInFlight,
        @DefaultValue("latched") Readiness readiness,
        @DefaultValue Shutdown shutdown) {

    /** Refuses what the proxy cannot run with, by a {@link SettingException}. */
    public DnsproxyProperties {
        Bounds.check("dnsproxy.max-in-flight", maxInFlight, 1, 10_000_000);
        routes = RouteList.checked("dnsproxy.routes", routes, upstream);
    }

    /**
     * Where clients ask, and which clients.
     *
     * @param address IP addresses to listen on; none: every address of the machine, IPv4 and IPv6
     * @param port port of UDP and TCP; 0 lets the system choose
     * @param allow networks (CIDR) of the clients that are served
     * @param others what other clients get: refuse, or drop
     * @param workers threads that read UDP; 0: one for each processor
     * @param udp the UDP sockets
     * @param tcp the TCP connections of clients
     * @param tls DNS over TLS for clients
     */
    public record Listen(
            @DefaultValue List<String> address,
            @DefaultValue("53") int port,

            @DefaultValue({
                "127.0.0.0/8",
                "::1/128",
                "10.0.0.0/8",
                "172.16.0.0/12",
                "192.168.0.0/16",
                "100.64.0.0/10",
                "169.254.0.0/16",
                "fe80::/10",
                "fc00::/7"
            })
            List<String> allow,

            @DefaultValue("refuse") Others others,
            @DefaultValue("0") int workers,
            @DefaultValue Udp udp,
            @DefaultValue Tcp tcp,
            @DefaultValue Tls tls) {

        /** Refuses what the proxy cannot run with, by a {@link SettingException}. */
        public Listen {
            address = List.copyOf(address);
            allow = List.copyOf(allow);
            Addresses.check("dnsproxy.listen.address", address);
            Bounds.check("dnsproxy.listen.port", port, 0, 65_535);
            Addresses.checkNetworks("dnsproxy.listen.allow", allow);
            Bounds.check("dnsproxy.listen.workers", workers, 0, 1_024);
        }

        /**
         * The addresses to listen on.
         *
         * @return in the order written; empty for every address of the machine
         */
        public List<InetAddress> addresses() {
            return Addresses.parse(address);
        }
    }

    /** What clients get that are not served. */
    public enum Others {
        /** REFUSED, with an Extended DNS Error; by TCP once. */
        REFUSE,
        /** Nothing; by TCP the end of the connection. */
        DROP
    }

    /**
     * The UDP sockets.
     *
     * @param receiveBuffer SO_RCVBUF of each socket; the system may grant less
     * @param sendBuffer SO_SNDBUF of each socket; the system may grant less
     * @param anyQueries what becomes of queries for every type of a name: minimal (one small record that says that this is
     *     not done), refuse, or forward
     */
    public record Udp(
            @DefaultValue("4MB") DataSize receiveBuffer,
            @DefaultValue("4MB") DataSize sendBuffer,
            @DefaultValue("minimal") AnyQueries anyQueries) {

        /** Refuses what the proxy cannot run with, by a {@link SettingException}. */
        public Udp {
            Bounds.check("dnsproxy.listen.udp.receive-buffer", receiveBuffer, "64KB", "1GB");
            Bounds.check("dnsproxy.listen.udp.send-buffer", sendBuffer, "64KB", "1GB");
        }
    }

    /**
     * The TCP connections of clients.
     *
     * @param idleTimeout a connection without query and without pending answer is closed after this long
     * @param readTimeout time for a query to come to its end, from its first octet; a slower connection is closed
     * @param maxConnections connections open at one time, in all; beyond, a newcomer gets the place of one that is idle, if any is
     * @param maxConnectionsPerClient connections open at one time from one IPv4 address, or from one /56 of IPv6
     * @param maxQueriesPerConnection queries of one connection in work at one time; beyond, the proxy reads no more
     *     from that connection until answers have gone out
     */
    public record Tcp(
            @DefaultValue("120s") Duration idleTimeout,
            @DefaultValue("10s") Duration readTimeout,
            @DefaultValue("4096") int maxConnections,
            @DefaultValue("256") int maxConnectionsPerClient,
            @DefaultValue("512") int maxQueriesPerConnection) {

        /** Refuses what the proxy cannot run with, by a {@link SettingException}. */
        public Tcp {
            Bounds.check("dnsproxy.listen.tcp.idle-timeout", idleTimeout, Duration.ofSeconds(1), Duration.ofHours(1));
            Bounds.check("dnsproxy.listen.tcp.read-timeout", readTimeout, Duration.ofSeconds(1), Duration.ofMinutes(2));
            Bounds.check("dnsproxy.listen.tcp.max-connections", maxConnections, 1, 1_000_000);
            Bounds.check("dnsproxy.listen.tcp.max-connections-per-client", maxConnectionsPerClient, 1, 1_000_000);
            Bounds.check("dnsproxy.listen.tcp.max-queries-per-connection", maxQueriesPerConnection, 1, 65_535);
        }
    }

    /**
     * DNS over TLS for clients, at the same addresses, with the bounds of the TCP connections.
     *
     * @param sslBundle name of a spring.ssl.bundle with a certificate and its key; none: no DNS over TLS for clients
     * @param port its port; 0 lets the system choose
     */
    public record Tls(
            @Nullable String sslBundle, @DefaultValue("853") int port) {

        /** Refuses what the proxy cannot run with, by a {@link SettingException}. */
        public Tls {
            sslBundle = Texts.orNone(sslBundle);
            if (sslBundle != null && port == Bounds.PLAIN_DNS_PORT) {
                throw new SettingException(
                        "dnsproxy.listen.tls.port",
                        "is 53, the port of plain DNS, where TLS is not spoken",
                        "Write another one, or leave the setting out for 853.");
            }
            Bounds.check("dnsproxy.listen.tls.port", port, 0, 65_535);
        }
    }

    /**
     * Who is asked, over TLS.
     *
     * @param servers the servers, as host[@port][#name] separated by commas, or as a list with host, port,
     *     name, pins and ssl-bundle; which is asked says strategy
     * @param port port of the servers that are written without one
     * @param sslBundle name of a spring.ssl.bundle whose trust store is used instead of the JVM's
     * @param bootstrap DNS-over-TLS servers, written as in servers with an IP address as host, that look up the
     *     servers given by host name; none: the system's resolver does
     * @param sourceAddress IP addresses that connections go out from, at most one of each family; none: the system
     *     chooses
     * @param connectTimeout time for TCP connection and TLS handshake together
     * @param attemptTimeout time for one server to answer, before the next is asked
     * @param totalTimeout time for one query in all, before it is answered SERVFAIL
     * @param idleTimeout a connection without queries is closed after this long; public resolvers close at about 10 s
     * @param maxConnections connections to one server
     * @param maxQueriesPerConnection queries in flight on one connection
     * @param maxWaiting queries for one server that wait for a connection; those beyond go to the next server
     * @param strategy which of several servers is asked
     * @param hedge whether a second server is asked as well when the first takes longer than 99 of 100 recent answers
     *     did; at most one query in eight
     * @param keepWarm whether a connection that was closed because nobody used it is opened again at once
     */
    public record Upstream(
            @DefaultValue("8.8.8.8#dns.google") List<Server> servers,
            @DefaultValue("853") int port,
            @Nullable String sslBundle,
            @DefaultValue List<Server> bootstrap,
            @DefaultValue List<String> sourceAddress,
            @DefaultValue("2s") Duration connectTimeout,
            @DefaultValue("1500ms") Duration attemptTimeout,
            @DefaultValue("4s") Duration totalTimeout,
            @DefaultValue("8s") Duration idleTimeout,
            @DefaultValue("4") int maxConnections,
            @DefaultValue("512") int maxQueriesPerConnection,
            @DefaultValue("16384") int maxWaiting,
            @DefaultValue("round-robin") Strategy strategy,
            @DefaultValue("false") boolean hedge,
            @DefaultValue("false") boolean keepWarm) {

        /**
         * Refuses what the proxy cannot run with, by a {@link SettingException}, and gives each server the port and
         * the bundle that it leaves to the settings for all.
         */
        public Upstream {
            Bounds.checkUpstreamPort("dnsproxy.upstream.port", port);
            sslBundle = Texts.orNone(sslBundle);
            servers = UpstreamServers.checked("dnsproxy.upstream.servers", servers, port, sslBundle);
            bootstrap = UpstreamServers.checkedBootstrap("dnsproxy.upstream.bootstrap", bootstrap, port, sslBundle);
            sourceAddress = List.copyOf(sourceAddress);
            Addresses.checkOnePerFamily("dnsproxy.upstream.source-address", sourceAddress);
            Bounds.checkTimeouts(connectTimeout, attemptTimeout, totalTimeout);
            Bounds.check("dnsproxy.upstream.idle-timeout", idleTimeout, Duration.ofMillis(100), Duration.ofHours(1));
            Bounds.check("dnsproxy.upstream.max-connections", maxConnections, 1, 256);
            // Half of the 65,536 ids (RFC 1035 section 4.1.1): the others rest after a timeout.
            Bounds.check("dnsproxy.upstream.max-queries-per-connection", maxQueriesPerConnection, 1, 32_768);
            Bounds.check("dnsproxy.upstream.max-waiting", maxWaiting, 0, 1_000_000);
        }

        /**
         * The addresses that connections go out from.
         *
         * @return at most one of each family; empty where the system chooses
         */
        public List<InetAddress> sourceAddresses() {
            return Addresses.parse(sourceAddress);
        }
    }

    /**
     * Names that are asked for elsewhere, and there alone.
     *
     * @param suffix a domain name: it and all names under it; of several that fit, the longest one counts
     * @param servers whom to ask for them, written as in upstream.servers, or, for plain DNS, as udp://address[:port]
     */
    public record Route(
            @DefaultValue("") String suffix, @DefaultValue List<Server> servers) {}

    /** Which of several usable servers is asked. */
    public enum Strategy {
        /** Each in turn. */
        ROUND_ROBIN,
        /** The better of two drawn at random, by the time that answers take and the queries that wait. */
        FASTEST,
        /** The first in the list; the next ones only while it fails. */
        FAILOVER
    }

    /**
     * One server that speaks DNS over TLS, or, in a {@link Route}, plain DNS. In {@link Upstream} and {@link Route} it is
     * complete: the port is not 0, and the bundle is the one that counts.
     *
     * @param host IP address or host name to connect to; for plain DNS, udp:// and an IP address
     * @param port its port; 0: dnsproxy.upstream.port
     * @param name authentication name: sent as SNI and wanted in the certificate; none: a server given by host name has
     *     that name, and one given by address must have the address in its certificate, unless there are pins
     * @param pins base64 of the SHA-256 of the SubjectPublicKeyInfo of the server's own certificate; any one may match;
     *     together with a name, both must hold
     * @param sslBundle name of a spring.ssl.bundle whose trust store is used; none:
     *     dnsproxy.upstream.ssl-bundle
     */
    public record Server(
            @DefaultValue("") String host,
            @DefaultValue("0") int port,
            @Nullable String name,
            @DefaultValue List<String> pins,
            @Nullable String sslBundle) {

        /** Whether it is asked in plain DNS, which anyone on the way can read and forge. */
        public boolean isPlain() {
            return PlainText.isPlain(host);
        }

        /**
         * The address of a server of plain DNS that is complete.
         *
         * @throws IllegalArgumentException if it is none
         */
        public InetAddress plainAddress() {
            return PlainText.address(host);
        }
    }

    /**
     * What is known already.
     *
     * @param enabled whether answers are kept at all
     * @param maxSize memory for answers and failures; at most half of the heap
     * @param minTtl shorter TTLs are raised to this; a TTL of 0 is not
     * @param maxTtl longer TTLs are lowered to this
     * @param maxNegativeTtl the same for "no such name" and "no such data"
     * @param stale how long past its TTL an answer may serve when no upstream has a newer one; 0s: never
     * @param prefetch what is refreshed before its TTL ends
     * @param redis answers that several instances share
     */
    public record Cache(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("64MB") DataSize maxSize,
            @DefaultValue("0s") Duration minTtl,
            @DefaultValue("1d") Duration maxTtl,
            @DefaultValue("1h") Duration maxNegativeTtl,
            @DefaultValue("1d") Duration stale,
            @DefaultValue Prefetch prefetch,
            @DefaultValue Redis redis) {

        private static final Duration WEEK = Duration.ofDays(7);

        /** Refuses what the proxy cannot run with, by a {@link SettingException}. */
        public Cache {
            Bounds.check("dnsproxy.cache.max-size", maxSize, "1MB", "64GB");
            Bounds.check("dnsproxy.cache.max-ttl", maxTtl, Duration.ofSeconds(1), WEEK);
            Bounds.check("dnsproxy.cache.min-ttl", minTtl, Duration.ZERO, Duration.ofHours(1));
            Bounds.checkOrder("dnsproxy.cache.min-ttl", minTtl, "dnsproxy.cache.max-ttl", maxTtl);
            // RFC 2308 5: more than a day has been found to do harm.
            Bounds.check("dnsproxy.cache.max-negative-ttl", maxNegativeTtl, Duration.ofSeconds(1), Duration.ofDays(1));
            Bounds.check("dnsproxy.cache.stale", stale, Duration.ZERO, WEEK);
            if (redis.enabled() && !enabled) {
                throw new SettingException(
                        "dnsproxy.cache.redis.enabled",
                        "is true, and dnsproxy.cache.enabled is false: the shared cache stands behind the local one",
                        "Switch both on, or both off.");
            }
        }
    }

    /**
     * What is refreshed before its TTL ends.
     *
     * @param enabled whether anything is
     * @param minHits an answer that was asked for this often since it came
     * @param lastPercent when its TTL is in this last part
     */
    public record Prefetch(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("3") int minHits,
            @DefaultValue("10") int lastPercent) {

        /** Refuses what the proxy cannot run with, by a {@link SettingException}. */
        public Prefetch {
            Bounds.check("dnsproxy.cache.prefetch.min-hits", minHits, 1, 1_000_000);
            Bounds.check("dnsproxy.cache.prefetch.last-percent", lastPercent, 1, 90);
        }
    }

    /**
     * Answers that several instances share, in Redis; where that is, say spring.data.redis.*.
     *
     * @param enabled whether there is such a cache
     * @param timeout longest time that a look-up may add to a query; the upstream is asked after it
     * @param keyPrefix what all keys start with: letters, digits, and : . _ - /
     */
    public record Redis(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("20ms") Duration timeout,
            @DefaultValue("dnsproxy:") String keyPrefix) {

        /** Without what has a meaning in a cluster (braces) or in a pattern of SCAN, and short. */
        private static final Pattern KEY_PREFIX = Pattern.compile("[A-Za-z0-9:._/-]{1,64}");

        /** Refuses what the proxy cannot run with, by a {@link SettingException}. */
        public Redis {
            Bounds.check("dnsproxy.cache.redis.timeout", timeout, Duration.ofMillis(1), Duration.ofSeconds(1));
            if (!KEY_PREFIX.matcher(keyPrefix).matches()) {
                throw new SettingException(
                        "dnsproxy.cache.redis.key-prefix",
                        "is '" + keyPrefix + "', which is no prefix",
                        "Write 1 to 64 letters, digits, and : . _ - / in any order.");
            }
        }
    }

    /**
     * DNS Cookies (RFC 7873, RFC 9018), by which UDP clients show that they are where they say.
     *
     * @param enabled whether clients that send a cookie get one
     * @param enforced whether such clients must show a good one by UDP; others are told to try again, with one
     * @param secrets 32 hexadecimal digits each, the same for all servers behind one address: cookies are made with the first,
     *     and accepted by any; none: one drawn at the start
     */
    public record Cookies(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("false") boolean enforced,
            @DefaultValue List<String> secrets) {

        /** Refuses what the proxy cannot run with, by a {@link SettingException}. */
        public Cookies {
            secrets = List.copyOf(secrets);
            Texts.checkSecrets("dnsproxy.cookies.secrets", secrets, ServerCookies.SECRET_OCTETS);
        }

        /**
         * The secrets.
         *
         * @return their octets, in the order written
         */
        public List<byte[]> secretOctets() {
            return secrets.stream().map(HexFormat.of()::parseHex).toList();
        }

        /** Without the secrets. */
        @Override
        public String toString() {
            return "Cookies[enabled=" + enabled + ", enforced=" + enforced + "]";
        }
    }

    /**
     * How often a client may ask by UDP that shows no good cookie.
     *
     * @param queriesPerSecond of one network, in the long run; 0: without limit
     * @param burst so much time's queries may come at once
     * @param slip of the queries over the limit every so manieth is told to come by TCP; 0: none
     * @param ipv4Prefix IPv4 addresses that have so many bits in common are one network
     * @param ipv6Prefix the same for IPv6
     * @param maxNetworks networks that are kept apart; of more, those that ask least are forgotten
     * @param exempt networks (CIDR) without limit
     */
    public record RateLimit(
            @DefaultValue("0") int queriesPerSecond,
            @DefaultValue("2s") Duration burst,
            @DefaultValue("2") int slip,
            @DefaultValue("32") int ipv4Prefix,
            @DefaultValue("56") int ipv6Prefix,
            @DefaultValue("65536") int maxNetworks,
            @DefaultValue({"127.0.0.0/8", "::1/128"}) List<String> exempt) {

        /** Refuses what the proxy cannot run with, by a {@link SettingException}. */
        public RateLimit {
            exempt = List.copyOf(exempt);
            Bounds.check("dnsproxy.rate-limit.queries-per-second", queriesPerSecond, 0, 10_000_000);
            Bounds.check("dnsproxy.rate-limit.burst", burst, Duration.ofMillis(100), Duration.ofMinutes(1));
            Bounds.check("dnsproxy.rate-limit.slip", slip, 0, 100);
            Bounds.check("dnsproxy.rate-limit.ipv4-prefix", ipv4Prefix, 8, 32);
            Bounds.check("dnsproxy.rate-limit.ipv6-prefix", ipv6Prefix, 16, 128);
            Bounds.check("dnsproxy.rate-limit.max-networks", maxNetworks, 1_024, 16_777_216);
            Addresses.checkNetworks("dnsproxy.rate-limit.exempt", exempt);
        }
    }

    /**
     * Names that mean something on this host or network only, or nothing at all, and are answered here.
     *
     * @param enabled whether they are
     * @param except those of them that are asked for upstream all the same, with all names under them
     */
    public record SpecialNames(
            @DefaultValue("true") boolean enabled,
            @DefaultValue List<String> except) {

        /** Refuses what the proxy cannot run with, by a {@link SettingException}. */
        public SpecialNames {
            except = List.copyOf(except);
            Texts.checkNames("dnsproxy.special-names.except", except);
        }
    }

    /**
     * What the server tells about itself in class CHAOS.
     *
     * @param version told to those who ask for version.bind or version.server; none: they are refused
     * @param id told to those who ask for id.server or hostname.bind; none: they are refused
     */
    public record Identity(
            @Nullable String version, @Nullable String id) {

        /** Refuses what the proxy cannot run with, by a {@link SettingException}. */
        public Identity {
            version = Texts.checkedOrNone("dnsproxy.identity.version", version);
            id = Texts.checkedOrNone("dnsproxy.identity.id", id);
        }
    }

    /**
     * Who asked what: one line of JSON for each response. Personal data.
     *
     * @param enabled whether there is such a log
     * @param client what a line has of the client's address: full, network (its /24 or /48), or none
     * @param maxWaiting lines that wait to be written; those beyond are dropped, and counted
     */
    public record QueryLog(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("network") ClientDetail client,
            @DefaultValue("8192") int maxWaiting) {

        /** Refuses what the proxy cannot run with, by a {@link SettingException}. */
        public QueryLog {
            Bounds.check("dnsproxy.query-log.max-waiting", maxWaiting, 16, 1_000_000);
        }
    }

    /** When the readiness probe says yes. */
    public enum Readiness {
        /** From the first authenticated connection to an upstream until shutdown. */
        LATCHED,
        /** While at least one upstream is usable. */
        UPSTREAM,
        /** From the start until shutdown. */
        ALWAYS
    }

    /**
     * How the proxy ends.
     *
     * @param delay how long it goes on serving after it has said that it is not ready, so that load balancers notice
     * @param grace how long it then finishes what is in flight
     */
    public record Shutdown(
            @DefaultValue("0s") Duration delay,
            @DefaultValue("10s") Duration grace) {

        /** Refuses what the proxy cannot run with, by a {@link SettingException}. */
        public Shutdown {
            Bounds.check("dnsproxy.shutdown.delay", delay, Duration.ZERO, Duration.ofMinutes(10));
            Bounds.check("dnsproxy.shutdown.grace", grace, Duration.ZERO, Duration.ofMinutes(10));
        }
    }
}
