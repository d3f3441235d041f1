package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.testkit.UdpClient;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Type;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The packaged program with a query log, and all of its log as JSON: its standard output is events, one a line. */
class QueryLogIntegrationTests {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    private static Path folder;

    private static ScriptedResolver resolver;
    private static Jar jar;

    @BeforeAll
    static void start() throws Exception {
        ThrowawayAuthority authority = ThrowawayAuthority.create();
        resolver = ScriptedResolver.start(authority);
        jar = Jar.asking(Jar.writeAuthority(authority, folder), resolver)
                .inHaste()
                .and("DNSPROXY_QUERY_LOG_ENABLED", true)
                .and("LOGGING_STRUCTURED_FORMAT_CONSOLE", "ecs")
                .start();
        await().until(() -> jar.readiness() == 200);
        try (UdpClient udp = UdpClient.to(jar.dns());
                TcpClient tcp = TcpClient.to(jar.dns())) {
            udp.ask(Queries.query("www.example.org"));
            tcp.ask(Queries.query("www.example.org"));
            udp.ask(Queries.query("example.org", Type.AXFR));
            udp.ask(Queries.query("nxdomain.example.org", Type.TXT));
        }
        await().until(() -> queries().size() == 4);
    }

    @AfterAll
    static void stop() {
        if (jar != null) {
            jar.close();
        }
        resolver.close();
    }

    private static List<JsonNode> events() {
        String text = jar.stdout();
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(JSON::readTree)
                .toList();
    }

    private static List<JsonNode> queries() {
        return events().stream().filter(event -> event.has("transport")).toList();
    }

    @Test
    void eachResponseIsALineOfJson() {
        assertThat(queries())
                .extracting(line -> line.get("transport").asString() + " "
                        + line.get("name").asString() + " " + line.get("type").asString() + " "
                        + line.get("rcode").asString() + " "
                        + line.get("cached").asBoolean() + " "
                        + line.path("upstream").asString("nobody"))
                .containsExactly(
                        "udp www.example.org. A NOERROR false " + Jar.serverOf(resolver),
                        "tcp www.example.org. A NOERROR true " + Jar.serverOf(resolver),
                        "udp example.org. AXFR REFUSED true nobody",
                        "udp nxdomain.example.org. TXT NXDOMAIN false " + Jar.serverOf(resolver));
        assertThat(queries()).allSatisfy(line -> {
            assertThat(line.get("client").asString()).isEqualTo("127.0.0.0/24");
            assertThat(line.get("class").asString()).isEqualTo("IN");
            assertThat(line.get("durationMs").asDouble()).isPositive().isLessThan(10_000);
        });
    }

    @Test
    void eventsOfTheProgramFollowTheElasticCommonSchema() {
        List<JsonNode> own =
                events().stream().filter(event -> !event.has("transport")).toList();

        assertThat(own).hasSizeGreaterThanOrEqualTo(3).allSatisfy(event -> {
            assertThat(event.get("@timestamp").asString()).startsWith("20").endsWith("Z");
            assertThat(event.at("/log/level").asString()).isIn("INFO", "WARN");
            assertThat(event.at("/log/logger").asString()).startsWith("io.dnsproxy.");
            assertThat(event.at("/service/name").asString()).isEqualTo("dnsproxy");
            assertThat(event.at("/ecs/version").asString()).isNotBlank();
        });
        assertThat(own)
                .extracting(event -> event.get("message").asString())
                .anyMatch(text -> text.startsWith("upstream 127.0.0.1@"));
        assertThat(jar.stderr()).isEmpty();
    }

    @Test
    void whatIsWrittenIsCounted() throws Exception {
        assertThat(jar.metric("dnsproxy_query_log_written_total")).isGreaterThanOrEqualTo(4);
        assertThat(jar.metric("dnsproxy_query_log_dropped_total")).isZero();
    }
}
