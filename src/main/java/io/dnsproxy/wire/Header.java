package io.dnsproxy.wire;

/**
 * The header of a message (RFC 1035 4.1.1, RFC 4035 3), read and written in place.
 *
 * <pre>
 *   0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
 * +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 * |                      ID                       |
 * |QR|   Opcode  |AA|TC|RD|RA| Z|AD|CD|   RCODE   |
 * |                    QDCOUNT                    |
 * |                    ANCOUNT                    |
 * |                    NSCOUNT                    |
 * |                    ARCOUNT                    |
 * +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 * </pre>
 *
 * <p>{@code at} is where the message starts in the array; {@link #OCTETS} octets must be there.
 */
public final class Header {

    /** Length of the header. */
    public static final int OCTETS = 12;

    /** This is a response. */
    public static final int QR = 0x8000;
    /** Authoritative answer. */
    public static final int AA = 0x0400;
    /** Truncated. */
    public static final int TC = 0x0200;
    /** Recursion desired. */
    public static final int RD = 0x0100;
    /** Recursion available. */
    public static final int RA = 0x0080;
    /** Reserved. */
    public static final int Z = 0x0040;
    /** Authentic data (RFC 4035 3.2.3). */
    public static final int AD = 0x0020;
    /** Checking disabled (RFC 4035 3.2.2). */
    public static final int CD = 0x0010;

    /** The opcode of an ordinary query. */
    public static final int OPCODE_QUERY = 0;

    private static final int OPCODE_MASK = 0x7800;
    private static final int OPCODE_SHIFT = 11;
    private static final int RCODE_MASK = 0x000f;

    private Header() {}

    /** The message's id. */
    public static int id(byte[] m, int at) {
        return Octets.u16(m, at);
    }

    /** Sets the message's id. */
    public static void id(byte[] m, int at, int id) {
        Octets.u16(m, at, id);
    }

    /** The 16 bits with the flags, the opcode and the rcode. */
    public static int flags(byte[] m, int at) {
        return Octets.u16(m, at + 2);
    }

    /** Sets the 16 bits with the flags, the opcode and the rcode. */
    public static void flags(byte[] m, int at, int flags) {
        Octets.u16(m, at + 2, flags);
    }

    /** The opcode within {@code flags}. */
    public static int opcode(int flags) {
        return (flags & OPCODE_MASK) >>> OPCODE_SHIFT;
    }

    /** The place of {@code opcode} within flags. */
    static int flagsOfOpcode(int opcode) {
        return opcode << OPCODE_SHIFT;
    }

    /** The lower four bits of the rcode, those within {@code flags}. */
    public static int rcode(int flags) {
        return flags & RCODE_MASK;
    }

    /** Number of questions. */
    public static int questions(byte[] m, int at) {
        return Octets.u16(m, at + 4);
    }

    /** Number of records in the answer section. */
    public static int answers(byte[] m, int at) {
        return Octets.u16(m, at + 6);
    }

    /** Number of records in the authority section. */
    public static int authorities(byte[] m, int at) {
        return Octets.u16(m, at + 8);
    }

    /** Number of records in the additional section. */
    public static int additionals(byte[] m, int at) {
        return Octets.u16(m, at + 10);
    }

    /** Sets the number of records in the additional section. */
    static void additionals(byte[] m, int at, int count) {
        Octets.u16(m, at + 10, count);
    }

    /** Sets all four counts. */
    static void counts(byte[] m, int at, int questions, int answers, int authorities, int additionals) {
        Octets.u16(m, at + 4, questions);
        Octets.u16(m, at + 6, answers);
        Octets.u16(m, at + 8, authorities);
        Octets.u16(m, at + 10, additionals);
    }
}
