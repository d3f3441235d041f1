package io.dnsproxy.resilience;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** What became of each query, in the order in which they were sent. One thread. */
final class Outcome {

    /** What became of a query. */
    enum Fate {
        RIGHT,
        /** SERVFAIL or REFUSED. */
        FAILED,
        /** An answer that is not that to the query: another question, another address, another rcode. */
        WRONG,
        /** No answer in the time that clients wait. */
        LOST
    }

    /** How long a user does not complain. */
    static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** So long all must be well again before it counts as that. */
    static final long WELL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long[] sentNanos;
    private final long[] tookNanos;
    private final Fate[] fates;
    private final int strays;
    private final long endNanos;

    /**
     * @param tookNanos of those that are not lost
     * @param strays answers that nobody had asked for, or that came twice
     * @param endNanos when clients had asked enough
     */
    Outcome(long[] sentNanos, long[] tookNanos, Fate[] fates, int strays, long endNanos) {
        this.sentNanos = sentNanos;
        this.tookNanos = tookNanos;
        this.fates = fates;
        this.strays = strays;
        this.endNanos = endNanos;
    }

    /**
     * The figures of the queries from some time on.
     *
     * @param sinceNanos the first of those that count
     * @param overNanos when the trouble was over, or began where it stays
     */
    Figures figures(long sinceNanos, long overNanos) {
        int first = 0;
        while (first < sentNanos.length && sentNanos[first] - sinceNanos < 0) {
            first++;
        }
        int[] count = new int[Fate.values().length];
        long[] took = new long[sentNanos.length - first];
        int answered = 0;
        for (int i = first; i < sentNanos.length; i++) {
            count[fates[i].ordinal()]++;
            if (fates[i] != Fate.LOST) {
                took[answered++] = tookNanos[i];
            }
        }
        took = Arrays.copyOf(took, answered);
        Arrays.sort(took);
        return new Figures(
                sentNanos.length - first,
                count[Fate.RIGHT.ordinal()],
                count[Fate.FAILED.ordinal()],
                count[Fate.WRONG.ordinal()] + strays,
                count[Fate.LOST.ordinal()],
                quantileMillis(took, 0.5),
                quantileMillis(took, 0.99),
                quantileMillis(took, 1),
                recoveryMillis(overNanos));
    }

    /** Until the first second of which every query is answered right, and soon; negative if there is none. */
    private long recoveryMillis(long overNanos) {
        long wellNanos = overNanos;
        for (int i = 0; i < sentNanos.length && sentNanos[i] - wellNanos < WELL_NANOS; i++) {
            if (!isWell(fates[i], tookNanos[i]) && sentNanos[i] - wellNanos >= 0) {
                wellNanos = sentNanos[i] + 1;
            }
        }
        return endNanos - wellNanos < WELL_NANOS ? -1 : TimeUnit.NANOSECONDS.toMillis(wellNanos - overNanos);
    }

    /** Whether a user has nothing to complain about. */
    static boolean isWell(Fate fate, long tookNanos) {
        return fate == Fate.RIGHT && tookNanos <= SOON_NANOS;
    }

    private static double quantileMillis(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)] / 1e6;
    }

    /**
     * What users of a proxy feel.
     *
     * @param failed SERVFAIL or REFUSED
     * @param wrong answers that are not right and no failure either; must be 0
     * @param lost queries without any answer; must be 0
     * @param p50Millis of all answers, failures too
     * @param recoveryMillis until the first second of which every query was answered right and within a second; negative if there was none
     */
    record Figures(
            int sent,
            int right,
            int failed,
            int wrong,
            int lost,
            double p50Millis,
            double p99Millis,
            double worstMillis,
            long recoveryMillis) {

        /** Of those sent, from 0 to 1. */
        double shareRight() {
            return sent == 0 ? 0 : (double) right / sent;
        }
    }
}
