package io.dnsproxy.analysis;

import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.resolver.cache.SharedCache;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.QuestionKey;
import io.dnsproxy.wire.Rcode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A Redis server, and the way to it: each command takes one round trip, and takes effect half-way. Each instance has the
 * time budget and the circuit breaker of the service.
 */
final class ModeledRedis {

    /** How long an instance waits for Redis. */
    static final Duration BUDGET = Duration.ofMillis(20);

    /** After so many failures in a row an instance leaves Redis alone, and only looks now and then whether it is back. */
    private static final int FAILURES_TO_OPEN = 3;

    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(250).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(5).toNanos();

    private final VirtualTime time;
    private final long roundTripNanos;
    private final long downFromNanos;
    private final long downToNanos;
    private final Map<QuestionKey, Value> values = new HashMap<>();
    private long lookups;
    private long stores;
    private long timeouts;

    ModeledRedis(VirtualTime time, Setup setup) {
        this.time = time;
        this.roundTripNanos = setup.redisRoundTrip.toNanos();
        Setup.Interval down = setup.redisDown;
        this.downFromNanos = down == null ? Long.MAX_VALUE : down.from().toNanos();
        this.downToNanos = down == null ? Long.MAX_VALUE : down.to().toNanos();
    }

    /** One instance's connection to it. */
    SharedCache connection() {
        return new Connection();
    }

    private boolean isDown() {
        return time.nanos() >= downFromNanos && time.nanos() < downToNanos;
    }

    private @Nullable Value get(Query query) {
        Value typed = values.get(query.key());
        return typed != null && typed.remainingNanos(time.nanos()) > 0 ? typed : values.get(query.nameKey());
    }

    private void put(Query query, KeptAnswer kept) {
        boolean everyType =
                kept.answer().rcode() == Rcode.NXDOMAIN && kept.answer().answerRecords() == 0;
        values.put(everyType ? query.nameKey() : query.key(), new Value(kept, time.nanos()));
    }

    /** Questions that it was asked. */
    long lookups() {
        return lookups;
    }

    /** Questions for whose answer an instance waited in vain. */
    long timeouts() {
        return timeouts;
    }

    /** Answers that it was given. */
    long stores() {
        return stores;
    }

    /** Entries, stale ones too. */
    int size() {
        return values.size();
    }

    /** Octets of all messages that it keeps. */
    long messageOctets() {
        long sum = 0;
        for (Value value : values.values()) {
            sum += value.kept.answer().toMessage().length;
        }
        return sum;
    }

    private record Value(KeptAnswer kept, long bornNanos) {

        long remainingNanos(long nowNanos) {
            return bornNanos + Duration.ofSeconds(kept.ttlSeconds()).toNanos() - nowNanos;
        }

        KeptAnswer aged(long nowNanos) {
            return new KeptAnswer(
                    kept.answer(),
                    kept.ttlSeconds(),
                    Duration.ofNanos(nowNanos - bornNanos).toMillis());
        }
    }

    /** Gives up after {@link #BUDGET}; a breaker keeps clients from waiting for what does not come. */
    private final class Connection implements SharedCache {

        private int failures;
        private boolean open;

        @Override
        public CompletionStage<Optional<KeptAnswer>> find(Query query) {
            if (open) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            lookups++;
            CompletableFuture<Optional<KeptAnswer>> found = new CompletableFuture<>();
            if (isDown()) {
                timeouts++;
                time.after(BUDGET.toNanos(), () -> {
                    failed();
                    found.complete(Optional.empty());
                });
            } else {
                time.after(roundTripNanos / 2, () -> reply(get(query), found));
            }
            return found;
        }

        private void reply(@Nullable Value value, CompletableFuture<Optional<KeptAnswer>> found) {
            time.after(roundTripNanos - roundTripNanos / 2, () -> {
                failures = 0;
                found.complete(Optional.ofNullable(value).map(it -> it.aged(time.nanos())));
            });
        }

        private void failed() {
            if (++failures >= FAILURES_TO_OPEN && !open) {
                open = true;
                probeAfter(FIRST_PAUSE_NANOS);
            }
        }

        /** No client waits for this. */
        private void probeAfter(long pauseNanos) {
            time.after(pauseNanos, () -> {
                if (isDown()) {
                    probeAfter(Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS));
                } else {
                    open = false;
                    failures = 0;
                }
            });
        }

        @Override
        public void store(Query query, KeptAnswer kept) {
            if (!open && !isDown()) {
                stores++;
                time.after(roundTripNanos / 2, () -> put(query, kept));
            }
        }

        @Override
        public void remove(Query query) {
            values.remove(query.key());
        }

        @Override
        public void clear() {
            values.clear();
        }
    }
}
