package io.dnsproxy.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Tools;
import io.dnsproxy.testkit.UdpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real Prometheus that scrapes a running instance answers the dashboard's queries and evaluates the alerts. */
class WatchedProxyIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static RunningProxy proxy;
    private static Process prometheus;
    private static int port;

    @BeforeAll
    static void start() throws IOException {
        Tools.assumeInstalled("prometheus");
        proxy = RunningProxy.start();
        System.gc(); // its pauses are a metric only after the first
        port = freePort();
        Files.writeString(
                folder.resolve("rules.yaml"),
                new Yaml()
                        .dump(Manifests.at(
                                Chart.render(Chart.valuesFile("redis-cluster")).the("PrometheusRule"), "spec")));
        Path config = Files.writeString(folder.resolve("prometheus.yaml"), """
                global:
                  scrape_interval: 500ms
                  evaluation_interval: 500ms
                rule_files: [rules.yaml]
                scrape_configs:
                  - job_name: rel-dnsproxy
                    metrics_path: /actuator/prometheus
                    static_configs:
                      - targets: ["127.0.0.1:%d"]
                        labels: {namespace: dns, pod: rel-dnsproxy-0}
                """.formatted(proxy.httpPort()));
        prometheus = new ProcessBuilder(
                        Tools.find("prometheus").orElseThrow().toString(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        await().atMost(PATIENCE).until(() -> scrapes() >= 3);
        try (UdpClient client = UdpClient.to(proxy.dns())) {
            client.ask(Queries.query("www.example.org"));
            client.ask(Queries.query("www.example.org"));
        }
        double before = scrapes();
        await().atMost(PATIENCE).until(() -> scrapes() >= before + 3);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        HTTP.close();
        if (prometheus != null) {
            prometheus.destroyForcibly().waitFor();
        }
        if (proxy != null) {
            proxy.close();
        }
    }

    @Test
    void everyPanelHasData() {
        assertThat(DashboardTests.queries()).allSatisfy(query -> {
            JsonNode answer = ask(query.replace("$__rate_interval", "1m").replaceAll("\\$(namespace|job|pod)", ".*"));
            assertThat(answer.get("status").asString()).as(answer.toString()).isEqualTo("success");
            if (!query.endsWith("> 0")) { // of what has not happened
                assertThat(answer.at("/data/result")).as(query).isNotEmpty();
            }
        });
    }

    @Test
    void aHealthyInstanceFiresNoAlertButThatOfTheMissingRedis() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(StreamSupport.stream(
                                        get("/api/v1/rules")
                                                .at("/data/groups/0/rules")
                                                .spliterator(),
                                        false)
                                .toList())
                        .hasSizeGreaterThan(10)
                        .allSatisfy(rule -> {
                            assertThat(rule.get("health").asString())
                                    .as(rule.toString())
                                    .isEqualTo("ok");
                            boolean isRedis = rule.get("name").asString().equals("DnsproxyRedisUnreachable");
                            assertThat(rule.get("state").asString())
                                    .as(rule.toString())
                                    .isEqualTo(isRedis ? "pending" : "inactive");
                        }));
    }

    private static double scrapes() {
        try {
            JsonNode result = ask("sum(count_over_time(up[10m]))").at("/data/result/0/value/1");
            return result.isMissingNode() ? 0 : Double.parseDouble(result.asString());
        } catch (UncheckedIOException | JacksonException e) {
            return 0; // it has not started yet, or says in plain words that it is about to
        }
    }

    private static JsonNode ask(String query) {
        return get("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
    }

    private static JsonNode get(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        try {
            return JsonMapper.builder()
                    .build()
                    .readTree(HTTP.send(request, HttpResponse.BodyHandlers.ofString())
                            .body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
