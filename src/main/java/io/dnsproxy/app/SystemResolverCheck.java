package io.dnsproxy.app;

import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.app.settings.SettingException;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a circle: an upstream given by host name that the system's resolver would have to find, while that resolver is
 * this proxy.
 *
 * <p>Limitation: it reads resolv.conf as resolv.conf(5) has it, and sees no circle that goes over another machine or over
 * a local cache that forwards here.
 */
final class SystemResolverCheck {

    /** Where resolv.conf(5) can send queries: it knows no ports. */
    private static final int DNS_PORT = 53;

    /** What resolv.conf(5) says of a file that names no server. */
    private static final List<String> DEFAULT_SERVERS = List.of("127.0.0.1");

    private final Path resolvConf;
    private final Predicate<InetAddress> isOfThisMachine;

    /** For this machine. */
    SystemResolverCheck() {
        this(Path.of("/etc/resolv.conf"), SystemResolverCheck::hasInterface);
    }

    /**
     * For any.
     *
     * @param resolvConf may be missing: nothing is refused then
     * @param isOfThisMachine whether a network interface has the address
     */
    SystemResolverCheck(Path resolvConf, Predicate<InetAddress> isOfThisMachine) {
        this.resolvConf = resolvConf;
        this.isOfThisMachine = isOfThisMachine;
    }

    /**
     * Looks.
     *
     * @throws SettingException where upstreams could never be found
     */
    void check(DnsproxyProperties settings) {
        String host = hostName(settings);
        if (host == null || !settings.upstream().bootstrap().isEmpty()) {
            return;
        }
        List<InetSocketAddress> listening = ListenAddresses.of(settings.listen());
        for (InetAddress server : systemServers()) {
            if (listening.stream().anyMatch(address -> reaches(address, server))) {
                throw new SettingException(
                        "dnsproxy.upstream.bootstrap",
                        "is not set, but the upstream " + host + " is a host name, and the system's resolver ("
                                + NetUtil.toAddressString(server) + " in " + resolvConf + ") is this proxy itself",
                        "Set DNSPROXY_UPSTREAM_BOOTSTRAP to a DNS-over-TLS server given by address that can look it up,"
                                + " such as 8.8.8.8#dns.google, or give the upstream by its address and name.");
            }
        }
    }

    private static @Nullable String hostName(DnsproxyProperties settings) {
        Stream<DnsproxyProperties.Server> routed =
                settings.routes().stream().flatMap(route -> route.servers().stream());
        return Stream.concat(settings.upstream().servers().stream(), routed)
                .filter(server -> !server.isPlain())
                .map(DnsproxyProperties.Server::host)
                .filter(host -> parse(host) == null)
                .findFirst()
                .orElse(null);
    }

    private boolean reaches(InetSocketAddress listening, InetAddress server) {
        return listening.getPort() == DNS_PORT && reaches(listening.getAddress(), server, isOfThisMachine);
    }

    /** Whether what is sent to an address arrives where somebody listens. */
    static boolean reaches(InetAddress listening, InetAddress address, Predicate<InetAddress> isOfThisMachine) {
        if (!listening.isAnyLocalAddress()) {
            return listening.equals(address);
        }
        // The IPv6 wildcard is IPv4's too.
        boolean isCovered = listening.getAddress().length >= address.getAddress().length;
        return isCovered && isOfThisMachine.test(address);
    }

    private List<InetAddress> systemServers() {
        if (!Files.isReadable(resolvConf)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(resolvConf, StandardCharsets.ISO_8859_1)) {
            List<String> servers = lines.map(line -> line.strip().split("\\s+", 3))
                    .filter(words -> words.length > 1 && words[0].equals("nameserver"))
                    .map(words -> words[1])
                    .toList();
            return (servers.isEmpty() ? DEFAULT_SERVERS : servers)
                    .stream()
                            .map(SystemResolverCheck::parse)
                            .flatMap(Stream::ofNullable)
                            .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // then the system cannot read it either
        }
    }

    /** Null for a host name. */
    static @Nullable InetAddress parse(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return null; // a host name
        }
    }

    static boolean hasInterface(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }
}
