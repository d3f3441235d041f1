package io.dnsproxy.benchmark.sidebyside;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The one question of the bench, {@code nXXXXXXXXXXXXX.example.org. IN A}, thirteen hexadecimal digits standing for a number;
 * written and checked without an object for each. No EDNS, RD set.
 */
final class Question {

    /** The data of the upstream's one record. */
    static final String ADDRESS = "192.0.2.1";

    static final int OCTETS = 12 + 15 + 13 + 4;

    private static final int HEADER_OCTETS = 12;
    private static final int DIGITS = 13;
    private static final int DIGITS_AT = HEADER_OCTETS + 2;
    private static final int REST_AT = DIGITS_AT + DIGITS;
    private static final byte[] HEXADECIMAL = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA = {(byte) 192, 0, 2, 1};

    private static final byte[] TEMPLATE = ("\0\0\1\0\0\1\0\0\0\0\0\0" + "\016n0000000000000"
                    + "\7example\3org\0\0\1\0\1")
            .getBytes(StandardCharsets.ISO_8859_1);

    /** What an answer turned out to be. */
    enum Verdict {
        RIGHT,
        /** Not an answer to this question, or not the address that the upstream has. */
        WRONG,
        /** An rcode other than NOERROR. */
        REFUSED
    }

    private Question() {}

    /** @param id 0 to 65,535 */
    static void write(byte[] to, int offset, int id, long number) {
        System.arraycopy(TEMPLATE, 0, to, offset, OCTETS);
        to[offset] = (byte) (id >> 8);
        to[offset + 1] = (byte) id;
        long digits = number;
        for (int i = DIGITS - 1; i >= 0; i--) {
            to[offset + DIGITS_AT + i] = HEXADECIMAL[(int) digits & 15];
            digits >>>= 4;
        }
    }

    static int id(byte[] message, int offset) {
        return ((message[offset] & 0xff) << 8) | (message[offset + 1] & 0xff);
    }

    static int rcode(byte[] message, int offset) {
        return message[offset + 3] & 15;
    }

    /** @param echoed whether the question itself, marked as a response, is the right answer */
    static Verdict check(byte[] message, int offset, int length, long number, boolean echoed) {
        if (length < OCTETS || message[offset + 2] >= 0 || !isAbout(message, offset, number)) {
            return Verdict.WRONG;
        }
        if (rcode(message, offset) != 0) {
            return Verdict.REFUSED;
        }
        return echoed || hasAddress(message, offset, length) ? Verdict.RIGHT : Verdict.WRONG;
    }

    private static boolean isAbout(byte[] message, int offset, long number) {
        long digits = number;
        for (int i = DIGITS - 1; i >= 0; i--) {
            if (message[offset + DIGITS_AT + i] != HEXADECIMAL[(int) digits & 15]) {
                return false;
            }
            digits >>>= 4;
        }
        return Arrays.equals(message, offset + HEADER_OCTETS, offset + DIGITS_AT, TEMPLATE, HEADER_OCTETS, DIGITS_AT)
                && Arrays.equals(message, offset + REST_AT, offset + OCTETS, TEMPLATE, REST_AT, OCTETS);
    }

    /** Whether the first record of the answer section is the A record that the upstream has. */
    private static boolean hasAddress(byte[] message, int offset, int length) {
        int end = offset + length;
        int answers = ((message[offset + 6] & 0xff) << 8) | (message[offset + 7] & 0xff);
        int at = offset + OCTETS;
        while (at < end && message[at] > 0) {
            at += 1 + message[at];
        }
        if (answers == 0 || at >= end) {
            return false;
        }
        at += message[at] == 0 ? 1 : 2; // the root, or a pointer
        int data = at + 10;
        return data + DATA.length <= end
                && message[at] == 0
                && message[at + 1] == 1
                && message[at + 8] == 0
                && message[at + 9] == DATA.length
                && Arrays.equals(message, data, data + DATA.length, DATA, 0, DATA.length);
    }
}
