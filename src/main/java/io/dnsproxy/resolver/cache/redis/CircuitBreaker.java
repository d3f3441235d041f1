package io.dnsproxy.resolver.cache.redis;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Says whether to ask somebody who may be down. Closed: ask. After some failures in a row it opens: do not ask, until a pause is over
 * and one caller, and only one, gets to {@link #tryProbe}; an answer closes it again, a failure makes the next pause twice
 * as long, {@value #FIRST_PAUSE_MILLIS} ms up to {@value #LONGEST_PAUSE_MILLIS} ms. Each pause is shortened by a random part
 * of up to a half, so that many instances do not probe in step. Who fails again soon after it came back is not trusted
 * like one that was well for ten times the last pause: the pauses go on growing. Any thread.
 */
final class CircuitBreaker {

    static final long FIRST_PAUSE_MILLIS = 250;
    static final long LONGEST_PAUSE_MILLIS = 5_000;

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Closed for as many times the last pause as this, and the next pause is a first one. */
    private static final int FORGIVEN_PAUSES = 10;

    private enum State {
        CLOSED,
        OPEN,
        PROBING
    }

    private final int failuresToOpen;
    private final LongSupplier nanoTime;
    private final DoubleSupplier random;

    private volatile State state = State.CLOSED;
    private volatile int failures;

    /** Pauses since the last first one. */
    private int pauses;

    private long lastPauseMillis;
    private long closedAtNanos;
    private long probeAtNanos;

    /**
     * A closed one.
     *
     * @param failuresToOpen how many failures in a row open it
     * @param nanoTime the clock
     * @param random draws from 0 (inclusive) to 1 (exclusive)
     */
    CircuitBreaker(int failuresToOpen, LongSupplier nanoTime, DoubleSupplier random) {
        this.failuresToOpen = failuresToOpen;
        this.nanoTime = nanoTime;
        this.random = random;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** An answer came in time. While it is open and nobody probes, that is of the past and changes nothing. */
    void succeeded() {
        if (state == State.CLOSED && failures == 0) {
            return;
        }
        synchronized (this) {
            if (state == State.OPEN) {
                return;
            }
            if (state == State.PROBING) {
                state = State.CLOSED;
                closedAtNanos = nanoTime.getAsLong();
            }
            failures = 0;
        }
    }

    /**
     * An answer did not come, or not in time.
     *
     * @return whether this opened it, be it again
     */
    synchronized boolean failed() {
        if (state == State.OPEN) {
            return false;
        }
        boolean wasClosed = state == State.CLOSED;
        if (wasClosed && failures + 1 < failuresToOpen) {
            failures = failures + 1;
            return false;
        }
        long nowNanos = nanoTime.getAsLong();
        if (wasClosed && nowNanos - closedAtNanos >= FORGIVEN_PAUSES * lastPauseMillis * NANOS_PER_MILLI) {
            pauses = 0;
        }
        long pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(pauses, 10));
        pauses++;
        lastPauseMillis = pauseMillis;
        probeAtNanos = nowNanos + (long) (pauseMillis * NANOS_PER_MILLI * (1 - random.getAsDouble() / 2));
        state = State.OPEN;
        return true;
    }

    /** Opens it without a pause: it is not known yet whether there is anybody. */
    synchronized void doubt() {
        state = State.OPEN;
        probeAtNanos = nanoTime.getAsLong();
    }

    /** Whether the caller may ask once, and must then say how that went. */
    synchronized boolean tryProbe() {
        if (state != State.OPEN || pauseNanos() > 0) {
            return false;
        }
        state = State.PROBING;
        return true;
    }

    /** What is left of the pause, in nanoseconds; 0 if nothing is. */
    synchronized long pauseNanos() {
        return state == State.OPEN ? Math.max(0, probeAtNanos - nanoTime.getAsLong()) : 0;
    }
}
