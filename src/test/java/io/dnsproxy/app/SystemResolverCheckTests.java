package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.app.settings.SettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class SystemResolverCheckTests {

    private static final Set<InetAddress> OURS = Set.of(
            InetAddress.ofLiteral("127.0.0.1"),
            InetAddress.ofLiteral("::1"),
            InetAddress.ofLiteral("198.51.100.7"),
            InetAddress.ofLiteral("2001:db8::7"));

    @TempDir
    private Path folder;

    private final Map<String, String> settings =
            new HashMap<>(Map.of("dnsproxy.upstream.servers[0].host", "dns.example.net"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        nameserver 127.0.0.1                                 |                 | 127.0.0.1
        nameserver 192.0.2.53\\nnameserver 198.51.100.7       |                 | 198.51.100.7
        # local\\n  nameserver   ::1  trust-ad\\noptions edns0 |                 | ::1
        nameserver 2001:db8::7                               | ::              | 2001:db8::7
        nameserver 127.0.0.1                                 | 0.0.0.0         | 127.0.0.1
        nameserver 127.0.0.1                                 | 192.0.2.1,127.0.0.1 | 127.0.0.1
        nameserver 127.0.0.53                                | 127.0.0.53      | 127.0.0.53
        search example.org                                   |                 | 127.0.0.1
        """)
    void refusesToLookItsUpstreamUpAtItself(String resolvConf, String listening, String named) throws IOException {
        Path file = write(resolvConf);
        listenOn(listening);

        assertThatThrownBy(() -> check(file))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith(
                        "dnsproxy.upstream.bootstrap is not set, but the upstream dns.example.net is a host"
                                + " name, and the system's resolver (" + named + " in " + file
                                + ") is this proxy itself.")
                .hasMessageContaining("Set DNSPROXY_UPSTREAM_BOOTSTRAP to");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        nameserver 192.0.2.53     |
        nameserver 127.0.0.53     |
        nameserver 127.0.0.11     |
        nameserver 127.0.0.1      | 127.0.0.2
        nameserver ::1            | 0.0.0.0
        nameserver                | 127.0.0.2
        nameserver dns.example.net |
        """)
    void startsWhereAnotherIsAsked(String resolvConf, String listening) throws IOException {
        Path file = write(resolvConf);
        listenOn(listening);

        assertThatCode(() -> check(file)).doesNotThrowAnyException();
    }

    @Test
    void startsOnAnotherPort() throws IOException {
        settings.put("dnsproxy.listen.port", "1053");
        Path file = write("nameserver 127.0.0.1");

        assertThatCode(() -> check(file)).doesNotThrowAnyException();
    }

    @Test
    void startsWithABootstrapServer() throws IOException {
        settings.put("dnsproxy.upstream.bootstrap[0].host", "192.0.2.53");
        Path file = write("nameserver 127.0.0.1");

        assertThatCode(() -> check(file)).doesNotThrowAnyException();
    }

    @Test
    void startsWithUpstreamsGivenByAddress() throws IOException {
        settings.put("dnsproxy.upstream.servers[0].host", "2001:db8::53");
        settings.put("dnsproxy.upstream.servers[0].name", "dns.example.net");
        Path file = write("nameserver 127.0.0.1");

        assertThatCode(() -> check(file)).doesNotThrowAnyException();
    }

    @Test
    void startsWhereThereIsNoSuchFile() {
        assertThatCode(() -> check(folder.resolve("missing"))).doesNotThrowAnyException();
    }

    private Path write(String lines) throws IOException {
        return Files.writeString(folder.resolve("resolv.conf"), lines.replace("\\n", "\n") + "\n");
    }

    private void listenOn(String addresses) {
        if (addresses != null) {
            settings.put("dnsproxy.listen.address", addresses);
        }
    }

    private void check(Path resolvConf) {
        DnsproxyProperties bound = new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("dnsproxy", DnsproxyProperties.class);
        new SystemResolverCheck(resolvConf, OURS::contains).check(bound);
    }
}
