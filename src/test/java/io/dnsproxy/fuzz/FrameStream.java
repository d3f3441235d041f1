package io.dnsproxy.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What one client writes: mutants behind lengths of which most are right. What a server makes of it follows from the octets alone, so it
 * is known beforehand which answers must come.
 */
final class FrameStream {

    private static final int HEADER_OCTETS = 12;
    private static final int FRAMES_MAX = 50;

    private final byte[] octets;
    private int queries;
    private int unanswerable;
    private boolean ends;
    private final Map<Integer, Integer> answers = new HashMap<>();

    private FrameStream(byte[] octets) {
        this.octets = octets;
        read();
    }

    /** Makes one of up to fifty frames, the last of them cut now and then where {@code mayBeCut}. */
    static FrameStream next(SplittableRandom random, Mutations mutations, byte[] scratch, boolean mayBeCut) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int frames = 1 + random.nextInt(FRAMES_MAX);
        for (int i = 0; i < frames; i++) {
            int length = mutations.next(scratch);
            if (length >= 2) {
                scratch[0] = (byte) (i >> 8);
                scratch[1] = (byte) i;
            }
            int said = switch (random.nextInt(100)) {
                case 0 -> length + 1 + random.nextInt(20);
                case 1 -> Math.max(0, length - 1 - random.nextInt(20));
                case 2 -> random.nextInt(20) == 0 ? 0 : length;
                case 3 -> random.nextInt(20) == 0 ? 0xffff : length;
                case 4 -> random.nextInt(20) == 0 ? random.nextInt(0x10000) : length;
                default -> length;
            };
            out.write(said >> 8);
            out.write(said);
            out.write(scratch, 0, length);
        }
        byte[] octets = out.toByteArray();
        return new FrameStream(mayBeCut ? Arrays.copyOf(octets, random.nextInt(octets.length) + 1) : octets);
    }

    /** What a server reads: whole frames, until one that is too short for a header, behind which nothing can be trusted. */
    private void read() {
        int at = 0;
        while (!ends && at + 2 <= octets.length) {
            int length = u16(octets, at);
            int begin = at + 2;
            if (begin + length > octets.length) {
                return;
            }
            queries++;
            if (Replies.isAnswerable(octets, begin, length)) {
                answers.merge(u16(octets, begin), 1, Integer::sum);
            } else {
                unanswerable++;
                ends = length < HEADER_OCTETS;
            }
            at = begin + length;
        }
    }

    byte[] octets() {
        return octets;
    }

    /** Whole frames that a server reads. */
    int queries() {
        return queries;
    }

    /** Those of them that must not be answered. */
    int unanswerable() {
        return unanswerable;
    }

    /** Whether a server stops reading before the end. */
    boolean ends() {
        return ends;
    }

    /** How many answers must come, by id. The caller's own. */
    Map<Integer, Integer> answers() {
        return new HashMap<>(answers);
    }

    /** A number of two octets. */
    static int u16(byte[] octets, int at) {
        return ((octets[at] & 0xff) << 8) | (octets[at + 1] & 0xff);
    }

    static byte[] framed(byte[] message) {
        byte[] frame = new byte[2 + message.length];
        frame[0] = (byte) (message.length >> 8);
        frame[1] = (byte) message.length;
        System.arraycopy(message, 0, frame, 2, message.length);
        return frame;
    }

    static byte[] joined(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
