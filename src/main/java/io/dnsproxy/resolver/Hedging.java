package io.dnsproxy.resolver;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * When a query has waited longer than 99 of 100 recent ones did, a second upstream is asked as well (a hedge). At most one
 * hedge for each {@value #QUERIES_PER_HEDGE} queries, so that the load hardly grows on a day when everything is slow. Any
 * thread; allocates nothing.
 */
public final class Hedging {

    /** One upstream of two that loses a fifth of its answers needs one hedge for ten queries. */
    static final int QUERIES_PER_HEDGE = 8;

    static final int HEDGES_SAVED_MAX = 10;

    /** Shorter waits are not worth a query; and the timer is no finer. */
    private static final long DELAY_MIN_NANOS = 2 * Deadlines.TICK_MILLIS * 1_000_000;

    /** The quantile is taken anew after so many answers, and what was counted before then counts half. */
    private static final int ANSWERS_PER_LOOK = 256;

    private static final int STEPS_PER_OCTAVE = 4;
    private static final int BUCKETS = 24 * STEPS_PER_OCTAVE;

    private final long delayMaxNanos;
    private final AtomicInteger saved = new AtomicInteger();
    private final AtomicIntegerArray counts = new AtomicIntegerArray(BUCKETS);
    private final AtomicInteger answers = new AtomicInteger();
    private final LongAdder hedges = new LongAdder();
    private volatile long delayNanos;

    /** @param attemptTimeoutNanos a hedge comes at half of that at the latest */
    public Hedging(long attemptTimeoutNanos) {
        this.delayMaxNanos = Math.max(DELAY_MIN_NANOS, attemptTimeoutNanos / 2);
        this.delayNanos = delayMaxNanos;
    }

    /** How long to wait for the first upstream. */
    long delayNanos() {
        return delayNanos;
    }

    /** A query is asked: it adds to what may be hedged. */
    void asked() {
        if (saved.get() < QUERIES_PER_HEDGE * HEDGES_SAVED_MAX) {
            saved.incrementAndGet();
        }
    }

    /** Whether one hedge more may be sent; the one who asks sends it. */
    boolean take() {
        int before;
        do {
            before = saved.get();
            if (before < QUERIES_PER_HEDGE) {
                return false;
            }
        } while (!saved.compareAndSet(before, before - QUERIES_PER_HEDGE));
        hedges.increment();
        return true;
    }

    /** A query was answered after so long, by whomever. */
    void answered(long nanos) {
        counts.incrementAndGet(bucketOf(nanos));
        if (answers.incrementAndGet() % ANSWERS_PER_LOOK == 0) {
            look();
        }
    }

    /** Queries sent to a second upstream because the first took long. */
    public long hedges() {
        return hedges.sum();
    }

    private void look() {
        long total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            total += counts.get(i);
        }
        long above = 0;
        int bucket = BUCKETS - 1;
        while (bucket > 0 && above + counts.get(bucket) <= total / 100) {
            above += counts.get(bucket--);
        }
        for (int i = 0; i < BUCKETS; i++) {
            int count = counts.get(i);
            counts.addAndGet(i, -(count - count / 2));
        }
        delayNanos = Math.clamp(nanosAbove(bucket), DELAY_MIN_NANOS, delayMaxNanos);
    }

    /** Four steps to each doubling, from a microsecond on. */
    private static int bucketOf(long nanos) {
        long micros = Math.max(STEPS_PER_OCTAVE, TimeUnit.NANOSECONDS.toMicros(nanos));
        int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros);
        int step = (int) (micros >>> (octave - 2)) & (STEPS_PER_OCTAVE - 1);
        return Math.min(BUCKETS - 1, (octave - 2) * STEPS_PER_OCTAVE + step);
    }

    /** The upper end of a bucket. */
    private static long nanosAbove(int bucket) {
        int octave = bucket / STEPS_PER_OCTAVE + 2;
        long micros = (long) (STEPS_PER_OCTAVE + bucket % STEPS_PER_OCTAVE + 1) << (octave - 2);
        return TimeUnit.MICROSECONDS.toNanos(micros);
    }
}
