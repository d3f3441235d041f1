package io.dnsproxy.app;

import io.dnsproxy.app.settings.DnsproxyProperties.Listen;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/** The addresses to listen on, from the settings. */
final class ListenAddresses {

    private ListenAddresses() {}

    /** Those that are set, or the one that stands for all of the machine: IPv4's too, where there is IPv6. */
    static List<InetSocketAddress> of(Listen listen) {
        return of(listen, listen.port());
    }

    /** The same at another port. */
    static List<InetSocketAddress> of(Listen listen, int port) {
        List<InetAddress> given = listen.addresses();
        List<InetAddress> addresses = given.isEmpty() ? List.of(any()) : given;
        return addresses.stream()
                .distinct()
                .filter(address -> !isCovered(address, given))
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    /** The same addresses with the ports that the system chose for others. */
    static List<InetSocketAddress> withPortsOf(List<InetSocketAddress> bound, List<InetSocketAddress> asked) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            addresses.add(new InetSocketAddress(
                    asked.get(i).getAddress(), bound.get(i).getPort()));
        }
        return addresses;
    }

    /** {@code ::} listens on every address, {@code 0.0.0.0} on every IPv4 address: what else is listed adds nothing. */
    private static boolean isCovered(InetAddress address, List<InetAddress> given) {
        return given.stream()
                .filter(other -> other.isAnyLocalAddress() && !other.equals(address))
                .anyMatch(other -> other instanceof Inet6Address
                        || (address instanceof Inet4Address && other instanceof Inet4Address));
    }

    private static InetAddress any() {
        return InetAddress.ofLiteral(hasIpv6() ? "::" : "0.0.0.0");
    }

    private static boolean hasIpv6() {
        try (ServerSocketChannel probe = ServerSocketChannel.open(StandardProtocolFamily.INET6)) {
            return probe.isOpen();
        } catch (UnsupportedOperationException | IOException e) {
            return false;
        }
    }
}
