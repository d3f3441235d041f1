package io.dnsproxy.resolver.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.resolver.cache.redis.RedisCounters.Drop;
import io.dnsproxy.testkit.RedisProcess;
import io.dnsproxy.testkit.SlowRelay;
import io.dnsproxy.wire.Query;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.resource.ClientResources;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** The shared cache over a real Redis, which is killed, stopped, filled and locked. */
@Timeout(60)
class RedisCacheTests {

    private static final Duration BACK = Duration.ofSeconds(8);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private final Query query = Samples.query("www.example.org");

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void anotherInstanceFindsWhatOneStored() {
        RedisProcess redis = redis();
        store(cache(redis), query, Samples.address(query, "192.0.2.1", 300));
        now.updateAndGet(time -> time.plusSeconds(100));

        KeptAnswer found = find(cache(redis), Samples.query("WWW.example.org")).orElseThrow();

        assertThat(found.ttlSeconds()).isEqualTo(300);
        assertThat(found.ageMillis()).isEqualTo(100_000);
        assertThat(found.answer().answerData(Type.A)).containsExactly(new byte[] {(byte) 192, 0, 2, 1});
    }

    @Test
    void aValueLivesInRedisUntilItsStaleWindowEnds() {
        RedisProcess redis = redis();
        store(cache(redis), query, Samples.address(query, "192.0.2.1", 300));

        String key = redis.ask("KEYS", "*");

        assertThat(key).matches("t:1:\\{[A-Za-z0-9_-]{22}}:1");
        assertThat(Long.parseLong(redis.ask("PTTL", key))).isBetween(3_890_000L, 3_900_000L);
    }

    @Test
    void findsNothingThatIsNotThereAndCountsIt() {
        RedisCache cache = cache(redis());

        assertThat(find(cache, query)).isEmpty();

        assertThat(cache.counters().gets()).isOne();
        assertThat(cache.counters().hits()).isZero();
        assertThat(cache.outstandingReads()).isZero();
    }

    @Test
    void noSuchNameIsFoundForEveryTypeAndTheYoungerAnswerWins() {
        RedisCache cache = cache(redis());
        store(cache, query, Samples.address(query, "192.0.2.1", 300));
        now.updateAndGet(time -> time.plusSeconds(1));
        Query other = Samples.query("www.example.org", Type.MX);

        store(cache, other, Samples.noSuchName(other, 60));

        assertThat(rcode(find(cache, Samples.query("www.example.org", Type.TXT))))
                .isEqualTo(Rcode.NXDOMAIN);
        assertThat(rcode(find(cache, query))).isEqualTo(Rcode.NXDOMAIN);
        now.updateAndGet(time -> time.plusSeconds(100));
        assertThat(rcode(find(cache, query)))
                .as("what is older does not come back when the younger one has ended")
                .isEqualTo(Rcode.NXDOMAIN);
    }

    @Test
    void removesAQuestionAndEverything() {
        RedisProcess redis = redis();
        RedisCache cache = cache(redis);
        store(cache, query, Samples.address(query, "192.0.2.1", 300));
        store(cache, query, Samples.noSuchName(query, 300));
        cache.remove(query);
        await().until(() -> redis.ask("DBSIZE").equals("0"));

        redis.ask("SET", "of somebody else", "x");
        for (int i = 0; i < 2_000; i++) {
            Query each = Samples.query("n" + i + ".example.org");
            cache.store(each, Samples.address(each, "192.0.2.1", 300));
        }
        await().until(() -> redis.ask("DBSIZE").equals("2001"));
        cache.clear();

        await().until(() -> redis.ask("KEYS", "*").equals("of somebody else"));
    }

    @Test
    void whatIsNoAnswerIsAMissAndIsRemoved() {
        RedisProcess redis = redis();
        RedisCache cache = cache(redis);
        store(cache, query, Samples.address(query, "192.0.2.1", 300));
        String key = redis.ask("KEYS", "*");
        redis.ask("SETRANGE", key, "20", "xxxx");

        assertThat(find(cache, query)).isEmpty();

        assertThat(cache.counters().rejected()).isOne();
        await().until(() -> redis.ask("DBSIZE").equals("0"));
        redis.ask("LPUSH", key, "not even a string");
        assertThat(find(cache, query)).isEmpty();
    }

    @Test
    void theAnswerToAnotherQuestionIsNotTaken() {
        RedisProcess redis = redis();
        RedisCache cache = cache(redis);
        Query other = Samples.query("www.example.net");
        store(cache, query, Samples.address(query, "192.0.2.1", 300));
        String key = redis.ask("KEYS", "*");
        store(cache, other, Samples.address(other, "192.0.2.66", 300));
        redis.ask(
                "COPY",
                redis.ask("KEYS", "*")
                        .lines()
                        .filter(each -> !each.equals(key))
                        .findFirst()
                        .orElseThrow(),
                key,
                "REPLACE");

        assertThat(find(cache, query)).isEmpty();

        assertThat(cache.counters().rejected()).isOne();
    }

