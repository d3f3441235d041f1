package io.dnsproxy.benchmark.sidebyside;

import java.util.Arrays;

/** Durations in nanoseconds, kept to about three percent. One thread. */
public final class LogHistogram {

    private static final int FINE_BITS = 5;
    private static final int FINE = 1 << FINE_BITS;

    private final long[] counts = new long[(Long.SIZE - FINE_BITS) * FINE];
    private long total;

    /** Adds one. */
    public void add(long nanos) {
        counts[place(Math.max(nanos, FINE))]++;
        total++;
    }

    void clear() {
        Arrays.fill(counts, 0);
        total = 0;
    }

    /**
     * How long most took; 0 if there are none.
     *
     * @param share from 0 to 1: so many took no longer
     */
    public long quantileNanos(double share) {
        long wanted = (long) Math.ceil(share * total);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted && seen > 0) {
                return middle(i);
            }
        }
        return 0;
    }

    /** The power of two in the upper bits, what follows it in the lower ones. */
    private static int place(long nanos) {
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        return (power - FINE_BITS) * FINE + (int) (nanos >>> (power - FINE_BITS)) - FINE;
    }

    private static long middle(int place) {
        int shift = place / FINE;
        long from = (long) (FINE + place % FINE) << shift;
        return from + (1L << shift) / 2;
    }
}
