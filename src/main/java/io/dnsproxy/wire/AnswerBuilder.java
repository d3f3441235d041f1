package io.dnsproxy.wire;

import java.util.Arrays;

/**
 * Makes an answer of our own to a query's question: few records, whose owners are the question's name or one of its ancestors.
 * Records of the answer section are added before those of the authority section. One thread, once.
 */
public final class AnswerBuilder {

    private static final int POINTER_OCTETS = 2;

    private final int nameOctets;
    private final int questionEnd;
    private final int dnsClass;
    private byte[] message;
    private char[] ttlOffsets = {};
    private int answers;
    private int authorities;

    private AnswerBuilder(Query query) {
        nameOctets = query.nameOctets();
        dnsClass = query.dnsClass();
        questionEnd = Header.OCTETS + query.questionOctets();
        message = new byte[questionEnd];
        System.arraycopy(query.message(), query.questionAt(), message, Header.OCTETS, questionEnd - Header.OCTETS);
    }

    /** Begins an answer to the question of a good query, of which nothing is kept. */
    public static AnswerBuilder to(Query query) {
        return new AnswerBuilder(query);
    }

    /** Adds a record of the question's name and class to the answer section. */
    public AnswerBuilder answer(int type, int ttlSeconds, byte[] rdata) {
        if (authorities > 0) {
            throw new IllegalStateException("the authority section has begun");
        }
        answers++;
        add(nameOctets, type, ttlSeconds, rdata);
        return this;
    }

    /** Adds a record of an ancestor of the question's name, which is as many octets long, to the authority section. */
    public AnswerBuilder authority(int ancestorOctets, int type, int ttlSeconds, byte[] rdata) {
        authorities++;
        add(ancestorOctets, type, ttlSeconds, rdata);
        return this;
    }

    private void add(int ownerOctets, int type, int ttlSeconds, byte[] rdata) {
        int at = message.length;
        message = Arrays.copyOf(message, at + POINTER_OCTETS + Records.FIXED_OCTETS + rdata.length);
        Name.pointer(message, at, Header.OCTETS + nameOctets - ownerOctets);
        int behindName = at + POINTER_OCTETS;
        Octets.u16(message, behindName, type);
        Octets.u16(message, behindName + 2, dnsClass);
        Octets.u32(message, Records.ttlOffset(behindName), ttlSeconds);
        Octets.u16(message, behindName + 8, rdata.length);
        System.arraycopy(rdata, 0, message, Records.rdata(behindName), rdata.length);
        ttlOffsets = Arrays.copyOf(ttlOffsets, ttlOffsets.length + 1);
        ttlOffsets[ttlOffsets.length - 1] = (char) Records.ttlOffset(behindName);
    }

    /** The answer, whose TTLs do not run; it serves one query, or as many as ask the same. */
    public Answer build(int rcode) {
        Header.flags(message, 0, Header.QR | Header.RA | rcode);
        Header.counts(message, 0, 1, answers, authorities, 0);
        return new Answer(message, ttlOffsets, questionEnd, rcode, new byte[0], false);
    }
}
