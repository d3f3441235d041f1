package io.dnsproxy.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes mutants of well-formed queries, the same ones from the same random numbers. Most differ from a good query in one respect, so that
 * they get far. One thread.
 */
final class Mutations {

    /** The largest datagram, and room for the largest message of a stream. */
    static final int OCTETS_MAX = 65_535;

    private static final int HEADER_OCTETS = 12;
    private static final int ID_OCTETS = 2;

    /** Rather small: what is larger costs more to send than to refuse. */
    private static final int USUAL_OCTETS_MAX = 1_400;

    private static final int DATAGRAM_OCTETS_MAX = 65_507;

    /** At the edges of the label types (RFC 1035 4.1.4, RFC 6891 5). */
    private static final int[] LENGTHS = {0, 1, 62, 63, 64, 65, 127, 128, 191, 192, 193, 255};

    private static final int[] NUMBERS = {
        0, 1, 2, 7, 8, 9, 11, 12, 255, 256, 511, 512, 513, 0x7fff, 0x8000, 0xfffe, 0xffff
    };

    /** OPT, TSIG, SIG, ANY, zone transfers and some that are not. */
    private static final int[] TYPES = {1, 5, 6, 24, 41, 249, 250, 251, 252, 255, 256, 0, 65_535};

    private static final int[] OPTIONS = {3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 26_946, 65_001, 65_535};

    private final SplittableRandom random;
    private final List<byte[]> corpus;
    private byte[] out = {};
    private int length;

    Mutations(SplittableRandom random, List<byte[]> corpus) {
        this.random = random;
        this.corpus = corpus;
    }

    /**
     * Writes the next mutant.
     *
     * @param to has room for {@link #OCTETS_MAX}
     * @return its length, 0 to 65,507
     */
    int next(byte[] to) {
        out = to;
        byte[] query = one();
        length = query.length;
        System.arraycopy(query, 0, out, 0, length);
        int kind = random.nextInt(100);
        if (kind < 8) {
            return length; // as it is
        } else if (kind < 25) {
            flip(1 + random.nextInt(4));
        } else if (kind < 37) {
            cut();
        } else if (kind < 47) {
            count();
        } else if (kind < 55) {
            flags();
        } else if (kind < 64) {
            pointer();
        } else if (kind < 70) {
            label();
        } else if (kind < 76) {
            number();
        } else if (kind < 86) {
            addOption();
        } else if (kind < 92) {
            splice();
        } else if (kind < 96) {
            append();
        } else if (kind < 99) {
            garbage();
        } else {
            for (int i = 0; i < 3; i++) {
                flip(2);
                count();
                pointer();
            }
        }
        return length;
    }

    private byte[] one() {
        return corpus.get(random.nextInt(corpus.size()));
    }

    private void flip(int bits) {
        for (int i = 0; i < bits && length > 0; i++) {
            out[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
        }
    }

    private void cut() {
        length = random.nextInt(length + 1);
    }

    /** One of the four counts is a lie. */
    private void count() {
        put(4 + 2 * random.nextInt(4), random.nextInt(4) == 0 ? random.nextInt(0x10000) : NUMBERS[random.nextInt(5)]);
    }

    private void flags() {
        int bits = random.nextInt(0x10000);
        put(ID_OCTETS, random.nextInt(4) == 0 ? bits : bits & 0x7fff);
    }

    /** Forwards, backwards, into the header, at itself, beyond the end. */
    private void pointer() {
        if (length > HEADER_OCTETS + 2) {
            int at = HEADER_OCTETS + random.nextInt(length - HEADER_OCTETS - 1);
            int target = switch (random.nextInt(5)) {
                case 0 -> at;
                case 1 -> random.nextInt(HEADER_OCTETS);
                case 2 -> HEADER_OCTETS;
                case 3 -> random.nextInt(0x4000);
                default -> random.nextInt(length);
            };
            put(at, 0xc000 | target);
        }
    }

    /** The length of the first label, or what happens to be anywhere, is at an edge. */
    private void label() {
        int at = random.nextBoolean() ? HEADER_OCTETS : random.nextInt(Math.max(1, length));
        if (at < length) {
            out[at] = (byte) LENGTHS[random.nextInt(LENGTHS.length)];
        }
    }

    /** Type, class, payload, RDLENGTH or an option's length, whatever is there, is another number. */
    private void number() {
        if (length > HEADER_OCTETS) {
            int[] numbers = random.nextBoolean() ? NUMBERS : TYPES;
            put(HEADER_OCTETS + random.nextInt(length - HEADER_OCTETS), numbers[random.nextInt(numbers.length)]);
        }
    }

    /** One more OPT record, or the first, at the end, with options whose lengths are mostly right. */
    private void addOption() {
        int start = length;
        int payload = NUMBERS[random.nextInt(NUMBERS.length)];
        int version = random.nextInt(8) == 0 ? random.nextInt(256) : 0;
        append(0, 0, 41, payload >> 8, payload, 0, version, random.nextBoolean() ? 0x80 : 0, 0, 0, 0);
        for (int i = random.nextInt(5); i > 0; i--) {
            int code = OPTIONS[random.nextInt(OPTIONS.length)];
            int octets = random.nextInt(8) == 0 ? random.nextInt(80) : NUMBERS[random.nextInt(8)];
            int said = random.nextInt(10) == 0 ? NUMBERS[random.nextInt(NUMBERS.length)] : octets;
            append(code >> 8, code, said >> 8, said);
            for (int octet = 0; octet < octets; octet++) {
                append(random.nextInt(256));
            }
        }
        if (random.nextInt(10) > 0) {
            put(start + 9, length - start - 11);
        }
        if (random.nextInt(10) > 0) {
            out[11]++;
        }
    }

    /** The head of one query, the tail of another. */
    private void splice() {
        byte[] other = one();
        length = random.nextInt(length + 1);
        int from = random.nextInt(other.length + 1);
        for (int i = from; i < other.length; i++) {
            append(other[i]);
        }
    }

    /** Octets behind the end, now and then as many as there can be. */
    private void append() {
        int most = random.nextInt(200) == 0 ? DATAGRAM_OCTETS_MAX : USUAL_OCTETS_MAX;
        int octets = random.nextInt(Math.max(1, most - length));
        boolean itself = random.nextBoolean();
        int period = Math.max(1, length);
        for (int i = 0; i < octets; i++) {
            append(itself ? out[i % period] : random.nextInt(256));
        }
    }

    private void garbage() {
        length = 0;
        for (int i = random.nextInt(300); i > 0; i--) {
            append(random.nextInt(256));
        }
    }

    private void append(int... octets) {
        for (int octet : octets) {
            if (length < DATAGRAM_OCTETS_MAX) {
                out[length++] = (byte) octet;
            }
        }
    }

    private void put(int at, int number) {
        if (at + 2 <= length) {
            out[at] = (byte) (number >> 8);
            out[at + 1] = (byte) number;
        }
    }
}
