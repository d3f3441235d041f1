package io.dnsproxy.resolver;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The timer of all queries: a hashed wheel that one thread turns. Setting and canceling are constant-time and cheap enough
 * to do for each query; a deadline comes up to two ticks (of {@value #TICK_MILLIS} ms) late. The thread sleeps while no
 * deadline is set.
 */
public final class Deadlines implements AutoCloseable {

    static final long TICK_MILLIS = 10;

    private static final long TICK_NANOS = TICK_MILLIS * 1_000_000;

    /** A power of two; with {@value #TICK_MILLIS} ms ticks one turn is 10 s; what is farther off stays in its slot. */
    private static final int SLOTS = 1024;

    /** Empty ticks in a row until it falls asleep. */
    private static final int LINGER_TICKS = 100;

    private final LongSupplier nanoTime;
    private final long startNanos;
    private final @Nullable Deadline[] slots = new @Nullable Deadline[SLOTS];
    private final Object lock = new Object();
    private final FaultLog faults = new FaultLog();
    private final Thread thread;
    private long nextTick;
    private int set;
    private int emptyTicks;
    private boolean asleep;
    private int wakeUps;
    private volatile boolean closed;

    /** A wheel that turns by itself. */
    public Deadlines() {
        this(System::nanoTime);
        thread.start();
    }

    /** A wheel that stands still until {@link #turn} is called. */
    Deadlines(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
        this.thread = Thread.ofPlatform().daemon().name("deadlines").unstarted(this::run);
    }

    /**
     * Sets a deadline.
     *
     * @param action runs once on the timer's thread, and must not block, unless the deadline is canceled first
     */
    public Deadline after(long delayNanos, Runnable action) {
        boolean wake;
        Deadline deadline;
        synchronized (lock) {
            long nowNanos = nanoTime.getAsLong();
            if (set == 0) {
                nextTick = Math.max(nextTick, tickOf(nowNanos));
            }
            long tick = Math.max(nextTick, tickOf(nowNanos + delayNanos) + 1);
            deadline = new Deadline(this, tick, action);
            link(deadline);
            wake = asleep;
            asleep = false;
            emptyTicks = 0;
            wakeUps += wake ? 1 : 0;
        }
        if (wake) {
            LockSupport.unpark(thread);
        }
        return deadline;
    }

    /** Whether its thread is still turning it. */
    public boolean isAlive() {
        return thread.isAlive();
    }

    /** Deadlines that are set, neither reached nor canceled. */
    public int size() {
        synchronized (lock) {
            return set;
        }
    }

    /** How often its thread was woken because a deadline was set. */
    int wakeUps() {
        synchronized (lock) {
            return wakeUps;
        }
    }

    /** Whether the next deadline that is set wakes the thread. */
    boolean isAsleep() {
        synchronized (lock) {
            return asleep;
        }
    }

    /** Stops the thread; deadlines that are set never come. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    /** Runs what is due. */
    void turn() {
        long nowTick = tickOf(nanoTime.getAsLong());
        Deadline due;
        while ((due = takeDue(nowTick)) != null) {
            try {
                due.action.run();
            } catch (RuntimeException | Error e) {
                faults.fault(e); // the other deadlines come all the same
            }
        }
    }

    private @Nullable Deadline takeDue(long nowTick) {
        synchronized (lock) {
            while (set > 0 && nextTick <= nowTick) {
                for (Deadline at = slots[slotOf(nextTick)]; at != null; at = at.next) {
                    if (at.tick <= nextTick) {
                        unlink(at);
                        return at;
                    }
                }
                nextTick++;
            }
            return null;
        }
    }

    private void run() {
        while (!closed) {
            turn();
            if (fallsAsleep()) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, TICK_NANOS);
            }
        }
    }

    private boolean fallsAsleep() {
        synchronized (lock) {
            emptyTicks = set == 0 ? emptyTicks + 1 : 0;
            asleep = emptyTicks >= LINGER_TICKS;
            return asleep;
        }
    }

    private long tickOf(long nanos) {
        return (nanos - startNanos) / TICK_NANOS;
    }

    private static int slotOf(long tick) {
        return (int) tick & (SLOTS - 1);
    }

    private void link(Deadline deadline) {
        int slot = slotOf(deadline.tick);
        Deadline head = slots[slot];
        deadline.next = head;
        if (head != null) {
            head.previous = deadline;
        }
        slots[slot] = deadline;
        deadline.linked = true;
        set++;
    }

    private void unlink(Deadline deadline) {
        if (deadline.previous == null) {
            slots[slotOf(deadline.tick)] = deadline.next;
        } else {
            deadline.previous.next = deadline.next;
        }
        if (deadline.next != null) {
            deadline.next.previous = deadline.previous;
        }
        deadline.previous = null;
        deadline.next = null;
        deadline.linked = false;
        set--;
    }

    /** One deadline that was set. */
    public static final class Deadline {

        private final Deadlines wheel;
        private final long tick;
        private final Runnable action;
        private boolean linked;
        private @Nullable Deadline previous;
        private @Nullable Deadline next;

        private Deadline(Deadlines wheel, long tick, Runnable action) {
            this.wheel = wheel;
            this.tick = tick;
            this.action = action;
        }

        /** Takes it back, from any thread; without effect when its action has begun. */
        public void cancel() {
            synchronized (wheel.lock) {
                if (linked) {
                    wheel.unlink(this);
                }
            }
        }
    }
}
