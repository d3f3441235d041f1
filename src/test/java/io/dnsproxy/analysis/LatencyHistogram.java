package io.dnsproxy.analysis;

import java.util.ArrayList;
import java.util.List;

/** How long clients waited, to 10 microseconds; all above 100 ms is one. */
final class LatencyHistogram {

    private static final long STEP_NANOS = 10_000;
    private static final int STEPS = 10_000;

    private final long[] counts = new long[STEPS + 1];
    private long total;
    private double sumNanos;

    void add(long nanos) {
        counts[(int) Math.min(STEPS, nanos / STEP_NANOS)]++;
        total++;
        sumNanos += nanos;
    }

    double meanMillis() {
        return total == 0 ? 0 : sumNanos / total / 1e6;
    }

    /** @param share from 0 to 1: so many of the clients waited for no longer */
    double quantileMillis(double share) {
        long wanted = (long) Math.ceil(share * total);
        long seen = 0;
        for (int step = 0; step <= STEPS; step++) {
            seen += counts[step];
            if (seen >= wanted && seen > 0) {
                return millis(step);
            }
        }
        return 0;
    }

    /** Milliseconds and the percentage of clients who waited for no longer, at each step where there are any. */
    List<Chart.Point> cumulative() {
        List<Chart.Point> points = new ArrayList<>();
        long seen = 0;
        for (int step = 0; step <= STEPS; step++) {
            if (counts[step] > 0) {
                seen += counts[step];
                points.add(new Chart.Point(millis(step), 100.0 * seen / total));
            }
        }
        return points;
    }

    private static double millis(int step) {
        return step * STEP_NANOS / 1e6;
    }
}
