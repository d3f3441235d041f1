package io.dnsproxy.resolver.cache.redis;

import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.resolver.cache.SharedCache;
import io.dnsproxy.wire.Query;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.KeyValue;
import io.lettuce.core.MaintNotificationsConfig;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The answers that several instances share, in Redis: one server, what a sentinel names, or a cluster.
 *
 * <p>Whatever Redis does, a query pays at most the time budget, and after a few that paid it none does until Redis answers again:
 * then every look-up is empty at once, those under way too, and a probe in the background finds out when it is back. Nothing
 * waits in line for a Redis that is away. What it holds is not believed, see {@link StoredAnswer}. Any thread.
 *
 * <p>A look-up that finds something continues on a thread of Lettuce, one that runs out of time on the JDK's timer: neither may
 * be blocked.
 */
public final class RedisCache implements SharedCache, AutoCloseable {

    static final int MAX_READS = 4_096;

    private static final CompletionStage<Optional<KeptAnswer>> NOTHING =
            CompletableFuture.completedStage(Optional.empty());

    private final RedisKeys keys;
    private final long timeoutNanos;
    private final long staleMillis;
    private final InstantSource clock;
    private final RedisCounters counters = new RedisCounters();
    private final RedisConnection connection;
    private final RedisWrites writes;
    private final RedisSweep sweep;

    private final Semaphore reads = new Semaphore(MAX_READS);
    private final Set<Lookup> waiting = ConcurrentHashMap.newKeySet();

    /** One that is under way; each is itself alone. */
    private static final class Lookup {

        private final Query query;
        private final RedisKeys.Pair at;
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();

        private final long startNanos = System.nanoTime();

        Lookup(Query query, RedisKeys.Pair at) {
            this.query = query;
            this.at = at;
        }

        /** Whether the timer was late too, so that it is this program that stood still, and perhaps not Redis. */
        boolean isLongOverdue(long timeoutNanos) {
            return System.nanoTime() - startNanos > 2 * timeoutNanos;
        }
    }

    /** How a look-up ended. */
    private sealed interface Reply {

        record Came(List<KeyValue<String, byte[]>> found) implements Reply {}

        record Failed(String reason) implements Reply {}

        enum Nothing implements Reply {
            TIMED_OUT,
            GIVEN_UP
        }
    }

    /**
     * Begins to connect in the background.
     *
     * @param client of one Redis or of a cluster, built with {@link #prepare}; stays the caller's
     * @param keyPrefix what all keys start with: letters, digits, and {@code : . _ - /}
     * @param timeout longest time that a look-up takes
     * @param staleWindow how long an answer is kept past its TTL
     */
    public RedisCache(AbstractRedisClient client, String keyPrefix, Duration timeout, Duration staleWindow) {
        this(client, keyPrefix, timeout, staleWindow, InstantSource.system());
    }

    RedisCache(
            AbstractRedisClient client, String keyPrefix, Duration timeout, Duration staleWindow, InstantSource clock) {
        this.keys = new RedisKeys(keyPrefix);
        this.timeoutNanos = timeout.toNanos();
        this.staleMillis = staleWindow.toMillis();
        this.clock = clock;
        this.connection = new RedisConnection(client, keys, timeoutNanos, clock);
        this.writes = new RedisWrites(connection, counters);
        this.sweep = new RedisSweep(connection, keys.pattern());
        connection.start(sweep::resume);
    }

