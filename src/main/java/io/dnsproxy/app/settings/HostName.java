package io.dnsproxy.app.settings;

import java.util.regex.Pattern;

/** The text of a host name: letters, digits, hyphens and dots (RFC 952, RFC 1123 section 2.1). */
final class HostName {

    /** Characters of a name, without the final dot: 255 octets with length octets and root (RFC 1035 section 3.1). */
    private static final int MAX_CHARACTERS = 253;

    /** The last label must have a letter, else {@code 8.8.8.888} would be looked up as a name (RFC 1123 section 2.1). */
    private static final Pattern NAME = Pattern.compile("(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)*"
            + "(?=[0-9-]*[a-zA-Z])[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?");

    private HostName() {}

    static boolean isValid(String text) {
        return text.length() <= MAX_CHARACTERS && NAME.matcher(text).matches();
    }

    static void check(String setting, String name) {
        if (!isValid(name)) {
            boolean isHost = setting.endsWith(".host");
            throw new SettingException(
                    setting,
                    "is '" + name + "', which is no " + (isHost ? "IP address and no host name" : "host name"),
                    isHost
                            ? "Write an IP address such as 8.8.8.8, or a host name such as dns.example.net."
                            : "Write the name in the server's certificate, such as dns.example.net, without a final dot.");
        }
    }
}
