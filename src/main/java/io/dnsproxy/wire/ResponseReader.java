package io.dnsproxy.wire;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages from upstream. {@link #id}, then {@link #answers}, then {@link #read}; any octets may come.
 *
 * <p>Owners' names and lengths of all records are checked. RDATA is not looked into: unknown types pass octet for octet
 * (RFC 3597), and compressed names in known ones stay valid, as nothing before them moves (RFC 1035 4.1.4).
 */
public final class ResponseReader {

    private static final byte[] NO_OCTETS = {};

    /** RFC 7828 3.1: TIMEOUT. */
    private static final int KEEPALIVE_OCTETS = 2;

    private final byte[] message;
    private final int length;
    private final boolean verbatim;
    private final int origin;
    private int records;
    private char[] ttlOffsets = {};

    /** The OPT record's place and the number of records before it; {@code optEnd} is 0 without one. */
    private int optAt;

    private int optRdata;
    private int optEnd;
    private int recordsBeforeOpt;

    private ResponseReader(byte[] message, int length, boolean verbatim, int origin) {
        this.message = message;
        this.length = length;
        this.verbatim = verbatim;
        this.origin = origin;
    }

    /** The message's id, or -1 if it is shorter than a header. */
    public static int id(byte[] message, int length) {
        return length < Header.OCTETS ? -1 : Header.id(message, 0);
    }

    /**
     * Whether this is a response to the query (RFC 5452 9): QR, opcode 0, and one question with the same name but for case,
     * type and class. That the id is the one that was sent is the caller's business.
     */
    public static boolean answers(byte[] message, int length, Query query) {
        int question = query.questionOctets();
        if (question == 0 || length < Header.OCTETS + question || !isResponse(message)) {
            return false;
        }
        int nameOctets = question - 4;
        int asked = query.questionAt();
        return Header.questions(message, 0) == 1
                && Octets.u32(message, Header.OCTETS + nameOctets) == Octets.u32(query.message(), asked + nameOctets)
                && Name.equalsIgnoringCase(message, Header.OCTETS, query.message(), asked, nameOctets);
    }

    /**
     * Whether this is a failure that does not repeat the question, as some servers send FORMERR, NOTIMP, SERVFAIL or REFUSED:
     * no question, no data, and an rcode that is neither NOERROR nor NXDOMAIN.
     */
    public static boolean isBareFailure(byte[] message, int length) {
        if (length < Header.OCTETS || !isResponse(message)) {
            return false;
        }
        int rcode = Header.rcode(Header.flags(message, 0));
        return rcode != Rcode.NOERROR
                && rcode != Rcode.NXDOMAIN
                && Header.questions(message, 0) == 0
                && Header.answers(message, 0) == 0
                && Header.authorities(message, 0) == 0;
    }

    private static boolean isResponse(byte[] message) {
        int flags = Header.flags(message, 0);
        return (flags & Header.QR) != 0 && Header.opcode(flags) == Header.OPCODE_QUERY;
    }

    /**
     * Reads a message that {@link #answers} the query, or {@link #isBareFailure}, to its end; octets behind the last record
     * are dropped. For a signed query the message is kept as it is.
     *
     * @param message owned by the answer from now on; the caller must not touch it again
     * @return null if the message answers something else or is malformed: sections that do not hold what the counts say, a
     *     bad name, or an OPT record that is not the only one, not in its section, not at the root, or of broken options
     */
    public static @Nullable Answer read(byte[] message, int length, Query query) {
        return read(message, length, query, null, Answer.NO_ORIGIN);
    }

    /**
     * The same, for one who wants to know how long the server leaves the connection open, and whose answer it was.
     *
     * @param keepalive told the TIMEOUT of an edns-tcp-keepalive option, in units of 100 ms (RFC 7828 3.1); not called without
     *     one; null when nobody wants to know
     * @param origin of the answer, up to 127
     */
    public static @Nullable Answer read(
            byte[] message, int length, Query query, @Nullable IntConsumer keepalive, int origin) {
        boolean bareFailure = isBareFailure(message, length);
        if (!bareFailure && !answers(message, length, query)) {
            return null;
        }
        int questionEnd = Header.OCTETS + (bareFailure ? 0 : query.questionOctets());
        ResponseReader reader = new ResponseReader(message, length, query.isSigned(), origin);
        int end = reader.walk(questionEnd);
        if (end == Name.MALFORMED) {
            return null;
        }
        if (keepalive != null) {
            reader.tellKeepalive(keepalive);
        }
        return bareFailure && !query.isSigned()
                ? Answer.failure(reader.rcode(), reader.errors(), origin)
                : reader.answer(questionEnd, end);
    }

    /** Checks every record, and notes where TTLs and the OPT record are. */
    private int walk(int questionEnd) {
        int others = Header.answers(message, 0) + Header.authorities(message, 0);
        int count = others + Header.additionals(message, 0);
        if (count > (length - questionEnd) / Records.LEAST_OCTETS) {
            return Name.MALFORMED;
        }
        ttlOffsets = new char[count];
        int p = questionEnd;
        for (int i = 0; i < count; i++) {
            int behindName = Name.skip(message, 0, p, length);
            int next = Records.end(message, behindName, length);
            if (next == Name.MALFORMED) {
                return Name.MALFORMED;
            }
            if (Records.type(message, behindName) != RecordType.OPT) {
                ttlOffsets[records++] = (char) Records.ttlOffset(behindName);
            } else if (i < others || !noteOpt(p, behindName, next)) {
                return Name.MALFORMED;
            }
            p = next;
        }
        return p;
    }

    private boolean noteOpt(int at, int behindName, int end) {
        if (optEnd != 0 || behindName != at + 1 || !Edns.areOptions(message, Records.rdata(behindName), end)) {
            return false;
        }
        optAt = at;
        optRdata = Records.rdata(behindName);
        optEnd = end;
        recordsBeforeOpt = records;
        return true;
    }

    private Answer answer(int questionEnd, int end) {
        int rcode = rcode();
        byte[] errors = errors();
        if (verbatim) {
            return new Answer(Arrays.copyOf(message, length), new char[0], questionEnd, rcode, errors, true, origin);
        }
        for (int i = 0; i < records; i++) {
            int ttl = Octets.u32(message, ttlOffsets[i]);
            if (ttl < 0) {
                Octets.u32(message, ttlOffsets[i], Answer.saneTtl(ttl));
            }
        }
        byte[] kept = optEnd == 0 ? exactly(end) : withoutOpt(end);
        char[] offsets = records == ttlOffsets.length ? ttlOffsets : Arrays.copyOf(ttlOffsets, records);
        return new Answer(kept, offsets, questionEnd, rcode, errors, false, origin);
    }

    private byte[] exactly(int end) {
        return end == message.length ? message : Arrays.copyOf(message, end);
    }

    private byte[] withoutOpt(int end) {
        int behind = records - recordsBeforeOpt;
        byte[] kept = behind == 0 ? null : OptRemoval.moveUp(message, optAt, optEnd, end, behind);
        if (kept == null) {
            kept = Arrays.copyOf(message, optAt);
            Header.additionals(kept, 0, Header.additionals(kept, 0) - 1 - behind);
            records = recordsBeforeOpt;
            return kept;
        }
        Header.additionals(kept, 0, Header.additionals(kept, 0) - 1);
        for (int i = recordsBeforeOpt; i < records; i++) {
            ttlOffsets[i] -= (char) (optEnd - optAt);
        }
        return kept;
    }

    private int rcode() {
        int upper = optEnd == 0 ? 0 : Edns.upperRcode(Octets.u32(message, optRdata - 6));
        return upper | Header.rcode(Header.flags(message, 0));
    }

    private void tellKeepalive(IntConsumer keepalive) {
        int option = optEnd == 0 ? -1 : Edns.find(message, optRdata, optEnd, Edns.KEEPALIVE);
        if (option >= 0 && Octets.u16(message, option + 2) == KEEPALIVE_OCTETS) {
            keepalive.accept(Octets.u16(message, option + Edns.OPTION_HEADER_OCTETS));
        }
    }

    /** The Extended DNS Errors among the options, as they are (RFC 8914 3). */
    private byte[] errors() {
        byte[] errors = NO_OCTETS;
        int octets = 0;
        for (int p = optRdata, next; p < optEnd; p = next) {
            next = p + Edns.OPTION_HEADER_OCTETS + Octets.u16(message, p + 2);
            if (Octets.u16(message, p) == Edns.EXTENDED_ERROR && next - p >= ExtendedError.BARE_OPTION_OCTETS) {
                if (octets == 0) {
                    errors = new byte[optEnd - p]; // most answers have none, and hundreds of octets of padding
                }
                System.arraycopy(message, p, errors, octets, next - p);
                octets += next - p;
            }
        }
        return octets == errors.length ? errors : Arrays.copyOf(errors, octets);
    }
}
