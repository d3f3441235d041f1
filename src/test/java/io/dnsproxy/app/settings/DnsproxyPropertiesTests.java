package io.dnsproxy.app.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dnsproxy.app.settings.DnsproxyProperties.Readiness;
import io.dnsproxy.app.settings.DnsproxyProperties.Route;
import io.dnsproxy.app.settings.DnsproxyProperties.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.unit.DataSize;

@ExtendWith(OutputCaptureExtension.class)
class DnsproxyPropertiesTests {

    private static final String PIN = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private static final String OTHER_PIN = "/////////////////////////////////////////w8=";

    @Test
    void hasDefaults() {
        DnsproxyProperties settings = Start.withArguments().settings();

        assertThat(settings.listen().addresses()).isEmpty();
        assertThat(settings.listen().port()).isEqualTo(53);
        assertThat(settings.listen().workers()).isZero();
        assertThat(settings.listen().allow())
                .containsExactlyInAnyOrder(
                        "127.0.0.0/8",
                        "::1/128",
                        "10.0.0.0/8",
                        "172.16.0.0/12",
                        "192.168.0.0/16",
                        "100.64.0.0/10",
                        "169.254.0.0/16",
                        "fe80::/10",
                        "fc00::/7");
        assertThat(settings.listen().udp().receiveBuffer()).isEqualTo(DataSize.ofMegabytes(4));
        assertThat(settings.listen().tcp().idleTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.upstream().servers())
                .containsExactly(new Server("8.8.8.8", 853, "dns.google", List.of(), null));
        assertThat(settings.upstream().bootstrap()).isEmpty();
        assertThat(settings.upstream().sourceAddresses()).isEmpty();
        assertThat(settings.upstream().attemptTimeout()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(settings.maxInFlight()).isEqualTo(50_000);
        assertThat(settings.readiness()).isEqualTo(Readiness.LATCHED);
        assertThat(settings.shutdown().grace()).isEqualTo(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
        8.8.8.8,                            8.8.8.8,         8853, -
        8.8.8.8@853,                        8.8.8.8,         853,  -
        8.8.8.8#dns.google,                 8.8.8.8,         8853, dns.google
        8.8.8.8@853#dns.google,             8.8.8.8,         853,  dns.google
        2620:fe::fe@853#dns.quad9.net,      2620:fe::fe,     853,  dns.quad9.net
        [2620:fe::fe]@853#dns.quad9.net,    2620:fe::fe,     853,  dns.quad9.net
        [2620:fe::fe],                      2620:fe::fe,     8853, -
        2620:fe::fe,                        2620:fe::fe,     8853, -
        dns.example.org,                    dns.example.org, 8853, dns.example.org
        dns.example.org@853#a.example.net,  dns.example.org, 853,  a.example.net
        """)
    void readsAServerOnOneLine(String text, String host, int port, String name) {
        DnsproxyProperties settings =
                Start.with("RESOLVER_HOST", text).and("RESOLVER_PORT", "8853").settings();

        assertThat(settings.upstream().servers()).containsExactly(new Server(host, port, name, List.of(), null));
    }

    @Test
    void readsSeveralServersFromOneVariable() {
        DnsproxyProperties settings = Start.with("DNSPROXY_UPSTREAM_SERVERS", "8.8.8.8#dns.google, 2620:fe::fe@8853")
                .settings();

        assertThat(settings.upstream().servers()).extracting(Server::host).containsExactly("8.8.8.8", "2620:fe::fe");
    }

    @Test
    void readsServersElementByElement() {
        DnsproxyProperties settings = Start.with("DNSPROXY_UPSTREAM_SERVERS_0_HOST", "8.8.8.8")
                .and("DNSPROXY_UPSTREAM_SERVERS_0_PINS", PIN + "," + OTHER_PIN)
                .and("DNSPROXY_UPSTREAM_SERVERS_1_HOST", "dns.example.org")
                .and("DNSPROXY_UPSTREAM_SERVERS_1_PORT", "8853")
                .and("DNSPROXY_UPSTREAM_SERVERS_1_PINS_0", PIN)
                .and("DNSPROXY_UPSTREAM_SERVERS_2_HOST", "9.9.9.9")
                .and("DNSPROXY_UPSTREAM_SERVERS_2_NAME", "dns.quad9.net")
                .settings();

        assertThat(settings.upstream().servers())
                .containsExactly(
                        new Server("8.8.8.8", 853, null, List.of(PIN, OTHER_PIN), null),
                        new Server("dns.example.org", 8_853, null, List.of(PIN), null),
                        new Server("9.9.9.9", 853, "dns.quad9.net", List.of(), null));
    }

    @Test
    void readsRoutesFromVariables(CapturedOutput output) {
        DnsproxyProperties settings = Start.with("DNSPROXY_ROUTES_0_SUFFIX", "Cluster.Local.")
                .and("DNSPROXY_ROUTES_0_SERVERS", "udp://10.96.0.10, udp://[fd00::10]:5353")
                .and("DNSPROXY_ROUTES_1_SUFFIX", "corp.test")
                .and("DNSPROXY_ROUTES_1_SERVERS_0", "10.0.0.53#dns.corp.test")
                .and("DNSPROXY_ROUTES_1_SERVERS_1_HOST", "udp://10.0.0.54")
                .and("DNSPROXY_ROUTES_1_SERVERS_1_PORT", "1053")
                .settings();

        assertThat(settings.routes())
                .containsExactly(
                        new Route(
                                "cluster.local",
                                List.of(
                                        new Server("udp://10.96.0.10", 53, null, List.of(), null),
                                        new Server("udp://fd00::10", 5_353, null, List.of(), null))),
                        new Route(
                                "corp.test",
                                List.of(
                                        new Server("10.0.0.53", 853, "dns.corp.test", List.of(), null),
                                        new Server("udp://10.0.0.54", 1_053, null, List.of(), null))));
        Server plain = settings.routes().getFirst().servers().getLast();
        assertThat(plain.isPlain()).isTrue();
        assertThat(plain.plainAddress()).isEqualTo(InetAddress.ofLiteral("fd00::10"));
        assertThat(output).doesNotContain("WARN");
    }

    @Test
    void aBlankBundleIsNone() {
        DnsproxyProperties settings = Start.withArguments(
                        "--dnsproxy.upstream.ssl-bundle= ",
                        "--dnsproxy.listen.tls.ssl-bundle=",
                        "--dnsproxy.upstream.servers[0].host=8.8.8.8",
                        "--dnsproxy.upstream.servers[0].ssl-bundle=")
                .settings();

        assertThat(settings.upstream().sslBundle()).isNull();
        assertThat(settings.listen().tls().sslBundle()).isNull();
        assertThat(settings.upstream().servers().getFirst().sslBundle()).isNull();
    }

    @Test
    void readsRoutesFromAFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("more.yml"), """
                dnsproxy.routes:
                  - suffix: cluster.local
                    servers: udp://10.96.0.10
                  - suffix: corp.test
                    servers: [10.0.0.53#dns.corp.test, "10.0.0.54@8853"]
                """);

        DnsproxyProperties settings = Start.withArguments("--spring.config.additional-location=file:" + file)
                .settings();

        assertThat(settings.routes()).extracting(Route::suffix).containsExactly("cluster.local", "corp.test");
        assertThat(settings.routes().getLast().servers())
                .extracting(Server::host)
                .containsExactly("10.0.0.53", "10.0.0.54");
    }

    @Test
    void readsAddresses() {
        DnsproxyProperties settings = Start.with("DNSPROXY_LISTEN_ADDRESS", "127.0.0.1,::1")
                .and("DNSPROXY_UPSTREAM_SOURCE_ADDRESS", "127.0.0.2, ::1")
                .settings();

        assertThat(settings.listen().addresses())
                .containsExactly(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));
        assertThat(settings.upstream().sourceAddresses())
                .containsExactly(InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("::1"));
    }

    @Test
    void refusesAMalformedHostWhoeverBuildsIt() {
        assertThatThrownBy(() -> UpstreamServers.checked(
                        "servers", List.of(new Server("-", 0, null, List.of(), null)), 853, null))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith("servers[0].host is '-'");
    }
}
