package io.dnsproxy.wire;

/** Unsigned big-endian numbers in a byte array, as all of DNS writes them (RFC 1035 2.3.2). */
final class Octets {

    private Octets() {}

    static int u8(byte[] m, int at) {
        return m[at] & 0xff;
    }

    static int u16(byte[] m, int at) {
        return (m[at] & 0xff) << 8 | (m[at + 1] & 0xff);
    }

    static int u32(byte[] m, int at) {
        return u16(m, at) << 16 | u16(m, at + 2);
    }

    static void u16(byte[] m, int at, int value) {
        m[at] = (byte) (value >>> 8);
        m[at + 1] = (byte) value;
    }

    static void u32(byte[] m, int at, int value) {
        u16(m, at, value >>> 16);
        u16(m, at + 2, value);
    }

    static long u64(byte[] m, int at) {
        return (long) u32(m, at) << 32 | (u32(m, at + 4) & 0xffff_ffffL);
    }

    static void u64(byte[] m, int at, long value) {
        u32(m, at, (int) (value >>> 32));
        u32(m, at + 4, (int) value);
    }
}
