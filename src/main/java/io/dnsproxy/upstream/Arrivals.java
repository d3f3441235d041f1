package io.dnsproxy.upstream;

import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Hands queries over from any thread to the upstream's event loop, in batches: while the loop is busy they gather, and those
 * that it then finds leave together.
 */
final class Arrivals {

    private final EventLoop loop;
    private final Runnable drain;
    private final Queue<PendingExchange> arriving = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean drainScheduled = new AtomicBoolean();

    /** @param drain run on the loop when something has arrived: takes some of it by {@link #poll}, and ends with {@link #end} */
    Arrivals(EventLoop loop, Runnable drain) {
        this.loop = loop;
        this.drain = drain;
    }

    /** Adds one, from any thread. */
    void add(PendingExchange exchange) {
        arriving.add(exchange);
        schedule();
    }

    private void schedule() {
        if (drainScheduled.compareAndSet(false, true)) {
            try {
                loop.execute(drain);
            } catch (RejectedExecutionException e) {
                fail();
            }
        }
    }

    /** The next one, null when there is none. On the loop. */
    @Nullable
    PendingExchange poll() {
        return arriving.poll();
    }

    /**
     * Ends a drain. What is left is drained when the loop has turned to the network: a scheduled task is not looked at before, while one
     * that is just executed would come next. On the loop.
     */
    void end() {
        if (arriving.isEmpty()) {
            drainScheduled.set(false);
            if (!arriving.isEmpty()) {
                schedule();
            }
            return;
        }
        try {
            loop.schedule(drain, 0, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            fail();
        }
    }

    /** The event loop has ended: nobody else will. */
    private void fail() {
        drainScheduled.set(false);
        PendingExchange exchange;
        while ((exchange = arriving.poll()) != null) {
            exchange.fail(UpstreamException.Reason.STOPPED, "shutting down");
        }
    }
}
