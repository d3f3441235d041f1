package io.dnsproxy.wire;

import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What makes two questions the same for a cache: name (ignoring ASCII case), type, class, DO and CD.
 *
 * <p>The hash is multilinear, with random 64-bit factors drawn when the process starts: whoever does not know them cannot
 * choose names that fall together, as is easy with {@link Arrays#hashCode(byte[])}. It means nothing to another process.
 *
 * <p>The key of a {@link Query} that is read again for each message changes with it: look up with it, but store only the
 * key of a {@link Query#copy()}, which never changes and belongs to no thread.
 */
public final class QuestionKey {

    /** Behind the name: type 2, class 2, bits 1. */
    private static final int TAIL_OCTETS = 5;

    private static final int WORD_OCTETS = 4;

    private static final int CAPACITY = (Name.MAX_OCTETS + TAIL_OCTETS + WORD_OCTETS - 1) & -WORD_OCTETS;

    /** No copy has an array of this length: by it those are told that change with each query that is read. */
    private static final int LENS_OCTETS = CAPACITY + WORD_OCTETS;

    /** This object, and its array's header and padding, on a 64-bit JVM with compressed references. */
    private static final int OBJECT_OCTETS = 24 + 20;

    private static final int DNSSEC_OK = 1;
    private static final int CHECKING_DISABLED = 2;
    private static final int EVERY_TYPE = 4;

    private static final long[] FACTORS =
            new SecureRandom().longs(CAPACITY / WORD_OCTETS + 1L).toArray();

    /** Lower-cased name, type, class, bits; zeros up to a whole word. */
    private final byte[] octets;

    private int length;
    private int hash;

    /** An empty one; ask it nothing before it was {@linkplain #unpack unpacked}. */
    public QuestionKey() {
        octets = new byte[LENS_OCTETS];
    }

    private QuestionKey(byte[] octets, int length, int hash) {
        this.octets = octets;
        this.length = length;
        this.hash = hash;
    }

    /** Takes the question from {@code at} to {@code end}, its name uncompressed. */
    void set(byte[] m, int at, int end, boolean everyType, boolean dnssecOk, boolean checkingDisabled) {
        int tail = end - 4 - at;
        for (int i = 0; i < tail; i++) {
            octets[i] = Name.lowerCase(m[at + i]);
        }
        Octets.u16(octets, tail, everyType ? 0 : Octets.u16(m, end - 4));
        Octets.u16(octets, tail + 2, Octets.u16(m, end - 2));
        int bits = (dnssecOk ? DNSSEC_OK : 0) | (checkingDisabled ? CHECKING_DISABLED : 0);
        octets[tail + 4] = (byte) (bits | (everyType ? EVERY_TYPE : 0));
        length = tail + TAIL_OCTETS;
        for (int i = length; i % WORD_OCTETS != 0; i++) {
            octets[i] = 0;
        }
        hash = multilinear(octets, length);
    }

    /** Carter and Wegman's family: two keys fall together with a chance of 1 in 2^32, whoever chose them. */
    private static int multilinear(byte[] octets, int length) {
        long sum = FACTORS[0];
        int word = 1;
        for (int i = 0; i < length; i += WORD_OCTETS) {
            sum += FACTORS[word++] * (Octets.u32(octets, i) & 0xffff_ffffL);
        }
        return (int) (sum >>> 32);
    }

    /** The same key; it never changes and belongs to no thread. */
    public QuestionKey copy() {
        return new QuestionKey(Arrays.copyOf(octets, (length + WORD_OCTETS - 1) & -WORD_OCTETS), length, hash);
    }

    /** The key of the same name, class and bits for every type: a new one, that never changes. */
    QuestionKey forEveryType() {
        byte[] other = Arrays.copyOf(octets, (length + WORD_OCTETS - 1) & -WORD_OCTETS);
        Octets.u16(other, length - TAIL_OCTETS, 0);
        other[length - 1] |= EVERY_TYPE;
        return new QuestionKey(other, length, multilinear(other, length));
    }

    /** Whether this is the name, ignoring case; see {@link Name#octets}. */
    public boolean isFor(byte[] name) {
        int nameOctets = length - TAIL_OCTETS;
        return name.length == nameOctets && Name.equalsIgnoringCase(octets, 0, name, 0, nameOctets);
    }

    /** Whether it stands for every type of the name. */
    public boolean isForEveryType() {
        return (octets[length - 1] & EVERY_TYPE) != 0;
    }

    /** The type; 0 if it stands for every type. */
    public int type() {
        return Octets.u16(octets, length - TAIL_OCTETS);
    }

    /** The class. */
    public int dnsClass() {
        return Octets.u16(octets, length - TAIL_OCTETS + 2);
    }

    /** Whether it is about answers with DNSSEC records (RFC 3225 3). */
    public boolean dnssecOk() {
        return (octets[length - 1] & DNSSEC_OK) != 0;
    }

    /** Whether it is about answers that nobody need have validated (RFC 4035 3.2.2). */
    public boolean checkingDisabled() {
        return (octets[length - 1] & CHECKING_DISABLED) != 0;
    }

    /** What a copy occupies in memory, estimated. */
    public int octets() {
        return OBJECT_OCTETS + octets.length;
    }

    /** DO, CD and whether it stands for every type, as an octet: what of it is not in a packed answer's question. */
    public byte bits() {
        return octets[length - 1];
    }

    /** Whether this is the question of an answer that was {@linkplain Answer#pack packed} there, with these bits. */
    public boolean isAskedIn(byte[] packed, int at, byte bits) {
        int from = Answer.packedQuestionAt(at);
        int to = Answer.packedQuestionEnd(packed, at);
        if (bits != bits() || to - from != length - 1) {
            return false;
        }
        if (!isForEveryType()) {
            return Arrays.equals(octets, 0, length - 1, packed, from, to);
        }
        int nameOctets = length - TAIL_OCTETS;
        return Arrays.equals(octets, 0, nameOctets, packed, from, from + nameOctets)
                && dnsClass() == Octets.u16(packed, to - 2);
    }

    /**
     * Makes this the key of the question of an answer that was {@linkplain Answer#pack packed} there, with these bits.
     *
     * @throws IllegalStateException for a {@link #copy}: it never changes
     */
    public void unpack(byte[] packed, int at, byte bits) {
        if (octets.length != LENS_OCTETS) {
            throw new IllegalStateException("a copy does not change");
        }
        set(
                packed,
                Answer.packedQuestionAt(at),
                Answer.packedQuestionEnd(packed, at),
                (bits & EVERY_TYPE) != 0,
                (bits & DNSSEC_OK) != 0,
                (bits & CHECKING_DISABLED) != 0);
    }

    /** The same octets in each process, a new array: for a store outside of this process. */
    public byte[] toOctets() {
        return Arrays.copyOf(octets, length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof QuestionKey key
                && hash == key.hash
                && Arrays.equals(octets, 0, length, key.octets, 0, key.length);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** Names neither the name nor the type: what clients ask is their own affair. */
    @Override
    public String toString() {
        return "QuestionKey[" + length + " octets]";
    }
}
