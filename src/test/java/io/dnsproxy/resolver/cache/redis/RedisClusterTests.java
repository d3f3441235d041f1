package io.dnsproxy.resolver.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.RedisProcess;
import io.dnsproxy.wire.Query;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The shared cache over a real cluster of three masters, whose slots move, and whose nodes hang and die. */
@Timeout(60)
class RedisClusterTests {

    private static final Duration BACK = Duration.ofSeconds(15);
    private static final int NAMES = 60;

    private static final List<RedisProcess> NODES = new ArrayList<>();

    private final List<Query> queries = IntStream.range(0, NAMES)
            .mapToObj(i -> Samples.query("m" + i + ".example.org"))
            .toList();
    private Clients clients;
    private RedisCache cache;

    @BeforeAll
    static void startCluster() {
        NODES.addAll(RedisProcess.cluster(3));
    }

    @AfterAll
    static void stopCluster() {
        NODES.forEach(RedisProcess::close);
    }

    @BeforeEach
    void connect() {
        clients = Clients.ofCluster(RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(NODES.getLast().port())
                .withTimeout(Duration.ofSeconds(1))
                .build());
        cache = new RedisCache(
                clients.client(), "t:", Duration.ofMillis(100), Duration.ofHours(1), InstantSource.system());
        await().atMost(BACK).until(() -> cache.status().reachable());
    }

    @AfterEach
    void disconnect() {
        cache.close();
        clients.close();
    }

    @Test
    void answersAreSpreadFoundAndCleared() {
        storeAll();

        assertThat(hits()).isEqualTo(NAMES);
        assertThat(masters()).hasSize(3).noneMatch(node -> node.ask("DBSIZE").equals("0"));
        cache.clear();
        await().until(() ->
                masters().stream().allMatch(node -> node.ask("DBSIZE").equals("0")));
    }

    @Test
    void aSlotThatMovesCostsNothing() {
        storeAll();
        Query query = queries.getFirst();
        String key = new RedisKeys("t:").of(query).typed();
        String slot = masters().getFirst().ask("CLUSTER", "KEYSLOT", key);
        RedisProcess from = masters().stream()
                .filter(node -> node.ask("CLUSTER", "GETKEYSINSLOT", slot, "10").contains(key))
                .findFirst()
                .orElseThrow();
        RedisProcess to =
                masters().stream().filter(node -> node != from).findFirst().orElseThrow();
        Load load = new Load(cache);
        load.awaitHits();

        to.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", from.nodeId());
        from.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", to.nodeId());
        for (int i = 0; i < 20; i++) {
            assertThat(cache.find(query).toCompletableFuture()).succeedsWithin(Duration.ofSeconds(1));
        }
        from.ask("MIGRATE", "127.0.0.1", "" + to.port(), key, "0", "1000");
        for (int i = 0; i < 20; i++) {
            assertThat(cache.find(query).toCompletableFuture()).succeedsWithin(Duration.ofSeconds(1));
        }
        masters().forEach(node -> node.ask("CLUSTER", "SETSLOT", slot, "NODE", to.nodeId()));

        await().until(() -> cache.find(query).toCompletableFuture().join().isPresent());
        load.awaitHits();
        load.end();
        assertThat(cache.status().reachable()).isTrue();
        assertThat(cache.status().lastFailure()).isNull();
    }

    @Test
    void aNodeThatHangsIsFoundAgain() {
        storeAll();
        Load load = new Load(cache);
        load.awaitHits();
        RedisProcess node = masters().getFirst();

        node.pause();
        await().until(() -> !cache.status().reachable());
        long timeouts = cache.counters().timeouts();
        load.awaitLookups(2_000);

        assertThat(cache.counters().timeouts()).as("none waits any more").isEqualTo(timeouts);
        node.resume();
        await().atMost(BACK).until(() -> cache.status().reachable());
        load.awaitHits();
        load.end();
    }

    @Test
    void aReplicaThatTakesOverIsFound() {
        RedisProcess master = masters().getFirst();
        RedisProcess replica = RedisProcess.clusterNode();
        NODES.add(replica);
        replica.ask("CLUSTER", "MEET", "127.0.0.1", "" + master.port());
        await().atMost(BACK)
                .until(() ->
                        replica.ask("CLUSTER", "REPLICATE", master.nodeId()).equals("OK"));
        await().atMost(BACK).until(() -> replica.ask("INFO", "replication").contains("master_link_status:up"));
        // Who is not known to the others gets no votes.
        String following = "slave " + master.nodeId();
        await().atMost(BACK)
                .until(() -> NODES.stream().allMatch(node -> {
                    String known = node.ask("CLUSTER", "NODES");
                    return known.contains(following)
                            && known.lines().count() == NODES.size()
                            && !known.contains("handshake");
                }));
        storeAll();
        Load load = new Load(cache);
        load.awaitHits();

        master.kill();
        await().atMost(BACK).until(() -> !cache.status().reachable());
        await().atMost(BACK)
                .untilAsserted(() -> assertThat(cache.status().reachable())
                        .as(() -> cache.status() + "\n" + replica.ask("CLUSTER", "NODES"))
                        .isTrue());

        assertThat(replica.ask("ROLE")).startsWith("master");
        load.awaitHits();
        load.end();
        master.restart();
        await().atMost(BACK).until(() -> master.ask("ROLE").startsWith("slave"));
    }

    private static List<RedisProcess> masters() {
        return NODES.stream()
                .filter(node -> node.ask("ROLE").startsWith("master"))
                .toList();
    }

    private void storeAll() {
        for (Query query : queries) {
            cache.store(query, Samples.address(query, "192.0.2.1", 300));
        }
        await().until(() -> cache.counters().writes() >= NAMES);
    }

    private long hits() {
        return queries.stream()
                .filter(query -> cache.find(query)
                        .toCompletableFuture()
                        .orTimeout(5, TimeUnit.SECONDS)
                        .join()
                        .isPresent())
                .count();
    }
}
