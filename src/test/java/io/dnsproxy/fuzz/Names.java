package io.dnsproxy.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** What honest clients ask for: a name is a number. Numbers of new names begin at the time of day, so that no two runs share any. */
final class Names {

    private static final int KNOWN = 500;
    private static final AtomicLong NEXT = new AtomicLong(System.currentTimeMillis() << 12);
    private static final int HEADER_OCTETS = 12;

    private static final byte[] HEADER = {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    private static final byte[] PARENT = "\7example\3org\0\0\1\0\1".getBytes(StandardCharsets.ISO_8859_1);

    private final double known;
    private final SplittableRandom random;

    /** @param known the share of names that are asked for again and again, from 0 to 1 */
    Names(double known, SplittableRandom random) {
        this.known = known;
        this.random = random;
    }

    /** The number of the next name. One thread. */
    long next() {
        return random.nextDouble() < known ? random.nextInt(KNOWN) : NEXT.getAndIncrement();
    }

    /** The name of a number, without the last dot. */
    static String spelled(long number) {
        return label(number) + ".example.org";
    }

    /** Asks for the address of a number's name. */
    static byte[] query(long number, int id) {
        byte[] label = label(number).getBytes(StandardCharsets.US_ASCII);
        byte[] query = new byte[HEADER_OCTETS + 1 + label.length + PARENT.length];
        System.arraycopy(HEADER, 0, query, 0, HEADER_OCTETS);
        query[0] = (byte) (id >> 8);
        query[1] = (byte) id;
        query[HEADER_OCTETS] = (byte) label.length;
        System.arraycopy(label, 0, query, HEADER_OCTETS + 1, label.length);
        System.arraycopy(PARENT, 0, query, HEADER_OCTETS + 1 + label.length, PARENT.length);
        return query;
    }

    private static String label(long number) {
        return "n" + Long.toHexString(number);
    }
}
