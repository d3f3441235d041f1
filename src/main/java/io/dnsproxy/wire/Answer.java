package io.dnsproxy.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An answer to a question, immutable and shared between threads and clients; unless it is a lens, into which one answer after
 * another is {@linkplain #unpack unpacked} and which belongs to one thread.
 *
 * <p>It holds the upstream's message as it came, except that the OPT record is taken out: that belongs to one hop only
 * (RFC 6891 6.1.1). What every client writes into its copy (id, flags, its spelling of the question, TTLs, its own OPT) is
 * left to {@link AnswerWriter}. A failure that we state ourselves has no message at all.
 */
public final class Answer {

    /** {@link #negativeTtlSeconds} of an answer that has no SOA record and so may not be kept. */
    public static final int NO_SOA = -1;

    /** {@link #origin} of an answer that no upstream gave. */
    public static final int NO_ORIGIN = 0;

    /** {@link #everyTtlSeconds} of an answer whose TTLs are those of its message. */
    static final int AS_WRITTEN = -1;

    /** Longest TTL; a greater number is to be read as 0 (RFC 2181 8). */
    private static final int MAX_TTL_SECONDS = Integer.MAX_VALUE;

    /** The last field of SOA's RDATA, MINIMUM, and the least that comes before it: two names and four numbers. */
    private static final int SOA_MINIMUM_OCTETS = 4;

    private static final int SOA_LEAST_OCTETS = 22;

    /** This object, its arrays' headers and their padding, on a 64-bit JVM with compressed references. */
    private static final int OBJECT_OCTETS = 96;

    private static final int MAX_MESSAGE_OCTETS = 0xffff;

    /** Before message, errors and offsets: their lengths, the end of the question, rcode, origin. */
    private static final int PACKED_FIXED_OCTETS = 11;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private static final byte[] NO_OCTETS = {};
    private static final char[] NO_OFFSETS = {};

    /** Header, question, records, in the first {@link #messageOctets}; never written to, but by a lens. */
    byte[] message;

    /** Length of header, question and records; 0 for a failure. */
    int messageOctets;

    /** Offset of each record's TTL within {@link #message}, in order: the first {@link #ttls} of them. */
    char[] ttlOffsets;

    /** How many records have a TTL. */
    int ttls;

    /** Length of header and question; 0 without a message. */
    int questionEnd;

    /** Whole EDNS options, all of them Extended DNS Errors; never written to, a lens's neither. */
    byte[] errors;

    /** Whether the message is signed, and goes out as it is but for the id. */
    final boolean verbatim;

    private int rcode;
    private byte origin;

    /** When the TTLs began to run; without meaning unless they do. */
    private long bornNanos;

    private final boolean ages;

    /** What every TTL is to be, or {@link #AS_WRITTEN}. */
    final int everyTtlSeconds;

    private final boolean lens;

    /** A lens; ask it nothing before the first {@link #unpack}. */
    public Answer() {
        message = NO_OCTETS;
        ttlOffsets = NO_OFFSETS;
        errors = NO_OCTETS;
        verbatim = false;
        ages = true;
        everyTtlSeconds = AS_WRITTEN;
        lens = true;
    }

    Answer(byte[] message, char[] ttlOffsets, int questionEnd, int rcode, byte[] errors, boolean verbatim) {
        this(message, ttlOffsets, questionEnd, rcode, errors, verbatim, NO_ORIGIN);
    }

    Answer(byte[] message, char[] ttlOffsets, int questionEnd, int rcode, byte[] errors, boolean verbatim, int origin) {
        this(message, ttlOffsets, questionEnd, rcode, errors, verbatim, (byte) origin, 0, false, AS_WRITTEN);
    }

    private Answer(
            byte[] message,
            char[] ttlOffsets,
            int questionEnd,
            int rcode,
            byte[] errors,
            boolean verbatim,
            byte origin,
            long bornNanos,
            boolean ages,
            int everyTtlSeconds) {
        this.message = message;
        this.messageOctets = message.length;
        this.ttlOffsets = ttlOffsets;
        this.ttls = ttlOffsets.length;
        this.questionEnd = questionEnd;
        this.rcode = rcode;
        this.errors = errors;
        this.verbatim = verbatim;
        this.origin = origin;
        this.bornNanos = bornNanos;
        this.ages = ages;
        this.everyTtlSeconds = everyTtlSeconds;
        this.lens = false;
    }

    /** An answer without records. */
    public static Answer failure(int rcode) {
        return failure(rcode, NO_OCTETS);
    }

    /** An answer without records that says why; only clients with EDNS are told. */
    public static Answer failure(int rcode, ExtendedError error) {
        return failure(rcode, error.toOption());
    }

    /** A failure with ready-made options. */
    static Answer failure(int rcode, byte[] errors) {
        return failure(rcode, errors, NO_ORIGIN);
    }

    /** One that somebody else has stated. */
    static Answer failure(int rcode, byte[] errors, int origin) {
        return new Answer(NO_OCTETS, NO_OFFSETS, 0, rcode, errors, false, origin);
    }

    /** The same answer, whose TTLs run from this moment on (by {@link System#nanoTime}). */
    public Answer bornAt(long nanos) {
        return new Answer(
                ownMessage(), ownOffsets(), questionEnd, rcode, errors, verbatim, origin, nanos, true, everyTtlSeconds);
    }

    /** What no later {@link #unpack} changes. */
    private byte[] ownMessage() {
        return lens ? Arrays.copyOf(message, messageOctets) : message;
    }

    private char[] ownOffsets() {
        return lens ? Arrays.copyOf(ttlOffsets, ttls) : ttlOffsets;
    }

    /** Whole seconds since its birth, to be subtracted from its TTLs; 0 for an answer that was never kept. */
    public int ageSeconds(long nowNanos) {
        return ages ? (int) Math.max(0, (nowNanos - bornNanos) / NANOS_PER_SECOND) : 0;
    }

    /** The whole rcode, 12 bits. */
    public int rcode() {
        return rcode;
    }

    /** The number of the upstream that said so, as whoever read its message had it; {@link #NO_ORIGIN} for all others. */
    public int origin() {
        return origin;
    }

    /** AD as the upstream set it: it validated the data; never for stale data. */
    public boolean authenticData() {
        return (flags() & Header.AD) != 0 && everyTtlSeconds == AS_WRITTEN;
    }

    /** TC as the upstream set it: records are missing. */
    public boolean truncated() {
        return (flags() & Header.TC) != 0;
    }

    /** Whether the message is signed (TSIG, SIG(0)), so only for the client that asked, and never to be kept. */
    public boolean isSigned() {
        return verbatim;
    }

    /** Whether it carries an Extended DNS Error with this code. */
    public boolean hasExtendedError(int code) {
        for (int p = 0; p < errors.length; p += Edns.OPTION_HEADER_OCTETS + Octets.u16(errors, p + 2)) {
            if (Octets.u16(errors, p + Edns.OPTION_HEADER_OCTETS) == code) {
                return true;
            }
        }
        return false;
    }

    /** Records in the answer section. */
    public int answerRecords() {
        return messageOctets == 0 ? 0 : Header.answers(message, 0);
    }

    /** Records in the authority section. */
    int authorityRecords() {
        return messageOctets == 0 ? 0 : Header.authorities(message, 0);
    }

    /** What it occupies in memory, estimated: the message, its offsets, and what the JVM adds. */
    public int octets() {
        return OBJECT_OCTETS + messageOctets + 2 * ttls + errors.length;
    }

    /** RDATA of each record of this type in the answer section, copied; for those who look at few answers. */
    public List<byte[]> answerData(int type) {
        List<byte[]> found = new ArrayList<>();
        int records = Math.min(answerRecords(), ttls);
        for (int i = 0; i < records; i++) {
            int ttlAt = ttlOffsets[i];
            if (Records.typeByTtl(message, ttlAt) == type) {
                found.add(Arrays.copyOfRange(message, Records.rdataByTtl(ttlAt), Records.endByTtl(message, ttlAt)));
            }
        }
        return found;
    }

    /** Whether the answer section has a record of this type, or any record at all if that is ANY. */
    public boolean answersType(int type) {
        int records = answerRecords();
        for (int i = 0; i < records; i++) {
            if (type == RecordType.ANY || Records.typeByTtl(message, ttlOffsets[i]) == type) {
                return true;
            }
        }
        return false;
    }

    /** Whether it says that the name does not exist, for whatever type (RFC 2308 5): NXDOMAIN, and no CNAME that leads elsewhere. */
    public boolean deniesEveryType() {
        return rcode == Rcode.NXDOMAIN && answerRecords() == 0;
    }

    /** The greatest TTL of any record; 0 if there is none. */
    public int greatestTtlSeconds() {
        int greatest = 0;
        for (int i = 0; i < ttls; i++) {
            greatest = Math.max(greatest, Octets.u32(message, ttlOffsets[i]));
        }
        return greatest;
    }

    /** The least TTL in the answer section (RFC 2181 5.2); 0 if that is empty. */
    public int leastTtlSeconds() {
        int records = answerRecords();
        int least = records == 0 ? 0 : MAX_TTL_SECONDS;
        for (int i = 0; i < records; i++) {
            least = Math.min(least, Octets.u32(message, ttlOffsets[i]));
        }
        return least;
    }

    /**
     * How long "no such name" or "no such data" holds: the lesser of the TTL and the MINIMUM of the SOA record in the
     * authority section (RFC 2308 5), and not longer than the answer section, if there is a CNAME; or {@link #NO_SOA}.
     */
    public int negativeTtlSeconds() {
        int answers = answerRecords();
        for (int i = answers; i < answers + authorityRecords(); i++) {
            int ttlAt = ttlOffsets[i];
            int end = Records.endByTtl(message, ttlAt);
            int rdata = Records.rdataByTtl(ttlAt);
            if (Records.typeByTtl(message, ttlAt) == RecordType.SOA && end - rdata >= SOA_LEAST_OCTETS) {
                int minimum = saneTtl(Octets.u32(message, end - SOA_MINIMUM_OCTETS));
                int least = Math.min(minimum, Octets.u32(message, ttlAt));
                return answers == 0 ? least : Math.min(least, leastTtlSeconds());
            }
        }
        return NO_SOA;
    }

    /** A TTL with the top bit set counts as 0 (RFC 2181 8). */
    static int saneTtl(int ttl) {
        return Math.max(0, ttl);
    }

    /**
     * The same answer as it serves past its TTL: every TTL is this one, nobody vouches for the data any more
     * (AD is clear), and clients are told why (RFC 8767 4).
     */
    public Answer stale(int ttlSeconds, ExtendedError why) {
        return new Answer(
                ownMessage(),
                ownOffsets(),
                questionEnd,
                rcode,
                joined(why.toOption(), errors),
                verbatim,
                origin,
                0,
                false,
                ttlSeconds);
    }

    /** The same answer with every TTL brought between these. */
    public Answer withTtlsBetween(int leastSeconds, int mostSeconds) {
        if (verbatim || (ttls == 0 && !lens)) {
            return this;
        }
        byte[] changed = Arrays.copyOf(message, messageOctets);
        char[] offsets = ownOffsets();
        for (char ttlAt : offsets) {
            Octets.u32(changed, ttlAt, Math.clamp(Octets.u32(changed, ttlAt), leastSeconds, mostSeconds));
        }
        return new Answer(changed, offsets, questionEnd, rcode, errors, false, origin);
    }

    /** The same answer that also says this, before what it says already. */
    public Answer withExtendedError(ExtendedError error) {
        if (verbatim) {
            return this;
        }
        return new Answer(
                ownMessage(),
                ownOffsets(),
                questionEnd,
                rcode,
                joined(error.toOption(), errors),
                false,
                origin,
                bornNanos,
                ages,
                everyTtlSeconds);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    /**
     * The whole answer as one message, from which {@link ResponseReader#read} makes an equal one: for a store outside of this
     * process.
     *
     * @throws IllegalStateException for a failure without message
     */
    public byte[] toMessage() {
        if (messageOctets == 0) {
            throw new IllegalStateException("a failure has no message");
        }
        if (verbatim || (errors.length == 0 && rcode == Header.rcode(flags()))) {
            return Arrays.copyOf(message, messageOctets);
        }
        byte[] whole = Arrays.copyOf(message, messageOctets + Edns.OCTETS + errors.length);
        int options = Edns.write(whole, messageOctets, rcode, false, errors.length);
        System.arraycopy(errors, 0, whole, options, errors.length);
        Header.additionals(whole, 0, Header.additionals(message, 0) + 1);
        return whole;
    }

    /**
     * How many octets {@link #pack} writes.
     *
     * @throws IllegalStateException for one that is signed, stale or longer than any message: none of them is kept
     */
    public int packedOctets() {
        if (verbatim || everyTtlSeconds != AS_WRITTEN || messageOctets > MAX_MESSAGE_OCTETS) {
            throw new IllegalStateException("not to be kept");
        }
        return PACKED_FIXED_OCTETS + messageOctets + 2 * ttls + errors.length;
    }

    /**
     * Writes all of it but its birth and the spelling of the question's name, which is in lower case then, for {@link #unpack}
     * and {@link QuestionKey#isAskedIn}, which alone understand it.
     */
    public void pack(byte[] out, int at) {
        Octets.u16(out, at, messageOctets);
        Octets.u16(out, at + 2, ttls);
        Octets.u16(out, at + 4, errors.length);
        Octets.u16(out, at + 6, questionEnd);
        Octets.u16(out, at + 8, rcode);
        out[at + 10] = origin;
        int p = at + PACKED_FIXED_OCTETS;
        System.arraycopy(message, 0, out, p, messageOctets);
        for (int i = Header.OCTETS; i < questionEnd - 4; i++) {
            out[p + i] = Name.lowerCase(message[i]);
        }
        p += messageOctets;
        System.arraycopy(errors, 0, out, p, errors.length);
        p += errors.length;
        for (int i = 0; i < ttls; i++) {
            Octets.u16(out, p + 2 * i, ttlOffsets[i]);
        }
    }

    /** Where the question of an answer that was packed there begins. */
    static int packedQuestionAt(int at) {
        return at + PACKED_FIXED_OCTETS + Header.OCTETS;
    }

    /** Where the question of an answer that was packed there ends. */
    static int packedQuestionEnd(byte[] in, int at) {
        return at + PACKED_FIXED_OCTETS + Octets.u16(in, at + 6);
    }

    /**
     * Makes this lens what was packed there; allocates only for what is larger than all before, and for errors.
     *
     * @param bornNanos when its TTLs began to run, by {@link System#nanoTime}
     * @throws IllegalStateException unless this is a lens
     */
    public void unpack(byte[] in, int at, long bornNanos) {
        if (!lens) {
            throw new IllegalStateException("not a lens");
        }
        messageOctets = Octets.u16(in, at);
        ttls = Octets.u16(in, at + 2);
        int errorOctets = Octets.u16(in, at + 4);
        questionEnd = Octets.u16(in, at + 6);
        rcode = Octets.u16(in, at + 8);
        origin = in[at + 10];
        this.bornNanos = bornNanos;
        if (message.length < messageOctets) {
            message = new byte[messageOctets];
        }
        if (ttlOffsets.length < ttls) {
            ttlOffsets = new char[ttls];
        }
        int p = at + PACKED_FIXED_OCTETS;
        System.arraycopy(in, p, message, 0, messageOctets);
        p += messageOctets;
        errors = errorOctets == 0 ? NO_OCTETS : Arrays.copyOfRange(in, p, p + errorOctets);
        p += errorOctets;
        for (int i = 0; i < ttls; i++) {
            ttlOffsets[i] = (char) Octets.u16(in, p + 2 * i);
        }
    }

    private int flags() {
        return messageOctets == 0 ? 0 : Header.flags(message, 0);
    }

    /** Names no data: what clients ask is their own affair. */
    @Override
    public String toString() {
        return "Answer[" + Rcode.text(Rcode.bucket(rcode)) + ", " + messageOctets + " octets]";
    }
}
