package io.dnsproxy.app.settings;

import io.dnsproxy.app.settings.DnsproxyProperties.Route;
import io.dnsproxy.app.settings.DnsproxyProperties.Server;
import io.dnsproxy.app.settings.DnsproxyProperties.Upstream;
import io.dnsproxy.wire.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Checks routes, and completes their servers with what they leave to the settings for all. */
final class RouteList {

    /** Each query that the cache does not answer is compared with all of them, and each server has metrics of its own. */
    private static final int ROUTES_MAX = 64;

    private RouteList() {}

    static List<Route> checked(String setting, List<Route> routes, Upstream upstream) {
        if (routes.size() > ROUTES_MAX) {
            throw new SettingException(
                    setting, "lists " + routes.size() + " routes", "Write at most " + ROUTES_MAX + " routes.");
        }
        List<Route> checked = new ArrayList<>(routes.size());
        List<Server> known = new ArrayList<>();
        for (int i = 0; i < routes.size(); i++) {
            String at = setting + "[" + i + "]";
            String suffix = suffix(at + ".suffix", routes.get(i).suffix());
            if (checked.stream().anyMatch(other -> other.suffix().equals(suffix))) {
                throw new SettingException(
                        at + ".suffix",
                        "is '" + suffix + "', which has a route before",
                        "Write each suffix once; several servers go into one route's list.");
            }
            List<Server> servers = UpstreamServers.checked(
                    at + ".servers", routes.get(i).servers(), (place, server) -> server(place, server, upstream));
            servers.forEach(server -> known(at, known, server));
            checked.add(new Route(suffix, servers));
        }
        return List.copyOf(checked);
    }

    private static Server server(String at, Server server, Upstream upstream) {
        return server.isPlain()
                ? PlainText.checked(at, server)
                : UpstreamServers.checked(at, server, upstream.port(), upstream.sslBundle());
    }

    private static String suffix(String setting, String suffix) {
        boolean isName = true;
        try {
            isName = Name.octets(suffix).length > 1;
        } catch (IllegalArgumentException refused) {
            isName = false;
        }
        if (!isName) {
            throw new SettingException(
                    setting,
                    "is '" + suffix + "', which is no domain name",
                    "Write a name such as cluster.local or 10.in-addr.arpa; what is for all names stands in"
                            + " dnsproxy.upstream.servers.");
        }
        String lowerCase = suffix.toLowerCase(Locale.ROOT);
        return lowerCase.endsWith(".") ? lowerCase.substring(0, lowerCase.length() - 1) : lowerCase;
    }

    /** One server may serve several routes, by the same connections; then it must be the same in all of them. */
    private static void known(String at, List<Server> known, Server server) {
        for (Server other : known) {
            if (UpstreamServers.isSame(other, server) && !other.equals(server)) {
                throw new SettingException(
                        at + ".servers",
                        "has '" + server.host() + "' with other pins or another SSL bundle than a route before",
                        "Write the server alike in all routes.");
            }
        }
        known.add(server);
    }
}