    @Test
    void aKilledRedisCostsNoQueryAnErrorAndIsFoundAgain() {
        RedisProcess redis = redis();
        RedisCache cache = cache(redis);
        Load load = load(cache);
        load.awaitHits();

        redis.kill();
        await().until(() -> !cache.status().reachable());
        long timeouts = cache.counters().timeouts();
        load.awaitLookups(2_000);

        assertThat(cache.counters().timeouts()).as("none waits any more").isEqualTo(timeouts);
        assertThat(cache.counters().drops(Drop.UNREACHABLE)).isPositive();
        redis.restart();
        await().atMost(BACK).until(() -> cache.status().reachable());
        load.awaitHits();
        load.end();
    }

    @Test
    void aHangingRedisCostsAFewQueriesTheBudgetAndIsFoundAgain() {
        RedisProcess redis = redis();
        RedisCache cache = cache(redis);
        Load load = load(cache);
        load.awaitHits();

        redis.pause();
        await().until(() -> !cache.status().reachable());
        long slow = load.slow;
        load.awaitLookups(2_000);

        assertThat(cache.counters().timeouts()).isBetween(3L, 3L + Load.WIDTH);
        assertThat(load.slow).as("none waits any more").isLessThanOrEqualTo(slow + Load.WIDTH);
        assertThat(Objects.requireNonNull(cache.status().lastFailure()).reason())
                .isEqualTo(RedisFailures.TIMEOUT);
        redis.resume();
        await().atMost(BACK).until(() -> cache.status().reachable());
        load.awaitHits();
        load.end();
    }

    @Test
    void aRedisThatIsSlowerThanTheBudgetIsLeftAloneUntilItIsQuickAgain() throws Exception {
        SlowRelay relay = SlowRelay.to(redis().port());
        open.add(relay);
        RedisCache cache = newCache(relay.port(), Duration.ofMillis(50));
        await().until(() -> cache.status().reachable());

        relay.delay(Duration.ofMillis(200));
        await().atMost(BACK)
                .until(() -> find(cache, query).isEmpty() && !cache.status().reachable());
        await().atMost(BACK)
                .untilAsserted(
                        () -> assertThat(Objects.requireNonNull(cache.status().lastFailure())
                                        .reason())
                                .isEqualTo(RedisFailures.SLOW));
        long asked = cache.counters().gets();
        assertThat(find(cache, query)).isEmpty();
        assertThat(cache.counters().gets()).as("no query waits for it").isEqualTo(asked);

        relay.delay(Duration.ZERO);
        await().atMost(BACK).until(() -> cache.status().reachable());
        awaitStored(cache, query);
        await().atMost(BACK).until(() -> find(cache, query).isPresent());
    }

    @Test
    void anErrorWhileConnectingIsFollowedByTheNextAttempt() {
        RedisProcess redis = redis();
        AtomicInteger attempts = new AtomicInteger();
        ClientResources resources = ClientResources.create();
        open.add(() -> resources.shutdown().awaitUninterruptibly());
        RedisURI uri =
                RedisURI.builder().withHost("127.0.0.1").withPort(redis.port()).build();
        RedisClient client = new RedisClient(resources, uri) {
            @Override
            public <K, V> StatefulRedisConnection<K, V> connect(RedisCodec<K, V> codec) {
                if (attempts.incrementAndGet() == 1) {
                    throw new OutOfMemoryError("no thread for it, as the test says");
                }
                return super.connect(codec);
            }
        };
        open.add(client);

        RedisCache cache = new RedisCache(client, "t:", Duration.ofMillis(100), Duration.ofHours(1), now::get);
        open.add(cache);

        await().atMost(BACK).until(() -> cache.status().reachable());
        assertThat(attempts).hasValue(2);
    }

    @Test
    void whenItOpensThoseUnderWayAreEmptyAtOnce() {
        RedisProcess redis = redis();
        RedisCache cache = cache(redis, Duration.ofSeconds(1));
        redis.pause();
        List<CompletableFuture<Optional<KeptAnswer>>> lookups = new ArrayList<>();
        long startNanos = System.nanoTime();
        for (int i = 0; i < 3; i++) {
            lookups.add(cache.find(query).toCompletableFuture());
        }
        await().pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() - startNanos > 500_000_000);
        for (int i = 0; i < RedisCache.MAX_READS; i++) {
            lookups.add(cache.find(query).toCompletableFuture());
        }

        assertThat(cache.counters().unasked()).as("those beyond the bound").isEqualTo(3);
        CompletableFuture.allOf(lookups.toArray(CompletableFuture[]::new)).join();

