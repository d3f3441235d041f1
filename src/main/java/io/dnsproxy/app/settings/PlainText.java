package io.dnsproxy.app.settings;

import io.dnsproxy.app.settings.DnsproxyProperties.Server;
import java.net.InetAddress;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code udp://address[:port]}, a server of plain DNS, with an IPv6 address in brackets. It must be an address: a name would have to be
 * looked up, and there is nothing by which it could prove that it is the one.
 */
final class PlainText {

    private static final String SCHEME = "udp://";
    private static final Pattern FORM =
            Pattern.compile(SCHEME + "(?:\\[(?<ipv6>[^\\]]*)]|(?<ipv4>[^:\\[\\]]*))(?::(?<port>[0-9]{1,5}))?");

    private PlainText() {}

    static boolean isPlain(String host) {
        return host.startsWith(SCHEME);
    }

    /** The address of a host that {@link #checked} has returned. */
    static InetAddress address(String host) {
        return IpLiteral.parse(host.substring(SCHEME.length()));
    }

    /** The server, with its port and without brackets. */
    static Server checked(String setting, Server server) {
        Matcher parts = FORM.matcher(server.host());
        String address = parts.matches() ? address(parts) : null;
        if (address == null) {
            throw new SettingException(
                    setting + ".host",
                    "is '" + server.host() + "', which is no server of plain DNS",
                    "Write udp://address or udp://address:port, such as udp://10.96.0.10 or udp://[fd00::10]:5353; an IP"
                            + " address, not a name.");
        }
        if (server.name() != null || !server.pins().isEmpty() || server.sslBundle() != null) {
            throw new SettingException(
                    setting,
                    "has a name, pins or an SSL bundle for " + server.host() + ", which cannot prove who it is",
                    "Leave them out, or write a server that speaks DNS over TLS.");
        }
        int port = port(setting, server, parts.group("port"));
        Bounds.check(setting + ".port", port, 1, 65_535);
        return new Server(SCHEME + address, port, null, List.of(), null);
    }

    private static @Nullable String address(Matcher parts) {
        String ipv6 = parts.group("ipv6");
        String text = ipv6 == null ? parts.group("ipv4") : ipv6;
        boolean isBracketed = ipv6 != null;
        return IpLiteral.isValid(text) && isBracketed == text.indexOf(':') >= 0 ? text : null;
    }

    private static int port(String setting, Server server, @Nullable String inText) {
        if (inText == null) {
            return server.port() == 0 ? Bounds.PLAIN_DNS_PORT : server.port();
        }
        if (server.port() != 0) {
            throw new SettingException(
                    setting + ".port",
                    "is " + server.port() + ", and " + server.host() + " has a port",
                    "Keep one of the two.");
        }
        return Integer.parseInt(inText);
    }
}
