package io.dnsproxy.listener;

import java.util.concurrent.atomic.LongAdder;

/** How long something took, how often: counts in fixed buckets. Written by many threads without a lock, read by anyone. */
public final class TimeBuckets {

    private static final double NANOS_PER_SECOND = 1_000_000_000;

    /** Upper bounds, inclusive: from what a batch of known answers takes to beyond what clients wait for. */
    private static final long[] BOUNDS_NANOS = {
        50_000L,
        100_000L,
        200_000L,
        500_000L,
        1_000_000L,
        2_000_000L,
        5_000_000L,
        10_000_000L,
        20_000_000L,
        50_000_000L,
        100_000_000L,
        200_000_000L,
        500_000_000L,
        1_000_000_000L,
        2_000_000_000L,
        5_000_000_000L
    };

    /** The last one is for whatever took longer. */
    private final LongAdder[] counts = new LongAdder[BOUNDS_NANOS.length + 1];

    private final LongAdder totalNanos = new LongAdder();

    TimeBuckets() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /**
     * So many took so long. Allocates nothing.
     *
     * @param nanos less than 0 counts as 0
     */
    void add(long nanos, int count) {
        long took = Math.max(0, nanos);
        int bucket = 0;
        while (bucket < BOUNDS_NANOS.length && took > BOUNDS_NANOS[bucket]) {
            bucket++;
        }
        counts[bucket].add(count);
        totalNanos.add(took * count);
    }

    /** The upper bound of each bucket but the last, which has none, in seconds. */
    public static double[] boundsSeconds() {
        double[] seconds = new double[BOUNDS_NANOS.length];
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] = BOUNDS_NANOS[i] / NANOS_PER_SECOND;
        }
        return seconds;
    }

    /** How many were in each bucket, and in no earlier one. */
    public long[] counts() {
        long[] now = new long[counts.length];
        for (int i = 0; i < now.length; i++) {
            now[i] = counts[i].sum();
        }
        return now;
    }

    /** All together, in seconds. */
    public double totalSeconds() {
        return totalNanos.sum() / NANOS_PER_SECOND;
    }
}
