package io.dnsproxy.app.settings;

import java.net.InetAddress;
import java.util.regex.Pattern;

/**
 * The text of an IP address: four decimal numbers without leading zeros, or IPv6 (RFC 4291 section 2.2), with or without
 * a zone. {@code 127.1} and {@code 010.0.0.1} are refused: programs read them in different ways (RFC 6943 section
 * 3.1.1).
 */
final class IpLiteral {

    private static final Pattern IPV4;

    static {
        String octet = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
        IPV4 = Pattern.compile(octet + "(\\." + octet + "){3}");
    }

    private IpLiteral() {}

    static InetAddress parse(String text) {
        if (text.indexOf(':') < 0 && !IPV4.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is no IP address");
        }
        return InetAddress.ofLiteral(text);
    }

    static boolean isValid(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException notAnAddress) {
            return false;
        }
    }
}
