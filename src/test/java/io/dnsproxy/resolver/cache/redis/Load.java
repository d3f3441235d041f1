package io.dnsproxy.resolver.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.wire.Query;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Looks up and stores on and on, some at a time, and notes how each look-up ended: none may fail, none may take much longer
 * than the budget.
 */
final class Load implements AutoCloseable {

    /** Look-ups at one time. */
    static final int WIDTH = 8;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Longer than this was waited for. */
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final RedisCache cache;
    private final Query[] queries = IntStream.range(0, 100)
            .mapToObj(i -> Samples.query("n" + i + ".example.org"))
            .toArray(Query[]::new);
    private final LongAdder lookups = new LongAdder();
    private final LongAdder hits = new LongAdder();
    private final Thread thread;

    volatile long slow;
    private volatile long slowestNanos;
    private volatile @Nullable Throwable failure;
    private volatile boolean ended;

    Load(RedisCache cache) {
        this.cache = cache;
        thread = Thread.ofPlatform().daemon().start(this::run);
    }

    private void run() {
        try {
            for (int round = 0; !ended; round++) {
                CompletableFuture<?>[] all = new CompletableFuture<?>[WIDTH];
                for (int i = 0; i < WIDTH; i++) {
                    all[i] = lookUp(queries[(round * WIDTH + i) % queries.length]);
                }
                CompletableFuture.allOf(all).get(5, TimeUnit.SECONDS);
                TimeUnit.MICROSECONDS.sleep(200); // a rate, not a wait
            }
        } catch (Throwable thrown) {
            failure = thrown;
        }
    }

    private CompletableFuture<Optional<KeptAnswer>> lookUp(Query query) {
        long startNanos = System.nanoTime();
        return cache.find(query).toCompletableFuture().whenComplete((found, _) -> {
            long tookNanos = System.nanoTime() - startNanos;
            note(tookNanos);
            lookups.increment();
            if (found != null && found.isPresent()) {
                hits.increment();
            } else {
                cache.store(query, Samples.address(query, "192.0.2.1", 300));
            }
        });
    }

    private synchronized void note(long tookNanos) {
        slowestNanos = Math.max(slowestNanos, tookNanos);
        if (tookNanos > SLOW_NANOS) {
            slow = slow + 1;
        }
    }

    /** Waits for some hits from now on. */
    void awaitHits() {
        await(hits, 500);
    }

    /** Waits for so many look-ups from now on. */
    void awaitLookups(int more) {
        await(lookups, more);
    }

    private void await(LongAdder counter, int more) {
        long enough = counter.sum() + more;
        Awaitility.await().atMost(PATIENCE).until(() -> failure != null || counter.sum() >= enough);
        assertThat(failure).isNull();
    }

    /** Ends it, and holds it to its promises. */
    void end() {
        close();
        assertThat(failure).isNull();
        assertThat(Duration.ofNanos(slowestNanos)).isLessThan(Duration.ofMillis(400));
    }

    @Override
    public void close() {
        ended = true;
        await(thread);
    }

    private static void await(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
