package io.dnsproxy.analysis;

import java.util.random.RandomGenerator;

/**
 * Draws ranks, 0 being the most popular, such that rank r comes up in proportion to 1 / (r + 1)^exponent. By Walker's alias
 * method, so each draw takes the same time. Immutable; any thread.
 */
final class ZipfRanks {

    private final double[] keep;
    private final int[] alias;

    ZipfRanks(int count, double exponent) {
        double[] weights = new double[count];
        double sum = 0;
        for (int rank = 0; rank < count; rank++) {
            weights[rank] = Math.pow(rank + 1, -exponent);
            sum += weights[rank];
        }
        keep = new double[count];
        alias = new int[count];
        fill(weights, sum / count);
    }

    /** Pairs each rank that is below the mean with one above it that fills the rest of its place. */
    private void fill(double[] weights, double mean) {
        int count = weights.length;
        int[] small = new int[count];
        int[] large = new int[count];
        int smalls = 0;
        int larges = 0;
        for (int rank = 0; rank < count; rank++) {
            if (weights[rank] < mean) {
                small[smalls++] = rank;
            } else {
                large[larges++] = rank;
            }
        }
        while (smalls > 0 && larges > 0) {
            int less = small[--smalls];
            int more = large[larges - 1];
            keep[less] = weights[less] / mean;
            alias[less] = more;
            weights[more] -= mean - weights[less];
            if (weights[more] < mean) {
                larges--;
                small[smalls++] = more;
            }
        }
        while (larges > 0) {
            keep[large[--larges]] = 1;
        }
        while (smalls > 0) {
            keep[small[--smalls]] = 1; // off from the mean by rounding only
        }
    }

    int draw(RandomGenerator random) {
        int rank = random.nextInt(keep.length);
        return random.nextDouble() < keep[rank] ? rank : alias[rank];
    }
}
