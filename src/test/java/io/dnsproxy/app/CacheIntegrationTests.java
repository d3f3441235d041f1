package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.testkit.UdpClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** The packaged program's cache, as its operator sees it: two processes, one of which may be told to forget. */
class CacheIntegrationTests {

    @TempDir
    private static Path folder;

    private static ScriptedResolver resolver;
    private static Jar plain;
    private static Jar unrestricted;

    @BeforeAll
    static void start() {
        ThrowawayAuthority authority = ThrowawayAuthority.create();
        resolver = ScriptedResolver.start(authority);
        Path pem = Jar.writeAuthority(authority, folder);
        plain = Jar.asking(pem, resolver)
                .inHaste()
                .jvm("-Xmx96m")
                .and("SERVER_PORT", 0)
                .and("MANAGEMENT_SERVER_PORT", 0)
                .start();
        unrestricted = Jar.asking(pem, resolver)
                .inHaste()
                .and("SERVER_PORT", 0)
                .and("MANAGEMENT_SERVER_PORT", 0)
                .and("MANAGEMENT_ENDPOINT_DNSCACHE_ACCESS", "unrestricted")
                .start();
    }

    @AfterAll
    static void stop() {
        if (plain != null) {
            plain.close();
        }
        if (unrestricted != null) {
            unrestricted.close();
        }
        resolver.close();
    }

    private static int ask(Jar jar, String name, int type) throws Exception {
        try (UdpClient client = UdpClient.to(jar.dns())) {
            return client.ask(Queries.query(name, type)).getRcode();
        }
    }

    private static HttpResponse<String> delete(Jar jar, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + jar.httpPort() + path))
                .timeout(Duration.ofSeconds(5))
                .DELETE()
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void tellsWhatItKnowsOfOneNameAsText() throws Exception {
        ask(plain, "known.example.org", Type.A);
        ask(plain, "known.example.org", Type.MX);
        ask(plain, "nxdomain.example.org", Type.A);
        ask(plain, "servfail.example.org", Type.A);

        assertThat(plain.get("/actuator/dnscache/KNOWN.example.org").body())
                .contains("\"name\":\"KNOWN.example.org.\"")
                .containsPattern("known\\.example\\.org\\. (300|29\\d) IN A [0-9.]+")
                .containsPattern("known\\.example\\.org\\. (300|29\\d) IN MX ")
                .contains("\"type\":\"A\"", "\"type\":\"MX\"", "\"rcode\":\"NOERROR\"", "\"dnssecOk\":false")
                .containsPattern("\"ttlSeconds\":(300|29\\d)");
        assertThat(plain.get("/actuator/dnscache/nxdomain.example.org").body())
                .contains("\"type\":\"*\"", "\"rcode\":\"NXDOMAIN\"")
                .containsPattern("example\\.org\\. (60|5\\d) IN SOA");
        assertThat(plain.get("/actuator/dnscache/servfail.example.org").body())
                .contains("\"rcode\":\"SERVFAIL\"", "\"ttlSeconds\":null");
        assertThat(plain.get("/actuator/dnscache/unknown.example.org").body()).contains("\"answers\":[]");
        assertThat(plain.status("/actuator/dnscache/" + "a".repeat(64))).isEqualTo(400);
    }

    @Test
    void tellsHowFullItIsAndWhatItWasGoodForAlsoAsMetrics() throws Exception {
        double hits = plain.metric("dnsproxy_cache_hits_total");
        double misses = plain.metric("dnsproxy_cache_misses_total");
        double failures = plain.metric("dnsproxy_cache_failure_hits_total");
        for (int i = 0; i < 3; i++) {
            assertThat(ask(plain, "counted.example.org", Type.A)).isEqualTo(Rcode.NOERROR);
            assertThat(ask(plain, "counted.nxdomain.example.org", Type.A)).isEqualTo(Rcode.NXDOMAIN);
            assertThat(ask(plain, "refused.example.org", Type.A)).isEqualTo(Rcode.REFUSED);
        }

        assertThat(plain.metric("dnsproxy_cache_hits_total") - hits).isEqualTo(4);
        assertThat(plain.metric("dnsproxy_cache_misses_total") - misses).isEqualTo(3);
        assertThat(plain.metric("dnsproxy_cache_failure_hits_total") - failures).isEqualTo(2);
        assertThat(plain.metric("dnsproxy_cache_entries")).isGreaterThanOrEqualTo(2);
        assertThat(plain.metric("dnsproxy_cache_negative_entries")).isGreaterThanOrEqualTo(1);
        assertThat(plain.metric("dnsproxy_cache_failures")).isGreaterThanOrEqualTo(1);
        assertThat(plain.metric("dnsproxy_cache_octets")).isBetween(1_000.0, 100_000.0);
        assertThat(plain.get("/actuator/dnscache").body()).contains("\"hitRatio\":0.", "\"evictions\":0");
    }

    @Test
    void forgetsNothingUnlessThatIsAllowed() throws Exception {
        ask(plain, "kept.example.org", Type.A);

        assertThat(delete(plain, "/actuator/dnscache").statusCode()).isEqualTo(405);
        assertThat(delete(plain, "/actuator/dnscache/kept.example.org").statusCode())
                .isEqualTo(405);

        assertThat(plain.get("/actuator/dnscache/kept.example.org").body()).contains("\"type\":\"A\"");
    }

    @Test
    void forgetsOneNameOrAllOfThemWhereThatIsAllowed() throws Exception {
        for (String name : new String[] {"one.example.org", "two.example.org", "three.example.org"}) {
            ask(unrestricted, name, Type.A);
            ask(unrestricted, name, Type.AAAA);
        }
        resolver.forgetQueries();

        assertThat(delete(unrestricted, "/actuator/dnscache/ONE.example.org.").body())
                .isEqualTo("{\"entries\":2}");
        ask(unrestricted, "one.example.org", Type.A);
        ask(unrestricted, "two.example.org", Type.A);
        assertThat(resolver.queries("one.example.org")).hasSize(1);
        assertThat(resolver.queries("two.example.org")).isEmpty();

        assertThat(delete(unrestricted, "/actuator/dnscache").statusCode()).isEqualTo(200);
        await().until(() -> unrestricted.metric("dnsproxy_cache_entries") == 0);
        ask(unrestricted, "two.example.org", Type.A);
        assertThat(resolver.queries("two.example.org")).hasSize(1);
    }

    @Test
    void saysWhenTheHeapIsTooSmallForTheCache() {
        assertThat(plain.stdout())
                .contains("dnsproxy.cache.max-size is 64 MB, and half of the heap")
                .doesNotContain("example.org");
    }
}
