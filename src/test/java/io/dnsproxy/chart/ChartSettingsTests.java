package io.dnsproxy.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.listener.TcpListener;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.ServerCertificate;
import io.dnsproxy.testkit.UdpClient;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.xbill.DNS.Rcode;

/** The settings that the chart writes are ones that the proxy takes. */
class ChartSettingsTests {

    static List<Path> valuesFiles() {
        return Chart.valuesFiles();
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void theProxyTakesEverySettingOfTheConfigMap(Path values) throws IOException {
        DnsproxyProperties settings = bind(Chart.render(values).applicationYaml());

        assertThat(settings.listen().port()).isEqualTo(1053);
        assertThat(settings.shutdown().delay()).isPositive();
        assertThat(settings.upstream().servers()).isNotEmpty();
    }

    @Test
    void valuesBecomeSettings() throws IOException {
        DnsproxyProperties settings =
                bind(Chart.render(Chart.valuesFile("restricted")).applicationYaml());

        assertThat(settings.upstream().servers())
                .extracting(server -> server.host() + " " + server.port() + " " + server.sslBundle() + " "
                        + server.pins().size())
                .containsExactly("192.0.2.53 8853 upstream 2", "dns.example.org 853 upstream 0");
        assertThat(settings.listen().allow()).containsExactly("10.0.0.0/8", "fd00::/8");
        assertThat(settings.shutdown().delay()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.cache().redis().enabled()).isFalse();
    }

    private static DnsproxyProperties bind(String yaml) throws IOException {
        StandardEnvironment environment = new StandardEnvironment();
        new YamlPropertySourceLoader()
                .load("chart", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                .forEach(environment.getPropertySources()::addFirst);
        return Binder.get(environment, new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
                .bind("dnsproxy", DnsproxyProperties.class)
                .get();
    }

    /** As in a pod: settings, authority and password are files that the chart mounts. */
    @Test
    void theProxyRunsWithWhatTheChartMounts(@TempDir Path root) throws Exception {
        try (ScriptedResolver resolver = ScriptedResolver.start()) {
            Path settings = Files.createDirectories(root.resolve("dnsproxy"));
            Path authority = Files.createDirectories(root.resolve("dnsproxy-upstream-ca"));
            Path secrets = Files.createDirectories(root.resolve("dnsproxy-secrets"));
            Files.writeString(authority.resolve("ca.crt"), resolver.authority().pem());
            Files.writeString(secrets.resolve("spring.data.redis.password"), "a-long-password");
            Path more = Files.createDirectories(root.resolve("dnsproxy-settings"));
            Files.writeString(more.resolve("spring.data.redis.username"), "dnsproxy");
            Manifests manifests = Chart.render(
                    "upstreamCa.existingSecret=a",
                    "settingsSecret=c",
                    "redis.enabled=true",
                    "redis.host=127.0.0.1",
                    "redis.port=1",
                    "redis.existingSecret=b",
                    "ports.dns=1",
                    "settings.listen.address[0]=127.0.0.1",
                    "settings.upstream.servers[0].host=127.0.0.1",
                    "settings.upstream.servers[0].port=" + resolver.port(),
                    "settings.upstream.servers[0].name=" + ScriptedResolver.NAME);
            assertThat(mounts(manifests))
                    .containsEntry("config", "/etc/dnsproxy")
                    .containsEntry("upstream-ca", "/etc/dnsproxy-upstream-ca")
                    .containsEntry("settings", "/etc/dnsproxy-settings")
                    .containsEntry("secrets", "/etc/dnsproxy-secrets");
            Files.writeString(
                    settings.resolve("application.yml"),
                    manifests
                            .applicationYaml()
                            .replace("/etc/", root.toUri().getPath())
                            .replace("port: 1\n  shutdown", "port: 0\n  shutdown"));

            try (ConfigurableApplicationContext proxy = RunningProxy.start(
                            Map.of("spring.config.additional-location", "file:" + settings + "/", "server.port", "0"));
                    UdpClient client = UdpClient.to(
                            proxy.getBean(TcpListener.class).localAddresses().getFirst())) {
                assertThat(client.ask(Queries.query("www.example.org")).getRcode())
                        .isEqualTo(Rcode.NOERROR);
                assertThat(proxy.getEnvironment().getProperty("spring.data.redis.password"))
                        .isEqualTo("a-long-password");
                assertThat(proxy.getEnvironment().getProperty("spring.data.redis.username"))
                        .isEqualTo("dnsproxy");
            }
        }
    }

    /** A mounted Secret changes by one link to a folder being moved, not by its files being written. */
    @Test
    void aCertificateThatIsRenewedInItsSecretIsShownToClients(@TempDir Path root) throws Exception {
        try (ScriptedResolver resolver = ScriptedResolver.start()) {
            Path secret = Files.createDirectories(root.resolve("dnsproxy-client-tls"));
            mount(secret, "first", resolver.authority().issue("one.example.net"));
            Files.createSymbolicLink(secret.resolve("tls.crt"), Path.of("..data", "tls.crt"));
            Files.createSymbolicLink(secret.resolve("tls.key"), Path.of("..data", "tls.key"));
            Path settings = Files.createDirectories(root.resolve("dnsproxy"));
            Files.writeString(
                    settings.resolve("application.yml"),
                    Chart.render(
                                    "clientTls.existingSecret=a",
                                    "settings.listen.address[0]=127.0.0.1",
                                    "settings.upstream.servers[0].host=127.0.0.1",
                                    "settings.upstream.servers[0].port=" + resolver.port(),
                                    "settings.upstream.servers[0].name=" + ScriptedResolver.NAME)
                            .applicationYaml()
                            .replace("/etc/", root.toUri().getPath())
                            .replaceAll("port: 1[08]53", "port: 0"));

            try (ConfigurableApplicationContext proxy = RunningProxy.start(Map.of(
                    "spring.config.additional-location", "file:" + settings + "/",
                    "spring.ssl.bundle.watch.file.quiet-period", "200ms",
                    "server.port", "0"))) {
                int port = proxy.getBean("tlsListener", TcpListener.class)
                        .localAddresses()
                        .getFirst()
                        .getPort();
                assertThat(shownBy(port, resolver)).contains("one.example.net");

                mount(secret, "second", resolver.authority().issue("two.example.net"));

                await().untilAsserted(() -> assertThat(shownBy(port, resolver)).contains("two.example.net"));
            }
        }
    }

    private static void mount(Path secret, String version, ServerCertificate certificate) throws IOException {
        Path folder = Files.createDirectories(secret.resolve(".." + version));
        Files.writeString(folder.resolve("tls.crt"), certificate.chainPem());
        Files.writeString(folder.resolve("tls.key"), certificate.keyPem());
        Path link = Files.createSymbolicLink(secret.resolve("..data_tmp"), folder.getFileName());
        Files.move(link, secret.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String shownBy(int port, ScriptedResolver resolver) throws IOException {
        try (SSLSocket socket = (SSLSocket) resolver.authority()
                .clientContext()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0].toString();
        }
    }

    private static Map<String, String> mounts(Manifests manifests) {
        return Manifests.maps(Manifests.at(manifests.container(), "volumeMounts")).stream()
                .collect(Collectors.toMap(
                        mount -> String.valueOf(mount.get("name")), mount -> String.valueOf(mount.get("mountPath"))));
    }
}