        assertThat(System.nanoTime() - startNanos).isLessThan(TimeUnit.MILLISECONDS.toNanos(1_400));
        assertThat(lookups).allMatch(lookup -> lookup.join().isEmpty());
        assertThat(cache.counters().timeouts()).isEqualTo(3);
        redis.resume();
        await().until(() -> cache.outstandingReads() == 0);
    }

    @Test
    void aFullRedisAnswersLookupsWhileWritingPauses() {
        RedisProcess redis = redis("--maxmemory-policy", "noeviction");
        RedisCache cache = cache(redis);
        store(cache, query, Samples.address(query, "192.0.2.1", 300));
        redis.ask("CONFIG", "SET", "maxmemory", "1");

        await().pollInterval(Duration.ofMillis(1)).until(() -> {
            cache.store(query, Samples.address(query, "192.0.2.2", 300));
            return cache.counters().drops(Drop.PAUSED) > 100;
        });

        assertThat(cache.counters().drops(Drop.FAILED)).isBetween(1L, 4L);
        assertThat(find(cache, query)).isPresent();
        assertThat(cache.status().reachable()).isTrue();
        redis.ask("CONFIG", "SET", "maxmemory", "0");
        awaitStored(cache, query);
    }

    @Test
    void aReplicaAnswersLookupsUntilItIsAMasterAgain() {
        RedisProcess redis = redis();
        RedisProcess master = redis();
        RedisCache cache = cache(redis);
        redis.ask("REPLICAOF", "127.0.0.1", "" + master.port());

        await().pollInterval(Duration.ofMillis(1)).until(() -> {
            cache.store(query, Samples.address(query, "192.0.2.2", 300));
            return cache.counters().drops(Drop.FAILED) > 0;
        });

        assertThat(find(cache, query)).isEmpty();
        redis.ask("REPLICAOF", "NO", "ONE");
        awaitStored(cache, query);
        assertThat(cache.status().reachable()).isTrue();
    }

    @Test
    void aRedisThatIsNotThereAtTheStartIsFoundLater() {
        RedisProcess redis = redis();
        redis.kill();
        RedisCache cache = newCache(redis.port(), Duration.ofMillis(20));

        assertThat(cache.find(query).toCompletableFuture().join()).isEmpty();
        cache.store(query, Samples.address(query, "192.0.2.1", 300));
        await().until(() -> cache.status().lastFailure() != null);

        assertThat(cache.counters().unasked()).isOne();
        assertThat(Objects.requireNonNull(cache.status().lastFailure()).reason())
                .contains("Connection refused")
                .doesNotContain("secret");
        redis.restart();
        await().atMost(BACK).until(() -> cache.status().reachable());
        awaitStored(cache, query);
    }

    @Test
    void somebodyWhoAcceptsAndSaysNothingDelaysNeitherQueriesNorTheEnd() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            RedisCache cache = newCache(silent.getLocalPort(), Duration.ofMillis(20));
            silent.accept();
            long startNanos = System.nanoTime();

            for (int i = 0; i < 1_000; i++) {
                assertThat(cache.find(query).toCompletableFuture().isDone()).isTrue();
            }
            cache.close();

            assertThat(System.nanoTime() - startNanos).isLessThan(TimeUnit.MILLISECONDS.toNanos(500));
        }
    }

    @Test
    void whatACrashInterruptsIsClearedWhenRedisIsBack() {
        RedisProcess redis = redis();
        RedisCache cache = cache(redis);
        store(cache, query, Samples.address(query, "192.0.2.1", 300));
        redis.pause();
        cache.clear();
        cache.find(query);
        cache.find(query);
        cache.find(query);
        await().until(() -> !cache.status().reachable());
        redis.resume();
        await().atMost(BACK).until(() -> cache.status().reachable());

        await().until(() -> redis.ask("DBSIZE").equals("0"));
    }

    private RedisProcess redis(String... settings) {
        RedisProcess redis = RedisProcess.start(settings);
        open.add(redis);
        return redis;
    }

    private RedisCache cache(RedisProcess redis) {
        return cache(redis, Duration.ofMillis(100));
    }

    private RedisCache cache(RedisProcess redis, Duration timeout) {
        RedisCache cache = newCache(redis.port(), timeout);
        await().until(() -> cache.status().reachable());
        return cache;
    }

    private RedisCache newCache(int port, Duration timeout) {
        RedisURI uri = RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(port)
                .withTimeout(Duration.ofSeconds(1))
                .build();
        Clients clients = Clients.of(uri);
        open.add(clients);
        RedisCache cache = new RedisCache(clients.client(), "t:", timeout, Duration.ofHours(1), now::get);
        open.add(cache);
        return cache;
    }

    private static void store(RedisCache cache, Query query, KeptAnswer kept) {
        long before = cache.counters().writes();
        cache.store(query, kept);
        await().pollInterval(Duration.ofMillis(1)).until(() -> cache.counters().writes() > before);
    }

    private static void awaitStored(RedisCache cache, Query query) {
        long before = cache.counters().writes();
        await().atMost(BACK).pollInterval(Duration.ofMillis(5)).until(() -> {
            cache.store(query, Samples.address(query, "192.0.2.1", 300));
            return cache.counters().writes() > before;
        });
    }

    private static Optional<KeptAnswer> find(RedisCache cache, Query query) {
        return cache.find(query)
                .toCompletableFuture()
                .orTimeout(5, TimeUnit.SECONDS)
                .join();
    }

    private static int rcode(Optional<KeptAnswer> found) {
        return found.orElseThrow().answer().rcode();
    }

    private Load load(RedisCache cache) {
        Load load = new Load(cache);
        open.add(load);
        return load;
    }
}
