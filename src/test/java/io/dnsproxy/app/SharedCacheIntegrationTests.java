package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.RedisProcess;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** Two packaged programs that share what they know through a real Redis, and what becomes of their clients when it fails. */
class SharedCacheIntegrationTests {

    private static final int BATCH = 100;

    @TempDir
    private Path folder;

    private ScriptedResolver resolver;
    private Path authority;
    private final AtomicInteger number = new AtomicInteger();

    @BeforeEach
    void startResolver() {
        ThrowawayAuthority issuer = ThrowawayAuthority.create();
        resolver = ScriptedResolver.start(issuer);
        authority = Jar.writeAuthority(issuer, folder);
    }

    @AfterEach
    void stopResolver() {
        resolver.close();
    }

    private Jar.Settings settings(String variable, String value) {
        return Jar.asking(authority, resolver)
                .inHaste()
                .and("SERVER_PORT", 0)
                .and("MANAGEMENT_SERVER_PORT", 0)
                .and("MANAGEMENT_ENDPOINT_DNSCACHE_ACCESS", "unrestricted")
                .and("DNSPROXY_CACHE_REDIS_ENABLED", "true")
                .and(variable, value);
    }

    /** Time enough for any machine: what is asked for here is in Redis, and found there. */
    private static Jar.Settings patient(Jar.Settings settings) {
        return settings.and("DNSPROXY_CACHE_REDIS_TIMEOUT", "1s");
    }

    private Jar.Settings settings(RedisProcess redis) {
        return settings("SPRING_DATA_REDIS_HOST", "127.0.0.1").and("SPRING_DATA_REDIS_PORT", redis.port());
    }

    private static Message ask(Jar jar, String name) throws IOException {
        try (UdpClient client = UdpClient.to(jar.dns())) {
            return client.ask(Queries.query(name));
        }
    }

    private static void awaitRedis(Jar... jars) {
        for (Jar jar : jars) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> jar.get("/actuator/health").body().contains("\"breaker\":\"closed\""));
        }
    }

    /** A client asks for names that nobody has asked for before, all at once, and gets the answer to each. */
    private void askForNewNames(Jar jar) throws IOException {
        try (UdpClient client = UdpClient.to(jar.dns())) {
            List<Message> queries = IntStream.range(0, BATCH)
                    .mapToObj(i -> Queries.query("new" + number.incrementAndGet() + ".example.org"))
                    .toList();
            IntStream.range(0, BATCH).forEach(i -> queries.get(i).getHeader().setID(i));
            Map<Integer, Message> answers = client.askAll(queries);
            assertThat(answers).hasSize(BATCH);
            assertThat(answers.values()).allMatch(answer -> answer.getRcode() == Rcode.NOERROR);
        }
    }

    @Test
    void whatOneInstanceHasResolvedTheOtherOneKnows() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                Jar one = patient(settings(redis)).start();
                Jar other = patient(settings(redis)).start()) {
            awaitRedis(one, other);
            Message first = ask(one, "www.example.org");
            ask(one, "nxdomain.example.org");
            await().until(() -> one.metric("dnsproxy_redis_writes_total") == 2);

            Message second = ask(other, "WWW.example.org");

            assertThat(second.getSection(Section.ANSWER).getFirst().rdataToString())
                    .isEqualTo(first.getSection(Section.ANSWER).getFirst().rdataToString());
            assertThat(second.getSection(Section.ANSWER).getFirst().getTTL()).isBetween(270L, 300L);
            assertThat(ask(other, "nxdomain.example.org").getRcode()).isEqualTo(Rcode.NXDOMAIN);
            assertThat(resolver.queries()).hasSize(2);
            assertThat(other.metric("dnsproxy_redis_hits_total")).isEqualTo(2);
            assertThat(other.get("/actuator/health").body()).contains("\"redis\":{\"details\":{\"breaker\":\"closed\"");

            forget(other, "www.example.org");
            ask(other, "www.example.org");
            assertThat(resolver.queries("www.example.org"))
                    .as("forgotten in Redis too")
                    .hasSize(2);
        }
    }

    private static void forget(Jar jar, String name) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + jar.httpPort() + "/actuator/dnscache/" + name))
                .DELETE()
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void whateverBecomesOfRedisNoQueryIsLostAndItComesBackByItself() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                Jar jar = settings(redis).start()) {
            awaitRedis(jar);
            askForNewNames(jar);

            redis.pause();
            askForNewNames(jar);
            await().until(() -> jar.metric("dnsproxy_redis_breaker_open") == 1);
            assertThat(jar.metric("dnsproxy_redis_timeouts_total")).isPositive();
            assertThat(jar.get("/actuator/health").body()).contains("\"breaker\":\"open\"");
            assertThat(jar.status("/actuator/health")).isEqualTo(200);
            assertThat(jar.readiness()).isEqualTo(200);
            double asked = jar.metric("dnsproxy_redis_gets_total");
            askForNewNames(jar);
            assertThat(jar.metric("dnsproxy_redis_gets_total"))
                    .as("nobody waits for it")
                    .isEqualTo(asked);
            redis.resume();
            awaitRedis(jar);
            askForNewNames(jar);

            redis.kill();
            askForNewNames(jar);
            redis.restart();
            awaitRedis(jar);
            askForNewNames(jar);

            assertThat(jar.metric("dnsproxy_redis_gets_total")).isGreaterThan(asked);
            assertThat(jar.metric("dnsproxy_responses_total", "rcode=\"SERVFAIL\""))
                    .isZero();
        }
    }

    @Test
    void startsWithoutRedisAndFindsItLater() throws Exception {
        try (RedisProcess redis = RedisProcess.start()) {
            redis.kill();
            try (Jar jar = settings(redis).start()) {
                askForNewNames(jar);
                assertThat(jar.status("/actuator/health")).isEqualTo(200);
                assertThat(jar.metric("dnsproxy_redis_breaker_open")).isEqualTo(1);

                redis.restart();
                awaitRedis(jar);
                await().untilAsserted(() -> {
                    askForNewNames(jar); // a burst on a busy machine may keep Redis out of its time for a moment
                    assertThat(jar.metric("dnsproxy_redis_writes_total")).isPositive();
                });

                jar.signal("TERM");
                assertThat(jar.exitCode()).isEqualTo(143);
            }
        }
    }

    @Test
    void sharesThroughAClusterAndDoesWithoutANodeThatIsGone() throws Exception {
        List<RedisProcess> nodes = RedisProcess.cluster(3);
        String addresses =
                nodes.stream().map(node -> "127.0.0.1:" + node.port()).collect(Collectors.joining(","));
        try (Jar one = patient(settings("SPRING_DATA_REDIS_CLUSTER_NODES", addresses))
                        .start();
                Jar other = patient(settings("SPRING_DATA_REDIS_CLUSTER_NODES", addresses))
                        .start()) {
            awaitRedis(one, other);
            for (int i = 0; i < 30; i++) {
                ask(one, "shared" + i + ".example.org");
            }
            await().until(() -> one.metric("dnsproxy_redis_writes_total") == 30);
            resolver.forgetQueries();
            for (int i = 0; i < 30; i++) {
                ask(other, "shared" + i + ".example.org");
            }
            assertThat(resolver.queries()).isEmpty();
            assertThat(other.metric("dnsproxy_redis_hits_total")).isEqualTo(30);

            nodes.getFirst().kill();
            askForNewNames(one);
            askForNewNames(other);
            assertThat(one.status("/actuator/health")).isEqualTo(200);
        } finally {
            nodes.forEach(RedisProcess::close);
        }
    }
}
