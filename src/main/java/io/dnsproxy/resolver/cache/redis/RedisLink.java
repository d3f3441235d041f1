package io.dnsproxy.resolver.cache.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A connection to one Redis, or to a cluster, with the few commands of a cache. No command blocks or throws. Any thread. */
final class RedisLink {

    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.ASCII, ByteArrayCodec.INSTANCE);

    /** Keys of a sweep that are looked at in one step; a hint for Redis. */
    private static final int SCAN_COUNT = 500;

    /** A hash into 16,384 slots finds every master of any cluster in use long before. */
    private static final int PROBE_TRIES = 2_000;

    private final StatefulConnection<String, byte[]> connection;
    private final RedisClusterAsyncCommands<String, byte[]> commands;

    private RedisLink(
            StatefulConnection<String, byte[]> connection, RedisClusterAsyncCommands<String, byte[]> commands) {
        this.connection = connection;
        this.commands = commands;
    }

    /**
     * Connects, and waits for it.
     *
     * @throws RedisException if that fails, or takes longer than the client's times
     */
    static RedisLink open(AbstractRedisClient client) {
        return switch (client) {
            case RedisClient one -> {
                StatefulRedisConnection<String, byte[]> opened = one.connect(CODEC);
                yield new RedisLink(opened, opened.async());
            }
            case RedisClusterClient cluster -> {
                // Where each slot is may have changed while nothing could be heard.
                cluster.refreshPartitions();
                StatefulRedisClusterConnection<String, byte[]> opened = cluster.connect(CODEC);
                yield new RedisLink(opened, opened.async());
            }
            default -> throw new IllegalArgumentException("neither one Redis nor a cluster: " + client.getClass());
        };
    }

    /** The values of both names, in one command. */
    CompletionStage<List<KeyValue<String, byte[]>>> get(RedisKeys.Pair keys) {
        return send(() -> commands.mget(keys.typed(), keys.everyType()));
    }

    CompletionStage<?> set(String key, byte[] value, long lifeMillis) {
        return send(() -> commands.set(key, value, SetArgs.Builder.px(lifeMillis)));
    }

    CompletionStage<?> unlink(String... keys) {
        return send(() -> commands.unlink(keys));
    }

    /** One step over the keys of every master. */
    CompletionStage<KeyScanCursor<String>> scan(ScanCursor from, String pattern) {
        ScanArgs matching = ScanArgs.Builder.matches(pattern).limit(SCAN_COUNT);
        return send(() -> commands.scan(from, matching));
    }

    /** Asks each master for something, as a look-up would; that opens the connections which a cluster opens late. */
    CompletionStage<?> ask(RedisKeys keys) {
        List<String> found = probeKeys(keys);
        if (found.isEmpty()) {
            return CompletableFuture.failedStage(new RedisException("no master of the cluster has a slot"));
        }
        CompletableFuture<?>[] replies = found.stream()
                .map(key -> send(() -> commands.mget(key)).toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(replies);
    }

    private List<String> probeKeys(RedisKeys keys) {
        if (!(connection instanceof StatefulRedisClusterConnection<String, byte[]> cluster)) {
            return List.of(keys.probe(0));
        }
        Partitions partitions = cluster.getPartitions();
        long masters = partitions.stream()
                .filter(node -> !node.getSlots().isEmpty() && node.getRole().isUpstream())
                .count();
        List<String> found = new ArrayList<>();
        Set<String> covered = new HashSet<>();
        for (int i = 0; i < PROBE_TRIES && covered.size() < masters; i++) {
            String key = keys.probe(i);
            RedisClusterNode node = partitions.getPartitionBySlot(SlotHash.getSlot(key));
            if (node != null && covered.add(node.getNodeId())) {
                found.add(key);
            }
        }
        return found;
    }

    void close() {
        connection.closeAsync();
    }

    private static <T> CompletionStage<T> send(Supplier<CompletionStage<T>> command) {
        try {
            return command.get();
        } catch (RuntimeException | Error refused) {
            return CompletableFuture.failedStage(refused);
        }
    }
}
