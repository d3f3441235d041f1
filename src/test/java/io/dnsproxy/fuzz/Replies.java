package io.dnsproxy.fuzz;

import java.io.IOException;
import java.util.Arrays;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;

/** What the proxy may reply to any octets whatever. One thread. */
final class Replies {

    private static final int HEADER_OCTETS = 12;
    private static final int QR = 0x80;
    private static final int RD = 0x01;
    private static final int OPCODE = 0x78;

    /** RFC 1035 4.2.1. */
    private static final int LEAST_LIMIT_OCTETS = 512;

    /** RFC 9715 3.1. */
    private static final int MOST_LIMIT_OCTETS = 1_232;

    /** Every so many are read by dnsjava, which takes longer than all else together. */
    private static final int PARSED = 8;

    private final Findings findings;
    private long seen;

    Replies(Findings findings) {
        this.findings = findings;
    }

    /** Whether octets must get an answer: a whole header, of no response. All others must get none. */
    static boolean isAnswerable(byte[] octets, int offset, int length) {
        return length >= HEADER_OCTETS && (octets[offset + 2] & QR) == 0;
    }

    /** Notes an answer under an id that nothing was sent under. */
    void toNothing(byte[] reply) {
        findings.add("an answer to nothing", new byte[0], reply);
    }

    /** Notes the second answer to one query. */
    void twice(byte[] sent, byte[] reply) {
        findings.add("a second answer", sent, reply);
    }

    /**
     * Judges an answer by UDP.
     *
     * @param sent what it answers, by its id
     */
    void judge(byte[] sent, byte[] reply) {
        if (!isAnswerable(sent, 0, sent.length)) {
            findings.add("an answer to what must not be answered", sent, reply);
        } else if (reply.length < HEADER_OCTETS) {
            findings.add("an answer shorter than a header", sent, reply);
        } else if ((reply[2] & QR) == 0) {
            findings.add("an answer without QR", sent, reply);
        } else if (((reply[2] ^ sent[2]) & (OPCODE | RD)) != 0) {
            findings.add("an answer with another opcode or RD", sent, reply);
        } else if (reply.length > LEAST_LIMIT_OCTETS && reply.length > limit(sent)) {
            findings.add("an answer that is too large", sent, reply);
        } else if (!hasQuestionOf(sent, reply)) {
            findings.add("an answer with another question", sent, reply);
        } else if (seen++ % PARSED == 0 && !isParsed(reply)) {
            findings.add("an answer that dnsjava cannot read", sent, reply);
        }
    }

    /** Judges what can be told of an answer alone. */
    void judgeAlone(byte[] reply) {
        if (!isAnswerable(reply, 0, reply.length) && reply.length >= HEADER_OCTETS) {
            if (seen++ % PARSED == 0 && !isParsed(reply)) {
                findings.add("an answer that dnsjava cannot read", new byte[0], reply);
            }
        } else {
            findings.add("an answer that is none", new byte[0], reply);
        }
    }

    private static int limit(byte[] sent) {
        try {
            OPTRecord opt = new Message(sent).getOPT();
            int offered = opt == null ? 0 : opt.getPayloadSize();
            return Math.clamp(offered, LEAST_LIMIT_OCTETS, MOST_LIMIT_OCTETS);
        } catch (IOException | RuntimeException e) {
            return offered(sent);
        }
    }

    /** What dnsjava refuses to read for its data may be good all the same: then any OPT record that could be there counts. */
    private static int offered(byte[] sent) {
        int most = LEAST_LIMIT_OCTETS;
        for (int at = HEADER_OCTETS; at + 11 <= sent.length; at++) {
            if (sent[at] == 0 && sent[at + 1] == 0 && sent[at + 2] == 41) {
                most = Math.max(most, FrameStream.u16(sent, at + 3));
            }
        }
        return Math.min(most, MOST_LIMIT_OCTETS);
    }

    /** The question comes back octet for octet, or not at all. */
    private static boolean hasQuestionOf(byte[] sent, byte[] reply) {
        int questions = FrameStream.u16(reply, 4);
        if (questions == 0) {
            return true;
        }
        int end = HEADER_OCTETS;
        while (end < reply.length && reply[end] > 0) {
            end += 1 + reply[end];
        }
        end += 5;
        return questions == 1
                && end <= reply.length
                && end <= sent.length
                && Arrays.equals(reply, HEADER_OCTETS, end, sent, HEADER_OCTETS, end);
    }

    private static boolean isParsed(byte[] reply) {
        try {
            return new Message(reply).getHeader() != null;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }
}
