package io.dnsproxy.resolver.cache.redis;

import io.dnsproxy.resolver.cache.redis.RedisCounters.Drop;
import io.lettuce.core.RedisReadOnlyException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What is written to Redis behind the back of a query, or not at all: bounded in octets, and with a pause after a write that was
 * refused. A Redis that is full or read-only still answers look-ups, so that pause is of writes alone. Any thread.
 */
final class RedisWrites {

    /** Answers are some hundred octets each; what is beyond this is a Redis that falls behind. */
    static final int MAX_OCTETS = 4 << 20;

    /** What a command takes beside its value. */
    private static final int COMMAND_OCTETS = 512;

    private final RedisConnection connection;
    private final RedisCounters counters;
    private final Semaphore octetsLeft = new Semaphore(MAX_OCTETS);
    private final CircuitBreaker breaker = new CircuitBreaker(
            1, System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());

    RedisWrites(RedisConnection connection, RedisCounters counters) {
        this.connection = connection;
        this.counters = counters;
    }

    void set(String key, byte[] value, long lifeMillis) {
        int octets = value.length + COMMAND_OCTETS;
        RedisLink link = connection.usable();
        if (link == null) {
            counters.dropped(Drop.UNREACHABLE);
        } else if (!octetsLeft.tryAcquire(octets)) {
            counters.dropped(Drop.FULL);
        } else if (!breaker.isClosed() && !breaker.tryProbe()) {
            octetsLeft.release(octets);
            counters.dropped(Drop.PAUSED);
        } else {
            link.set(key, value, lifeMillis).whenComplete((_, failure) -> {
                octetsLeft.release(octets);
                wrote(failure);
            });
        }
    }

    /** A Redis that takes no answers because it is full still removes some, so this passes by the pause of writing. */
    void unlink(String... keys) {
        RedisLink link = connection.usable();
        if (link == null) {
            counters.dropped(Drop.UNREACHABLE);
        } else if (!octetsLeft.tryAcquire(COMMAND_OCTETS)) {
            counters.dropped(Drop.FULL);
        } else {
            link.unlink(keys).whenComplete((_, failure) -> {
                octetsLeft.release(COMMAND_OCTETS);
                if (failure != null) {
                    counters.dropped(Drop.FAILED);
                }
            });
        }
    }

    /** Octets that wait to be written, with what commands take beside their values. */
    int outstandingOctets() {
        return MAX_OCTETS - octetsLeft.availablePermits();
    }

    private void wrote(@Nullable Throwable failure) {
        if (failure == null) {
            counters.writes.increment();
            breaker.succeeded();
            return;
        }
        counters.dropped(Drop.FAILED);
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (breaker.failed() && cause instanceof RedisReadOnlyException) {
            connection.renew();
        }
    }
}
