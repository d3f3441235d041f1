package io.dnsproxy.resilience;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** What is asked for: a name is a number. Numbers of new names begin at the time of day, so that no two runs share any. */
final class Names {

    private static final int KNOWN = 500;
    private static final AtomicLong NEXT = new AtomicLong(System.currentTimeMillis() << 12);

    private final double known;
    private final SplittableRandom random = new SplittableRandom();

    Names(double known) {
        this.known = known;
    }

    /** The number of the next name. One thread. */
    long next() {
        return random.nextDouble() < known ? random.nextInt(KNOWN) : NEXT.getAndIncrement();
    }

    /** The name of a number, without the last dot. */
    static String spelled(long number) {
        return "n" + Long.toHexString(number) + ".example.org";
    }
}
