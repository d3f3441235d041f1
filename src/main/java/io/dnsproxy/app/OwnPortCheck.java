package io.dnsproxy.app;

import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.app.settings.DnsproxyProperties.Server;
import io.dnsproxy.app.settings.SettingException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Refuses an upstream, or a server of a route, that is this proxy itself: an address of this machine and a port on which the proxy is going to listen.
 *
 * <p>Limitation: it sees no loop that goes over another address, such as one that a router or a Service leads back here, and none by a server given by name. Those
 * are noticed when questions come back ({@link io.dnsproxy.resolver.CoalescingResolver}).
 */
final class OwnPortCheck {

    private final Predicate<InetAddress> isOfThisMachine;

    /** For this machine. */
    OwnPortCheck() {
        this(SystemResolverCheck::hasInterface);
    }

    /** @param isOfThisMachine whether a network interface has the address */
    OwnPortCheck(Predicate<InetAddress> isOfThisMachine) {
        this.isOfThisMachine = isOfThisMachine;
    }

    /**
     * Looks.
     *
     * @throws SettingException where the proxy would ask itself
     */
    void check(DnsproxyProperties settings) {
        List<InetSocketAddress> own = new ArrayList<>(ListenAddresses.of(settings.listen()));
        if (settings.listen().tls().sslBundle() != null) {
            own.addAll(ListenAddresses.of(
                    settings.listen(), settings.listen().tls().port()));
        }
        check("dnsproxy.upstream.servers", settings.upstream().servers(), own);
        check("dnsproxy.upstream.bootstrap", settings.upstream().bootstrap(), own);
        for (int i = 0; i < settings.routes().size(); i++) {
            check("dnsproxy.routes[" + i + "].servers", settings.routes().get(i).servers(), own);
        }
    }

    private void check(String setting, List<Server> servers, List<InetSocketAddress> own) {
        for (int i = 0; i < servers.size(); i++) {
            Server server = servers.get(i);
            InetAddress address = server.isPlain() ? server.plainAddress() : SystemResolverCheck.parse(server.host());
            if (address != null && own.stream().anyMatch(listening -> reaches(listening, address, server.port()))) {
                throw new SettingException(
                        setting + "[" + i + "].host",
                        "is '" + server.host() + "', which at port " + server.port() + " is this proxy itself",
                        "Write another server, or listen on another port.");
            }
        }
    }

    private boolean reaches(InetSocketAddress listening, InetAddress address, int port) {
        if (listening.getPort() != port) {
            return false;
        }
        return SystemResolverCheck.reaches(listening.getAddress(), address, isOfThisMachine);
    }
}
