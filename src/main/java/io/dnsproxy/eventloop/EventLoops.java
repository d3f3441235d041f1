package io.dnsproxy.eventloop;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Event loops on Netty's NIO transport that are woken once, and sleep through.
 *
 * <p>Netty's own handler answers a wake-up from another thread with one to itself, so that each costs two system calls to write,
 * two to read, and two turns of the loop. And it turns without a pause in the last half millisecond before a scheduled task. Where queries
 * come one by one that is a good part of what one costs.
 */
public final class EventLoops {

    private EventLoops() {}

    /**
     * A group of loops, to be shut down by the caller. Each starts its thread with its first task.
     *
     * @param name of the daemon threads, which get numbers as well
     */
    public static MultiThreadIoEventLoopGroup named(String name, int threads) {
        IoHandlerFactory factory = executor -> {
            RememberedSelector selector = new RememberedSelector();
            return new Sleeping(executor, NioIoHandler.newFactory(selector).newHandler(executor), selector);
        };
        return new Group(threads, new ThreadPerTaskExecutor(new DefaultThreadFactory(name, true)), factory);
    }

    /**
     * Its loops turn to what comes over the network however many tasks there are: Netty's would after a second, and who is flooded
     * would read nothing.
     */
    private static final class Group extends MultiThreadIoEventLoopGroup {

        private static final long TASKS_MILLIS = 5;

        Group(int threads, Executor executor, IoHandlerFactory factory) {
            super(threads, executor, factory);
        }

        @Override
        protected IoEventLoop newChild(Executor executor, IoHandlerFactory factory, Object... args) {
            return new SingleThreadIoEventLoop(
                    this, executor, factory, Integer.MAX_VALUE, RejectedExecutionHandlers.reject(), TASKS_MILLIS);
        }
    }

    /**
     * Hands everything on to Netty's handler but wake-ups, which go to the selector: it remembers one that comes before it sleeps, and
     * takes many for one.
     */
    private static final class Sleeping implements IoHandler {

        private final ThreadAwareExecutor loop;
        private final IoHandler netty;
        private final RememberedSelector selector;
        private @Nullable RoundedUp roundedUp;

        Sleeping(ThreadAwareExecutor loop, IoHandler netty, RememberedSelector selector) {
            this.loop = loop;
            this.netty = netty;
            this.selector = selector;
        }

        @Override
        public void initialize() {
            netty.initialize();
        }

        @Override
        public int run(IoHandlerContext context) {
            RoundedUp ours = roundedUp;
            if (ours == null || !ours.loop.equals(context)) {
                ours = new RoundedUp(context);
                roundedUp = ours; // a loop has one context for all its turns
            }
            return netty.run(ours);
        }

        @Override
        public void prepareToDestroy() {
            netty.prepareToDestroy();
        }

        @Override
        public void destroy() {
            netty.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return netty.register(handle);
        }

        @Override
        public void wakeup() {
            if (!loop.isExecutorThread(Thread.currentThread())) {
                selector.wakeup();
            }
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return netty.isCompatible(handleType);
        }
    }

    /** Selectors count in milliseconds: a task comes up to one late, instead of being waited for awake. Netty's handler rounds half up by itself. */
    private record RoundedUp(IoHandlerContext loop) implements IoHandlerContext {

        private static final long ALMOST_HALF_NANOS = TimeUnit.MICROSECONDS.toNanos(500) - 1;

        @Override
        public boolean canBlock() {
            return loop.canBlock();
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            long delayNanos = loop.delayNanos(currentTimeNanos);
            return delayNanos <= 0
                    ? delayNanos
                    : Math.max(delayNanos, delayNanos + ALMOST_HALF_NANOS); // for ever stays so
        }

        @Override
        public long deadlineNanos() {
            return loop.deadlineNanos();
        }

        @Override
        public void reportActiveIoTime(long activeNanos) {
            loop.reportActiveIoTime(activeNanos);
        }

        @Override
        public boolean shouldReportActiveIoTime() {
            return loop.shouldReportActiveIoTime();
        }
    }
}
