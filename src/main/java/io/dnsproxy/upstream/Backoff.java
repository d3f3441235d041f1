package io.dnsproxy.upstream;

import java.util.function.DoubleSupplier;

/**
 * How long a failed upstream is left alone (RFC 7858 3.1): doubling from {@value #FIRST_MILLIS} ms up to
 * {@value #LONGEST_MILLIS} ms, each pause shortened by a random part of up to a half so that many proxies do not dial in
 * step. For one thread.
 */
final class Backoff {

    static final long FIRST_MILLIS = 100;
    static final long LONGEST_MILLIS = 10_000;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final DoubleSupplier random;
    private int failures;
    private boolean pausing;
    private long untilNanos;

    /** @param random draws from 0 (inclusive) to 1 (exclusive) */
    Backoff(DoubleSupplier random) {
        this.random = random;
    }

    /**
     * Counts a failure.
     *
     * @return the pause until the next dial, in nanoseconds
     */
    long failed(long nowNanos) {
        long pauseMillis = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(failures, 20));
        failures++;
        pausing = true;
        long pauseNanos = (long) (pauseMillis * NANOS_PER_MILLI * (1 - random.getAsDouble() / 2));
        untilNanos = nowNanos + pauseNanos;
        return pauseNanos;
    }

    /** It can be reached: nothing is left of the pause, but the next one is no shorter for that. */
    void reached() {
        pausing = false;
    }

    /** All is well: the next failure is a first one again. */
    void succeeded() {
        failures = 0;
        pausing = false;
    }

    /** How much of the pause is left, in nanoseconds; 0 when there is none. */
    long remainingNanos(long nowNanos) {
        return !pausing ? 0 : Math.max(0, untilNanos - nowNanos);
    }
}
