package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.DnsproxyApplication;
import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.resolver.cache.SharedCache;
import io.dnsproxy.resolver.cache.redis.RedisCache;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.RedisProcess;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.ResponseReader;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The switch of the shared cache, and every way to say where Redis is, over real ones. */
@Timeout(60)
class RedisConfigurationTests {

    private static final String SECRET = "correct-horse";

    private final List<AutoCloseable> open = new ArrayList<>();

    @TempDir
    private Path folder;

    /** The settings as the program binds them. */
    @ComponentScan(basePackageClasses = DnsproxyProperties.class)
    static class Settings {}

    private final ApplicationContextRunner off = new ApplicationContextRunner()
            .withInitializer(new ConfigDataApplicationContextInitializer())
            .withUserConfiguration(Settings.class, RedisConfiguration.class)
            .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class));

    private final ApplicationContextRunner on = off.withPropertyValues(
            "dnsproxy.cache.redis.enabled=true",
            "dnsproxy.cache.redis.timeout=200ms",
            "spring.data.redis.host=127.0.0.1");

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void switchedOffThereIsNoTraceOfRedis() {
        try (ConfigurableApplicationContext context = application()) {
            assertThat(context.getBeanNamesForType(SharedCache.class)).isEmpty();
            assertThat(context.getBeanNamesForType(RedisConnectionFactory.class))
                    .isEmpty();
            assertThat(context.getBeanNamesForType(HealthIndicator.class)).doesNotContain("redis");
            assertThat(Stream.of(context.getBeanDefinitionNames()))
                    .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("lettuce"));
            assertThat(redisThreads()).isEmpty();
        }
    }

    @Test
    void switchedOnTheProgramStartsAndEndsWithoutRedis() {
        long startNanos;
        try (ConfigurableApplicationContext context =
                application("--dnsproxy.cache.redis.enabled=true", "--spring.data.redis.port=" + Jar.freePort())) {
            assertThat(context.getBean("redisCache")).isInstanceOf(RedisCache.class);
            await().until(() -> health(context).getDetails().containsKey("lastFailure"));

            Health down = health(context);
            assertThat(down.getStatus()).isEqualTo(Status.UNKNOWN);
            assertThat(down.getDetails()).containsEntry("breaker", "open").containsKey("since");
            assertThat(down.getDetails().toString()).contains("Connection refused");
            assertThat(redisThreads()).isNotEmpty();
            startNanos = System.nanoTime();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(3));
        await().untilAsserted(() -> assertThat(redisThreads()).isEmpty());
    }

    @Test
    void oneServerWithAUserWhoMayDoNoMoreThanItMust() {
        RedisProcess redis = redis();
        allow(redis);

        on.withPropertyValues(
                        "spring.data.redis.port=" + redis.port(),
                        "spring.data.redis.username=dnsproxy",
                        "spring.data.redis.password=" + SECRET)
                .run(context -> {
                    assertThatItShares(context.getBean(RedisCache.class));
                    Health health = health(context);
                    assertThat(health.getStatus()).isEqualTo(Status.UP);
                    assertThat(health.getDetails()).containsEntry("breaker", "closed");
                    context.getBean(RedisCache.class).clear();
                    await().until(() -> redis.ask("DBSIZE").equals("0"));
                    assertThat(redis.ask("ACL", "LOG")).doesNotContain("reason");
                });
    }

    @Test
    void aWrongPasswordIsSaidAndNotRepeated() {
        RedisProcess redis = redis();
        allow(redis);

        on.withPropertyValues(
                        "spring.data.redis.port=" + redis.port(),
                        "spring.data.redis.username=dnsproxy",
                        "spring.data.redis.password=wrong-horse")
                .run(context -> {
                    // The first thing to fail may be the connection, which was not up yet.
                    await().untilAsserted(() -> assertThat(
                                    health(context).getDetails().toString())
                            .contains("WRONGPASS")
                            .doesNotContain("horse"));
                });
    }

    @Test
    void anotherDatabase() {
        RedisProcess redis = redis();

        on.withPropertyValues("spring.data.redis.url=redis://127.0.0.1:" + redis.port() + "/3")
                .run(context -> {
                    assertThatItShares(context.getBean(RedisCache.class));
                    assertThat(redis.ask("INFO", "keyspace")).contains("db3:keys=1");
                });
    }

    @Test
    void overTls() throws Exception {
        ThrowawayAuthority authority = ThrowawayAuthority.create();
        RedisProcess redis = RedisProcess.overTls(authority.issue("127.0.0.1"), "--requirepass", SECRET);
        open.add(redis);

        tls(redis, authority.writePem(folder)).run(context -> assertThatItShares(context.getBean(RedisCache.class)));
    }

    @Test
    void notOverTlsWithSomebodyElse() throws Exception {
        RedisProcess redis =
                RedisProcess.overTls(ThrowawayAuthority.create().issue("127.0.0.1"), "--requirepass", SECRET);
        open.add(redis);

        tls(redis, ThrowawayAuthority.create().writePem(folder)).run(RedisConfigurationTests::assertThatItIsRefused);
    }

    @Test
    void notOverTlsWithAnotherName() throws Exception {
        ThrowawayAuthority authority = ThrowawayAuthority.create();
        RedisProcess redis = RedisProcess.overTls(authority.issue("redis.example.net"), "--requirepass", SECRET);
        open.add(redis);

        tls(redis, authority.writePem(folder)).run(RedisConfigurationTests::assertThatItIsRefused);
    }

    private ApplicationContextRunner tls(RedisProcess redis, Path authority) {
        return on.withPropertyValues(
                "spring.data.redis.port=" + redis.port(),
                "spring.data.redis.password=" + SECRET,
                "spring.data.redis.ssl.bundle=redis",
                "spring.ssl.bundle.pem.redis.truststore.certificate=file:" + authority);
    }

    @Test
    void aCluster() {
        List<RedisProcess> nodes = RedisProcess.cluster(3);
        open.addAll(nodes);

        on.withPropertyValues("spring.data.redis.cluster.nodes=127.0.0.1:"
                        + nodes.getFirst().port())
                .run(context -> assertThatItShares(context.getBean(RedisCache.class)));
    }

    @Test
    void whatASentinelNamesAlsoAfterAFailover() {
        RedisProcess master = redis();
        RedisProcess replica = redis("--replicaof", "127.0.0.1", "" + master.port());
        await().until(() -> replica.ask("ROLE").contains("connected"));
        RedisProcess sentinel = RedisProcess.sentinelOf(master, "dns");
        open.add(sentinel);
        await().until(() -> sentinel.ask("SENTINEL", "REPLICAS", "dns").contains("" + replica.port()));

        on.withPropertyValues(
                        "spring.data.redis.sentinel.master=dns",
                        "spring.data.redis.sentinel.nodes=127.0.0.1:" + sentinel.port())
                .run(context -> {
                    RedisCache cache = context.getBean(RedisCache.class);
                    assertThatItShares(cache);
                    master.kill();
                    await().atMost(Duration.ofSeconds(20))
                            .ignoreException(UncheckedIOException.class) // it drops its clients when it takes over
                            .until(() -> replica.ask("ROLE").startsWith("master"));
                    assertThatItShares(cache);
                });
    }

    @Test
    void everyMeterHasAValue() {
        RedisProcess redis = redis();

        on.withPropertyValues("spring.data.redis.port=" + redis.port()).run(context -> {
            MeterRegistry registry = new SimpleMeterRegistry();
            context.getBean(MeterBinder.class).bindTo(registry);
            assertThatItShares(context.getBean(RedisCache.class));

            assertThat(registry.get("dnsproxy.redis.breaker.open").gauge().value())
                    .isZero();
            assertThat(registry.get("dnsproxy.redis.gets").functionCounter().count())
                    .isPositive();
            assertThat(registry.get("dnsproxy.redis.hits").functionCounter().count())
                    .isPositive();
            assertThat(registry.get("dnsproxy.redis.writes").functionCounter().count())
                    .isPositive();
            assertThat(registry.get("dnsproxy.redis.latency").timer().count()).isPositive();
            assertThat(registry.get("dnsproxy.redis.writes.dropped").functionCounters())
                    .hasSize(4);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dnsproxy.cache.redis.timeout=0ms",
                "dnsproxy.cache.redis.timeout=2s",
                "dnsproxy.cache.redis.key-prefix={dns}",
                "dnsproxy.cache.redis.key-prefix=",
                "spring.data.redis.port=many",
                "spring.data.redis.url=http://127.0.0.1",
                "spring.data.redis.ssl.bundle=nowhere"
            })
    void aBadSettingStopsTheStart(String setting) {

        on.withPropertyValues(setting)
                .run(context -> assertThat(context.getStartupFailure()).isNotNull());
    }

    private static Health health(ApplicationContext context) {
        return Objects.requireNonNull(
                context.getBean("redis", HealthIndicator.class).health());
    }

    /** Stores something and finds it, as soon as Redis can be reached. */
    private static void assertThatItShares(RedisCache cache) {
        Query query = Query.of(Queries.query("www.example.org").toWire());
        KeptAnswer kept = address(query);
        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> {
                    long before = cache.counters().writes();
                    cache.store(query, kept);
                    assertThat(cache.find(query).toCompletableFuture().join())
                            .as(() -> cache.status().toString())
                            .isPresent();
                    assertThat(cache.counters().writes()).isGreaterThan(before);
                });
    }

    private static void assertThatItIsRefused(ApplicationContext context) {
        RedisCache cache = context.getBean(RedisCache.class);
        await().until(() -> cache.status().lastFailure() != null);
        assertThat(cache.status().reachable()).isFalse();
        assertThat(Objects.requireNonNull(cache.status().lastFailure()).reason())
                .matches(".*(certification path|subject alternative).*");
    }

    private static KeptAnswer address(Query query) {
        Name name = Name.fromConstantString("www.example.org.");
        Message message = new Message();
        message.getHeader().setFlag(Flags.QR);
        message.addRecord(Record.newRecord(name, Type.A, DClass.IN), Section.QUESTION);
        message.addRecord(Record.newRecord(name, Type.A, DClass.IN, 300, new byte[] {1, 2, 3, 4}), Section.ANSWER);
        byte[] wire = message.toWire();
        Answer answer = Objects.requireNonNull(ResponseReader.read(wire, wire.length, query));
        return new KeptAnswer(answer, 300, 0);
    }

    /** What docs/security.md says is enough. */
    private static void allow(RedisProcess redis) {
        assertThat(redis.ask(
                        "ACL",
                        "SETUSER",
                        "dnsproxy",
                        "on",
                        ">" + SECRET,
                        "~dnsproxy:*",
                        "+hello",
                        "+ping",
                        "+mget",
                        "+set",
                        "+unlink",
                        "+scan",
                        "+client|setinfo"))
                .isEqualTo("OK");
        redis.ask("ACL", "LOG", "RESET");
    }

    private RedisProcess redis(String... settings) {
        RedisProcess redis = RedisProcess.start(settings);
        open.add(redis);
        return redis;
    }

    private static ConfigurableApplicationContext application(String... arguments) {
        SpringApplication application = new SpringApplication(DnsproxyApplication.class);
        application.setRegisterShutdownHook(false);
        return application.run(Stream.concat(
                        Stream.of("--server.port=0", "--dnsproxy.listen.address=127.0.0.1", "--dnsproxy.listen.port=0"),
                        Stream.of(arguments))
                .toArray(String[]::new));
    }

    private static List<String> redisThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("lettuce") || name.startsWith("redis"))
                .toList();
    }
}
