package io.dnsproxy.wire;

import java.util.Random;

/** Runs a property with many seeds; the seed of a failure is in its message, and {@code -Dwire.seed=N} runs that one alone. */
public final class Randomly {

    private static final String SEED = "wire.seed";

    private Randomly() {}

    /** Something that holds whatever is drawn. */
    public interface Property {
        void holds(Random random) throws Exception;
    }

    /** Tries this often. */
    public static void times(int times, Property property) {
        Long given = Long.getLong(SEED);
        long first = given == null ? System.nanoTime() : given;
        for (long seed = first; seed < first + (given == null ? times : 1); seed++) {
            try {
                property.holds(new Random(seed));
            } catch (Exception | AssertionError failure) {
                throw new AssertionError(
                        "run again with -D" + SEED + "=" + seed + ": " + failure.getMessage(), failure);
            }
        }
    }
}
