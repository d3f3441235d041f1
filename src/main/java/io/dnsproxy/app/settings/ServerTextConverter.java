package io.dnsproxy.app.settings;

import io.dnsproxy.app.settings.DnsproxyProperties.Server;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.converter.Converter;

/**
 * Reads {@code host[@port][#name]}, the form that unbound and systemd-resolved use too. An IPv6 address stands with or
 * without brackets: {@code 2620:fe::fe@853#dns.quad9.net}, {@code [2620:fe::fe]@853}. What is checked here is the form;
 * host, port and name are checked where they are bound. So is whether a server may be written as {@code udp://address}, and
 * whether it is.
 */
final class ServerTextConverter implements Converter<String, Server> {

    private static final Pattern FORM = Pattern.compile(
            "(?:\\[(?<bracketed>[^\\[\\]@#]+)]|(?<plain>[^\\[\\]@#]+))(?:@(?<port>[^@#]*))?(?:#(?<name>[^@#]*))?");

    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");

    /** The form of {@code 8.8.8.8:853}, which IPv6 would make ambiguous. */
    private static final Pattern COLON_PORT = Pattern.compile("([^:]+|\\[.*]):([0-9]+)(#.*)?");

    @Override
    public Server convert(String source) {
        String text = source.strip();
        if (text.isEmpty()) {
            throw new ServerTextException("has an empty entry");
        }
        if (PlainText.isPlain(text)) {
            return new Server(text, 0, null, List.of(), null);
        }
        if (text.contains("://")) {
            throw new ServerTextException("has '" + text + "', a URL");
        }
        if (COLON_PORT.matcher(text).matches()) {
            throw new ServerTextException("has '" + text + "', where the port stands after ':' and not after '@'");
        }
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new ServerTextException("has '" + text + "', which is no server");
        }
        String bracketed = parts.group("bracketed");
        if (bracketed != null && (bracketed.indexOf(':') < 0 || !IpLiteral.isValid(bracketed))) {
            throw new ServerTextException("has '" + text + "', whose brackets hold no IPv6 address");
        }
        String host = bracketed == null ? parts.group("plain") : bracketed;
        return new Server(host, port(text, parts.group("port")), name(text, parts.group("name")), List.of(), null);
    }

    private static int port(String text, @Nullable String port) {
        if (port == null) {
            return 0;
        }
        if (!PORT.matcher(port).matches()) {
            throw new ServerTextException("has '" + text + "', where '" + port + "' is no port from 1 to 65535");
        }
        return Integer.parseInt(port);
    }

    private static @Nullable String name(String text, @Nullable String name) {
        if (name != null && name.isEmpty()) {
            throw new ServerTextException("has '" + text + "', where no name follows '#'");
        }
        return name;
    }
}
