package io.dnsproxy.upstream;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes one connection when it has been unused for too long (RFC 7766 6.2.3): for the upstream's {@link IdleLimit}, or less if
 * the server said so on this connection (RFC 7828 3.2.2). For the connection's event loop.
 */
final class IdleWatch {

    private final EventExecutor loop;
    private final IdleLimit limit;
    private final Unused connection;
    private long usedNanos;
    private long grantedNanos = Long.MAX_VALUE;
    private @Nullable ScheduledFuture<?> check;

    /** What is watched. */
    interface Unused {

        /** Whether a query waits for its answer. */
        boolean isInUse();

        /** It has been unused for too long. */
        void idle();
    }

    IdleWatch(EventExecutor loop, IdleLimit limit, Unused connection, long nowNanos) {
        this.loop = loop;
        this.limit = limit;
        this.connection = connection;
        this.usedNanos = nowNanos;
        checkIn(timeoutNanos());
    }

    /** A query left, or an answer came. */
    void used(long nowNanos) {
        usedNanos = nowNanos;
    }

    /** The server says how long it leaves the connection open. */
    void granted(long nanos) {
        boolean sooner = nanos < grantedNanos;
        grantedNanos = nanos;
        if (sooner) {
            checkIn(timeoutNanos());
        }
    }

    /** How long it has been unused. */
    long unusedNanos(long nowNanos) {
        return nowNanos - usedNanos;
    }

    /** Watches no longer: the connection is closed. */
    void end() {
        if (check != null) {
            check.cancel(false);
        }
    }

    private long timeoutNanos() {
        return Math.min(limit.limitNanos(), IdleLimit.below(grantedNanos));
    }

    private void checkIn(long nanos) {
        end();
        check = loop.schedule(this::check, nanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        long leftNanos = timeoutNanos() - unusedNanos(System.nanoTime());
        if (connection.isInUse()) {
            checkIn(timeoutNanos());
        } else if (leftNanos > 0) {
            checkIn(leftNanos);
        } else {
            connection.idle();
        }
    }
}
