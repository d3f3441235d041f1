package io.dnsproxy.wire;

import java.nio.charset.StandardCharsets;

/**
 * Domain names in wire form (RFC 1035 3.1, 4.1.4). A label may hold any octet; only ASCII letters have case (RFC 4343 3).
 *
 * <p>A label's length octet is below 64, less than {@code 'A'}: so case can be changed, and two names compared, octet by
 * octet without looking at where labels start.
 */
public final class Name {

    /** What the methods that walk a name return for one that breaks the rules. */
    static final int MALFORMED = -1;

    /** The longest name, its length octets and the root's included (RFC 1035 2.3.4). */
    public static final int MAX_OCTETS = 255;

    /** The longest label (RFC 1035 2.3.4). */
    static final int MAX_LABEL_OCTETS = 63;

    /**
     * Most pointers that are followed in one name: it has at most 127 labels, so has no use for more. Without a bound, a
     * message full of pointers to pointers would cost a walk of thousands of steps for each of thousands of names.
     */
    private static final int MAX_POINTERS = 127;

    /** From this length octet on, it is a compression pointer (RFC 1035 4.1.4). */
    private static final int POINTER = 0xc0;

    private static final int POINTER_OFFSET = 0x3fff;

    private static final int CASE_BIT = 0x20;

    private Name() {}

    /**
     * Walks a name that may be compressed.
     *
     * <p>A pointer stands for an earlier occurrence of a name: what it points at must lie behind the header and end before
     * the labels begin that the pointer follows. So there are no loops, and whether a name is good depends on no octet behind
     * it.
     *
     * @param base where the message starts; pointers count from here
     * @param end nothing from here on is read
     * @return the offset just behind the name (behind its first pointer if it has one), or {@link #MALFORMED}
     */
    static int skip(byte[] m, int base, int at, int end) {
        int behind = MALFORMED;
        int octets = 0;
        int pointers = 0;
        int start = at;
        int limit = end;
        int p = at;
        while (p < limit) {
            int length = Octets.u8(m, p);
            if (length == 0) {
                return behind == MALFORMED ? p + 1 : behind;
            }
            if (length <= MAX_LABEL_OCTETS) {
                octets += length + 1;
                p += length + 1;
                if (octets >= MAX_OCTETS) {
                    return MALFORMED;
                }
            } else {
                if (length < POINTER || p + 1 >= limit) {
                    return MALFORMED;
                }
                int target = base + pointer(m, p);
                if (target < base + Header.OCTETS || target >= start || ++pointers > MAX_POINTERS) {
                    return MALFORMED;
                }
                if (behind == MALFORMED) {
                    behind = p + 2;
                }
                limit = start;
                start = target;
                p = target;
            }
        }
        return MALFORMED;
    }

    /** Like {@link #skip}, for a place where no pointer is allowed: the question of a query has nothing to point at. */
    static int skipUncompressed(byte[] m, int at, int end) {
        int limit = Math.min(end, at + MAX_OCTETS);
        int p = at;
        while (p < limit) {
            int length = Octets.u8(m, p);
            if (length == 0) {
                return p + 1;
            }
            if (length > MAX_LABEL_OCTETS) {
                return MALFORMED;
            }
            p += length + 1;
        }
        return MALFORMED;
    }

    /** Whether a compression pointer starts at {@code at}. */
    static boolean isPointer(byte[] m, int at) {
        return Octets.u8(m, at) >= POINTER;
    }

    /** The offset within the message that the pointer at {@code at} points to. */
    static int pointer(byte[] m, int at) {
        return Octets.u16(m, at) & POINTER_OFFSET;
    }

    /** Writes a pointer to {@code offset}. */
    static void pointer(byte[] m, int at, int offset) {
        Octets.u16(m, at, POINTER << 8 | offset);
    }

    /** The octet, as a lower-case letter if it is an ASCII capital. */
    static byte lowerCase(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? (byte) (octet | CASE_BIT) : octet;
    }

    /** Whether {@code length} octets are the same but for the case of ASCII letters. */
    static boolean equalsIgnoringCase(byte[] a, int aAt, byte[] b, int bAt, int length) {
        for (int i = 0; i < length; i++) {
            if (a[aAt + i] != b[bAt + i] && lowerCase(a[aAt + i]) != lowerCase(b[bAt + i])) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the name is {@code ancestor} or a name under it.
     *
     * @param at start of a well-formed, uncompressed name
     * @param end just behind it
     */
    static boolean isAtOrUnder(byte[] m, int at, int end, byte[] ancestor) {
        int start = end - ancestor.length;
        int p = at;
        while (p < start) {
            p += Octets.u8(m, p) + 1;
        }
        return p == start && equalsIgnoringCase(m, start, ancestor, 0, ancestor.length);
    }

    /**
     * The wire form of a name from a setting or the program's text, such as {@code home.arpa} or {@code home.arpa.}; plain
     * labels only, no escapes.
     *
     * @throws IllegalArgumentException if a label is empty or too long, the name is too long, or it has a character outside
     *     of ASCII
     */
    public static byte[] octets(String text) {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        if (!StandardCharsets.US_ASCII.newEncoder().canEncode(name) || ascii.length > MAX_OCTETS - 2) {
            throw new IllegalArgumentException("not a domain name: " + text);
        }
        if (ascii.length == 0) {
            return new byte[1];
        }
        byte[] octets = new byte[ascii.length + 2];
        int lengthAt = 0;
        for (int i = 0; i <= ascii.length; i++) {
            if (i < ascii.length && ascii[i] != '.') {
                octets[i + 1] = ascii[i];
                continue;
            }
            int length = i - lengthAt;
            if (length == 0 || length > MAX_LABEL_OCTETS) {
                throw new IllegalArgumentException("not a domain name: " + text);
            }
            octets[lengthAt] = (byte) length;
            lengthAt = i + 1;
        }
        return octets;
    }
}
