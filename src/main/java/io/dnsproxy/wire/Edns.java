package io.dnsproxy.wire;

/**
 * The OPT pseudo-record (RFC 6891 6.1): root as owner, the payload as class, 8 more bits of rcode, version and flags as TTL,
 * options as RDATA.
 */
final class Edns {

    /** An OPT record without options. */
    static final int OCTETS = 11;

    /** Code and length before the data of each option. */
    static final int OPTION_HEADER_OCTETS = 4;

    /** What one fragment carries anywhere (RFC 9715 3.1, appendix A; DNS flag day 2020). */
    static final int PAYLOAD_OCTETS = 1232;

    /** The least that every UDP client takes (RFC 1035 4.2.1, RFC 6891 6.2.3). */
    static final int LEAST_PAYLOAD_OCTETS = 512;

    /** Option code of a DNS Cookie (RFC 7873 4). */
    static final int COOKIE = 10;

    /** Option code of edns-tcp-keepalive (RFC 7828 3.1). */
    static final int KEEPALIVE = 11;

    /** Option code of Padding (RFC 7830). */
    static final int PADDING = 12;

    /** Option code of an Extended DNS Error (RFC 8914). */
    static final int EXTENDED_ERROR = 15;

    private static final int DNSSEC_OK = 0x8000;

    private Edns() {}

    /** DO, from the OPT's TTL field (RFC 3225 3). */
    static boolean dnssecOk(int ttl) {
        return (ttl & DNSSEC_OK) != 0;
    }

    static int version(int ttl) {
        return ttl >>> 16 & 0xff;
    }

    /** The upper eight bits of the rcode, in their place. */
    static int upperRcode(int ttl) {
        return ttl >>> 24 << 4;
    }

    /** Whether the options from {@code at} on fill exactly the octets up to {@code end}. */
    static boolean areOptions(byte[] m, int at, int end) {
        int p = at;
        while (p < end) {
            if (end - p < OPTION_HEADER_OCTETS) {
                return false;
            }
            p += OPTION_HEADER_OCTETS + Octets.u16(m, p + 2);
        }
        return p == end;
    }

    /** Offset of the first option with this code among well-formed options, or -1. */
    static int find(byte[] m, int at, int end, int code) {
        for (int p = at; p < end; p += OPTION_HEADER_OCTETS + Octets.u16(m, p + 2)) {
            if (Octets.u16(m, p) == code) {
                return p;
            }
        }
        return -1;
    }

    /** Writes an OPT record of version 0 up to its options, which the caller adds. */
    static int write(byte[] out, int at, int rcode, boolean dnssecOk, int optionOctets) {
        out[at] = 0;
        Octets.u16(out, at + 1, RecordType.OPT);
        Octets.u16(out, at + 3, PAYLOAD_OCTETS);
        Octets.u32(out, at + 5, rcode >>> 4 << 24 | (dnssecOk ? DNSSEC_OK : 0));
        Octets.u16(out, at + 9, optionOctets);
        return at + OCTETS;
    }
}
