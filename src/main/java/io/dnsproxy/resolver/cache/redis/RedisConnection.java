package io.dnsproxy.resolver.cache.redis;

import io.dnsproxy.resolver.cache.redis.RedisStatus.RedisFailure;
import io.lettuce.core.AbstractRedisClient;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to Redis: opened in the background, given up when it does not answer, and opened anew, so that it also comes
 * back where the old one would never tell that its other end is gone. Whoever uses it reports how that went. Its one
 * thread does what may block, and the steps of long work; queries never wait for it.
 */
final class RedisConnection implements AutoCloseable {

    static final int FAILURES_TO_OPEN = 3;

    private static final Logger LOG = LoggerFactory.getLogger(RedisConnection.class);

    /** The first answers on a new connection are slow; then one must come within the budget. */
    private static final int PROBE_ASKS = 3;

    private static final long PROBE_PATIENCE_NANOS = 1_000_000_000;

    private static final long CLOSE_PATIENCE_MILLIS = 100;

    /** Between two lines in the log about the same trouble. */
    private static final long LOG_INTERVAL_NANOS = 60_000_000_000L;

    private final AbstractRedisClient client;
    private final RedisKeys keys;
    private final long timeoutNanos;
    private final InstantSource clock;
    private final CircuitBreaker breaker = new CircuitBreaker(
            FAILURES_TO_OPEN,
            System::nanoTime,
            () -> ThreadLocalRandom.current().nextDouble());
    private final ScheduledThreadPoolExecutor background;

    private volatile @Nullable RedisLink link;
    private volatile RedisStatus status;
    private volatile boolean closed;
    private volatile Runnable whenBack = () -> {};

    /** Of the background thread. */
    private long quietUntilNanos = System.nanoTime();

    private boolean saidLost;

    RedisConnection(AbstractRedisClient client, RedisKeys keys, long timeoutNanos, InstantSource clock) {
        this.client = client;
        this.keys = keys;
        this.timeoutNanos = timeoutNanos;
        this.clock = clock;
        status = new RedisStatus(false, clock.instant(), null);
        background = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("redis-cache").factory());
        breaker.doubt();
    }

    /**
     * Begins to connect.
     *
     * @param whenBack is run on the background thread each time Redis answers again
     */
    void start(Runnable whenBack) {
        this.whenBack = whenBack;
        later(0, this::probe);
    }

    /** What may be asked now; null while Redis does not answer. */
    @Nullable
    RedisLink usable() {
        return breaker.isClosed() ? link : null;
    }

    /** A reply came within the budget. */
    void succeeded() {
        breaker.succeeded();
    }

    /**
     * A reply did not come within the budget, or was an error.
     *
     * @param reason short, without names of queries
     * @return whether this one was enough: from now on {@link #usable} has nothing, until a probe is answered
     */
    boolean failed(String reason) {
        // A straggler must not speak for the probe.
        if (!breaker.isClosed() || !breaker.failed()) {
            return false;
        }
        later(breaker.pauseNanos(), this::probe); // first of all: nothing else would ever close the breaker
        status = new RedisStatus(false, clock.instant(), new RedisFailure(reason, clock.instant()));
        later(0, () -> sayLost(reason));
        return true;
    }

    RedisStatus status() {
        return status;
    }

    /** Runs an action on the background thread; not at all once this is closed. */
    void later(long delayNanos, Runnable action) {
        if (!closed) {
            try {
                background.schedule(action, delayNanos, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException justClosed) {
                // nothing is wanted of it any more
            }
        }
    }

    /** Ends it. Waits a moment for a connection attempt that is under way: one that is cut off leaves a buffer behind. */
    @Override
    public void close() {
        closed = true;
        background.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        background.shutdown();
        try {
            background.awaitTermination(CLOSE_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException inAHurry) {
            Thread.currentThread().interrupt();
        }
        background.shutdownNow();
        giveUp();
    }

    /**
     * The link may lead to one who no longer takes writes, as after a failover by name: connects anew, and leaves the old link in use
     * until that has been done.
     */
    void renew() {
        later(0, () -> {
            try {
                RedisLink old = link;
                RedisLink opened = RedisLink.open(client);
                link = opened;
                if (old != null) {
                    later(PROBE_PATIENCE_NANOS, old::close); // by then it has no command any more
                }
                if (closed) {
                    opened.close();
                }
            } catch (RuntimeException stillOnTheOldOne) {
                // that one goes on being good for reading
            }
        });
    }

    private void probe() {
        if (closed || !breaker.tryProbe()) {
            return;
        }
        String failure = attempt();
        if (failure == null) {
            status = new RedisStatus(true, clock.instant(), status.lastFailure());
            breaker.succeeded();
            sayBack();
            whenBack.run();
        } else {
            status = new RedisStatus(false, status.since(), new RedisFailure(failure, clock.instant()));
            sayLost(failure);
            breaker.failed();
            later(breaker.pauseNanos(), this::probe);
        }
    }

    /** @return why it failed, or null */
    private @Nullable String attempt() {
        try {
            RedisLink asked = link;
            if (asked == null) {
                asked = RedisLink.open(client);
                link = asked;
                if (closed) {
                    giveUp();
                }
            }
            for (int i = 0; i < PROBE_ASKS; i++) {
                long startNanos = System.nanoTime();
                asked.ask(keys).toCompletableFuture().get(PROBE_PATIENCE_NANOS, TimeUnit.NANOSECONDS);
                if (System.nanoTime() - startNanos <= timeoutNanos) {
                    return null;
                }
            }
            return RedisFailures.SLOW;
        } catch (ExecutionException | TimeoutException | RuntimeException | Error failed) {
            giveUp(); // no thread or no memory for it, perhaps: that may be over at the next probe
            return RedisFailures.text(failed);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return RedisFailures.text(closing);
        }
    }

    private void giveUp() {
        RedisLink old = link;
        link = null;
        if (old != null) {
            old.close();
        }
    }

    private void sayLost(String reason) {
        long nowNanos = System.nanoTime();
        if (!saidLost && nowNanos - quietUntilNanos >= 0) {
            saidLost = true;
            quietUntilNanos = nowNanos + LOG_INTERVAL_NANOS;
            LOG.warn("Redis does not answer ({}); answers are not shared until it does", reason);
        }
    }

    private void sayBack() {
        if (saidLost) {
            saidLost = false;
            LOG.info("Redis answers again");
        }
    }
}
