package io.dnsproxy.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An answer to a question, immutable and shared between threads and clients.
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
    private static final int OBJECT_OCTETS = 88;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private static final byte[] NO_OCTETS = {};
    private static final char[] NO_OFFSETS = {};

    /** Header, question, records; empty for a failure. Never written to. */
    final byte[] message;

    /** Offset of each record's TTL within {@link #message}, in order. */
    final char[] ttlOffsets;

    /** Length of header and question; 0 without a message. */
    final int questionEnd;

    /** Whole EDNS options, all of them Extended DNS Errors. */
    final byte[] errors;

    /** Whether the message is signed, and goes out as it is but for the id. */
    final boolean verbatim;

    private final int rcode;

    /** So small that it costs no memory: it fits where the object would end in padding. */
    private final byte origin;

    /** When the TTLs began to run; without meaning unless they do. */
    private final long bornNanos;

    private final boolean ages;

    /** What every TTL is to be, or {@link #AS_WRITTEN}. */
    final int everyTtlSeconds;

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
        this.ttlOffsets = ttlOffsets;
        this.questionEnd = questionEnd;
        this.rcode = rcode;
        this.errors = errors;
        this.verbatim = verbatim;
        this.origin = origin;
        this.bornNanos = bornNanos;
        this.ages = ages;
        this.everyTtlSeconds = everyTtlSeconds;
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

    /** The same answer, sharing its octets, whose TTLs run from this moment on (by {@link System#nanoTime}). */
    public Answer bornAt(long nanos) {
        return new Answer(
                message, ttlOffsets, questionEnd, rcode, errors, verbatim, origin, nanos, true, everyTtlSeconds);
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
        return message.length == 0 ? 0 : Header.answers(message, 0);
    }

    /** Records in the authority section. */
    int authorityRecords() {
        return message.length == 0 ? 0 : Header.authorities(message, 0);
    }

    /** What it occupies in memory, estimated: the message, its offsets, and what the JVM adds. */
    public int octets() {
        return OBJECT_OCTETS + message.length + 2 * ttlOffsets.length + errors.length;
    }

    /** RDATA of each record of this type in the answer section, copied; for those who look at few answers. */
    public List<byte[]> answerData(int type) {
        List<byte[]> found = new ArrayList<>();
        int records = Math.min(answerRecords(), ttlOffsets.length);
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
        for (char ttlAt : ttlOffsets) {
            greatest = Math.max(greatest, Octets.u32(message, ttlAt));
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
     * The same answer, sharing its octets, as it serves past its TTL: every TTL is this one, nobody vouches for the data any more
     * (AD is clear), and clients are told why (RFC 8767 4).
     */
    public Answer stale(int ttlSeconds, ExtendedError why) {
        return new Answer(
                message,
                ttlOffsets,
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
        if (verbatim || ttlOffsets.length == 0) {
            return this;
        }
        byte[] changed = message.clone();
        for (char ttlAt : ttlOffsets) {
            Octets.u32(changed, ttlAt, Math.clamp(Octets.u32(changed, ttlAt), leastSeconds, mostSeconds));
        }
        return new Answer(changed, ttlOffsets, questionEnd, rcode, errors, false, origin);
    }

    /** The same answer that also says this, before what it says already. */
    public Answer withExtendedError(ExtendedError error) {
        if (verbatim) {
            return this;
        }
        return new Answer(
                message,
                ttlOffsets,
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
        if (message.length == 0) {
            throw new IllegalStateException("a failure has no message");
        }
        if (verbatim || (errors.length == 0 && rcode == Header.rcode(flags()))) {
            return message.clone();
        }
        byte[] whole = Arrays.copyOf(message, message.length + Edns.OCTETS + errors.length);
        int options = Edns.write(whole, message.length, rcode, false, errors.length);
        System.arraycopy(errors, 0, whole, options, errors.length);
        Header.additionals(whole, 0, Header.additionals(message, 0) + 1);
        return whole;
    }

    private int flags() {
        return message.length == 0 ? 0 : Header.flags(message, 0);
    }

    /** Names no data: what clients ask is their own affair. */
    @Override
    public String toString() {
        return "Answer[" + Rcode.text(Rcode.bucket(rcode)) + ", " + message.length + " octets]";
    }
}
