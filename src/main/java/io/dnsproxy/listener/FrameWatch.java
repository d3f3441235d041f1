package io.dnsproxy.listener;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether a message that has begun comes to its end in time: one octet now and then must not hold a place (a "slowloris"). On the
 * connection's event loop.
 */
final class FrameWatch {

    private final long timeoutNanos;
    private final Runnable slow;
    private @Nullable Future<?> check;
    private boolean begun;
    private long begunNanos;

    /** @param slow what to do with a connection whose message is late */
    FrameWatch(long timeoutNanos, Runnable slow) {
        this.timeoutNanos = timeoutNanos;
        this.slow = slow;
    }

    /**
     * After everything that was read, or that changed whether anything is.
     *
     * @param partial a part of a message is here, and the rest is read when it comes
     */
    void look(EventExecutor loop, boolean partial) {
        if (partial && !begun) {
            begunNanos = System.nanoTime();
            if (check == null) {
                schedule(loop, timeoutNanos);
            }
        }
        begun = partial;
    }

    /** A message is complete: what is here of the next one has just begun. */
    void completed() {
        begun = false;
    }

    /** Looks no more, so that the timer does not hold the connection until it is due. */
    void end() {
        begun = false;
        if (check != null) {
            check.cancel(false);
        }
    }

    private void schedule(EventExecutor loop, long delayNanos) {
        check = loop.schedule(() -> check(loop), delayNanos, TimeUnit.NANOSECONDS);
    }

    private void check(EventExecutor loop) {
        check = null;
        if (!begun) {
            return;
        }
        long leftNanos = begunNanos + timeoutNanos - System.nanoTime();
        if (leftNanos > 0) {
            schedule(loop, leftNanos);
        } else {
            slow.run();
        }
    }
}
