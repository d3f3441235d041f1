package io.dnsproxy.app.settings;

import io.dnsproxy.listener.ClientNetworks;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/** Reads IP addresses and networks. Nothing here ever asks a resolver. */
final class Addresses {

    private static final String MEND =
            "Write IP addresses such as 127.0.0.1 or ::1, separated by commas, or leave the setting out.";

    private static final String NETWORK_MEND =
            "Write networks such as 192.168.0.0/16 or fd00::/8, separated by commas.";

    private Addresses() {}

    static void check(String setting, List<String> addresses) {
        checkEntries(setting, addresses, MEND);
        for (String address : addresses) {
            if (!IpLiteral.isValid(address)) {
                throw new SettingException(setting, "has '" + address + "', which is no IP address", MEND);
            }
        }
    }

    static void checkOnePerFamily(String setting, List<String> addresses) {
        check(setting, addresses);
        long ipv4Count =
                parse(addresses).stream().filter(Inet4Address.class::isInstance).count();
        if (ipv4Count > 1 || addresses.size() - ipv4Count > 1) {
            throw new SettingException(
                    setting,
                    "has two addresses of one family: " + String.join(", ", addresses),
                    "Write at most one IPv4 address and one IPv6 address.");
        }
    }

    static void checkNetworks(String setting, List<String> networks) {
        checkEntries(setting, networks, NETWORK_MEND);
        try {
            ClientNetworks.of(networks);
        } catch (IllegalArgumentException refused) {
            throw new SettingException(setting, "has " + refused.getMessage(), NETWORK_MEND);
        }
    }

    static List<InetAddress> parse(List<String> addresses) {
        return addresses.stream().map(IpLiteral::parse).toList();
    }

    /** What two commas in a row, or one at the end, leave between them. */
    private static void checkEntries(String setting, List<String> entries, String mend) {
        if (entries.contains("")) {
            throw new SettingException(setting, "has an empty entry", mend);
        }
    }
}
