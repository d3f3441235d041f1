package io.dnsproxy.app.settings;

import io.dnsproxy.app.settings.DnsproxyProperties.Server;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Checks a list of servers and completes each with what it leaves to the settings for all. */
final class UpstreamServers {

    /** Octets of a SHA-256, the digest of a pin (RFC 7858 section 4.2). */
    private static final int PIN_OCTETS = 32;

    /** As many as a choice among them can tell apart. */
    private static final int SERVERS_MAX = 64;

    private UpstreamServers() {}

    static List<Server> checked(String setting, List<Server> servers, int port, @Nullable String sslBundle) {
        return checked(setting, servers, (at, server) -> checked(at, server, port, sslBundle));
    }

    /** @param complete checks the server at a place of the list, and gives it what it leaves to the settings for all */
    static List<Server> checked(String setting, List<Server> servers, BiFunction<String, Server, Server> complete) {
        if (servers.isEmpty()) {
            throw new SettingException(
                    setting,
                    "is an empty list",
                    "Write at least one server, such as 8.8.8.8#dns.google, or leave the setting out for that one.");
        }
        if (servers.size() > SERVERS_MAX) {
            throw new SettingException(
                    setting, "lists " + servers.size() + " servers", "Write at most " + SERVERS_MAX + " servers.");
        }
        List<Server> checked = new ArrayList<>(servers.size());
        for (int i = 0; i < servers.size(); i++) {
            Server server = complete.apply(setting + "[" + i + "]", servers.get(i));
            if (checked.stream().anyMatch(other -> isSame(other, server))) {
                throw new SettingException(
                        setting + "[" + i + "].host",
                        "is '" + server.host() + "', which is listed before with the same port and name",
                        "Write each server once; several pins go into one server's list.");
            }
            checked.add(server);
        }
        return List.copyOf(checked);
    }

    static List<Server> checkedBootstrap(String setting, List<Server> servers, int port, @Nullable String sslBundle) {
        for (int i = 0; i < servers.size(); i++) {
            if (!IpLiteral.isValid(servers.get(i).host())) {
                throw new SettingException(
                        setting + "[" + i + "].host",
                        "is '" + servers.get(i).host() + "', which is no IP address",
                        "Write an IP address: this server looks up the names of the others.");
            }
        }
        return servers.isEmpty() ? List.of() : checked(setting, servers, port, sslBundle);
    }

    /** Whether logs and health would call both by one name. */
    static boolean isSame(Server one, Server other) {
        return one.host().equalsIgnoreCase(other.host())
                && one.port() == other.port()
                && Objects.equals(one.name(), other.name());
    }

    /** A server that speaks DNS over TLS. */
    static Server checked(String setting, Server server, int port, @Nullable String sslBundle) {
        if (server.isPlain()) {
            throw new SettingException(
                    setting + ".host",
                    "is '" + server.host() + "', plain DNS, which anyone on the way can read and forge",
                    "Write a server that speaks DNS over TLS, such as 8.8.8.8#dns.google; dnsproxy.routes alone may name"
                            + " servers of plain DNS.");
        }
        boolean isAddress = IpLiteral.isValid(server.host());
        if (!isAddress) {
            HostName.check(setting + ".host", server.host());
        }
        if (server.name() != null) {
            HostName.check(setting + ".name", server.name());
        }
        if (server.port() != 0) {
            Bounds.checkUpstreamPort(setting + ".port", server.port());
        }
        List<String> pins = List.copyOf(server.pins());
        for (int i = 0; i < pins.size(); i++) {
            checkPin(setting + ".pins[" + i + "]", pins.get(i));
        }
        String ownBundle = Texts.orNone(server.sslBundle());
        boolean isNamedByHost = server.name() == null && !isAddress && pins.isEmpty();
        return new Server(
                server.host(),
                server.port() == 0 ? port : server.port(),
                isNamedByHost ? server.host() : server.name(),
                pins,
                ownBundle == null ? sslBundle : ownBundle);
    }

    private static void checkPin(String setting, String pin) {
        if (pinOctets(pin) != PIN_OCTETS) {
            throw new SettingException(
                    setting,
                    "is '" + pin + "', which is not the base64 of a SHA-256",
                    "Write the 44 characters that end with '=', without a prefix such as sha256/; they are the digest"
                            + " of the public key in DER: openssl x509 -pubkey -noout -in cert.pem | openssl pkey -pubin"
                            + " -outform DER | openssl dgst -sha256 -binary | base64");
        }
    }

    private static int pinOctets(String pin) {
        try {
            return Base64.getDecoder().decode(pin).length;
        } catch (IllegalArgumentException notBase64) {
            return -1;
        }
    }
}