    /** Sets what this cache needs of its client: that no command waits for a connection, or is sent again on the next one. */
    public static void prepare(ClientOptions.Builder options) {
        options.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(_ -> true)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled());
    }

    @Override
    public CompletionStage<Optional<KeptAnswer>> find(Query query) {
        RedisLink link = connection.usable();
        if (link == null || !reads.tryAcquire()) {
            counters.unasked.increment();
            return NOTHING;
        }
        counters.gets.increment();
        Lookup lookup = new Lookup(query, keys.of(query));
        waiting.add(lookup);
        link.get(lookup.at).whenComplete((found, failure) -> {
            reads.release();
            if (failure == null) {
                counters.latencyNanos.accept(System.nanoTime() - lookup.startNanos);
            }
            lookup.reply.complete(
                    failure == null ? new Reply.Came(found) : new Reply.Failed(RedisFailures.text(failure)));
        });
        if (connection.usable() == null) {
            lookup.reply.complete(Reply.Nothing.GIVEN_UP);
        }
        return lookup.reply
                .completeOnTimeout(Reply.Nothing.TIMED_OUT, timeoutNanos, TimeUnit.NANOSECONDS)
                .thenApply(reply -> Optional.ofNullable(conclude(lookup, reply)));
    }

    private @Nullable KeptAnswer conclude(Lookup lookup, Reply reply) {
        waiting.remove(lookup);
        switch (reply) {
            case Reply.Came(List<KeyValue<String, byte[]>> found) -> {
                connection.succeeded();
                return newer(lookup, found);
            }
            case Reply.Failed(String reason) -> {
                counters.errors.increment();
                if (reason.equals(RedisFailures.TRY_AGAIN)) {
                    connection.succeeded();
                } else {
                    failed(reason);
                }
            }
            case Reply.Nothing.TIMED_OUT -> {
                counters.timeouts.increment();
                if (!lookup.isLongOverdue(timeoutNanos)) {
                    failed(RedisFailures.TIMEOUT);
                }
            }
            case Reply.Nothing.GIVEN_UP -> {}
        }
        return null;
    }

    private void failed(String reason) {
        if (connection.failed(reason)) {
            waiting.forEach(lookup -> lookup.reply.complete(Reply.Nothing.GIVEN_UP));
        }
    }

    /** The younger of two, fresh or not: it says what became of the other. */
    private @Nullable KeptAnswer newer(Lookup lookup, List<KeyValue<String, byte[]>> found) {
        KeptAnswer typed = read(lookup.query, found.get(0), false);
        KeptAnswer everyType = read(lookup.query, found.get(1), true);
        if (typed != null || everyType != null) {
            counters.hits.increment();
        }
        if (typed == null || everyType == null) {
            return typed == null ? everyType : typed;
        }
        return typed.ageMillis() <= everyType.ageMillis() ? typed : everyType;
    }

    private @Nullable KeptAnswer read(Query query, KeyValue<String, byte[]> entry, boolean everyType) {
        if (!entry.hasValue()) {
            return null;
        }
        KeptAnswer kept = StoredAnswer.decode(entry.getValue(), query, everyType, clock.millis(), staleMillis);
        if (kept == null) {
            counters.rejected.increment();
            writes.unlink(entry.getKey());
        }
        return kept;
    }

    @Override
    public void store(Query query, KeptAnswer kept) {
        byte[] value = StoredAnswer.encode(query, kept, clock.millis());
        if (value == null) {
            return;
        }
        RedisKeys.Pair at = keys.of(query);
        String key = kept.answer().deniesEveryType() ? at.everyType() : at.typed();
        long lifeMillis = kept.ttlSeconds() * 1_000L + staleMillis - kept.ageMillis();
        if (lifeMillis > 0) {
            writes.set(key, value, lifeMillis);
        }
    }

    @Override
    public void remove(Query query) {
        RedisKeys.Pair at = keys.of(query);
        writes.unlink(at.typed(), at.everyType());
    }

    @Override
    public void clear() {
        sweep.begin();
    }

    /** How it is; a snapshot. */
    public RedisStatus status() {
        return connection.status();
    }

    /** What it has done. */
    public RedisCounters counters() {
        return counters;
    }

    /** Look-ups that Redis has not replied to, those that nobody waits for any more included. */
    public int outstandingReads() {
        return MAX_READS - reads.availablePermits();
    }

    /** Octets that wait to be written. */
    public int outstandingWriteOctets() {
        return writes.outstandingOctets();
    }

    /** Ends it, within a tenth of a second; look-ups under way end empty within the budget. The client stays open. */
    @Override
    public void close() {
        connection.close();
    }
}
