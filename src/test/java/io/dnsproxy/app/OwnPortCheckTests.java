package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.app.settings.SettingException;
import io.dnsproxy.conformance.Row;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class OwnPortCheckTests {

    private static final Set<InetAddress> OURS = Set.of(
            InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"), InetAddress.ofLiteral("198.51.100.7"));

    private final Map<String, String> settings = new HashMap<>(Map.of(
            "dnsproxy.listen.tls.ssl-bundle", "clients",
            "dnsproxy.upstream.servers[0].host", "192.0.2.53"));

    private void check() {
        new OwnPortCheck(OURS::contains)
                .check(new Binder(new MapConfigurationPropertySource(settings))
                        .bindOrCreate("dnsproxy", DnsproxyProperties.class));
    }

    @Row("P8")
    @ParameterizedTest
    @CsvSource({
        "198.51.100.7, 853, ''",
        "::1, 853, ''",
        "198.51.100.7, 853, 0.0.0.0",
        "127.0.0.2, 853, 127.0.0.2",
        "127.0.0.1, 1053, ''"
    })
    void refusesItselfAsAnUpstream(String host, String port, String listening) {
        settings.put("dnsproxy.listen.port", "1053");
        settings.put("dnsproxy.upstream.servers[1].host", host);
        settings.put("dnsproxy.upstream.servers[1].port", port);
        if (!listening.isEmpty()) {
            settings.put("dnsproxy.listen.address[0]", listening);
        }

        assertThatThrownBy(this::check)
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("dnsproxy.upstream.servers[1].host is '" + host + "', which at port " + port
                        + " is this proxy itself.");
    }

    @Test
    void refusesItselfAsTheServerOfARoute() {
        settings.put("dnsproxy.routes[0].suffix", "corp.test");
        settings.put("dnsproxy.routes[0].servers[0].host", "udp://127.0.0.1");

        assertThatThrownBy(this::check)
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("dnsproxy.routes[0].servers[0].host is 'udp://127.0.0.1', which at port 53");
    }

    @ParameterizedTest
    @CsvSource({"198.51.100.8, 853", "198.51.100.7, 8853", "dns.example.net, 853"})
    void startsWhereAnotherIsAsked(String host, String port) {
        settings.put("dnsproxy.upstream.servers[1].host", host);
        settings.put("dnsproxy.upstream.servers[1].port", port);

        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @Test
    void startsWhereItDoesNotListenByTls() {
        settings.remove("dnsproxy.listen.tls.ssl-bundle");
        settings.put("dnsproxy.upstream.servers[1].host", "127.0.0.1");

        assertThatCode(this::check).doesNotThrowAnyException();
    }
}
