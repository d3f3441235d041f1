package io.dnsproxy.wire;

/**
 * Where things are in a resource record (RFC 1035 4.1.3). {@code behindName} is the offset behind the owner's name:
 * TYPE 2, CLASS 2, TTL 4, RDLENGTH 2 octets, RDATA.
 */
final class Records {

    /** What stands between the owner's name and RDATA. */
    static final int FIXED_OCTETS = 10;

    /** The shortest record: root as owner, no RDATA. */
    static final int LEAST_OCTETS = 1 + FIXED_OCTETS;

    /** From a record's TYPE to its TTL. */
    static final int TYPE_TO_TTL_OCTETS = 4;

    private Records() {}

    static int type(byte[] m, int behindName) {
        return Octets.u16(m, behindName);
    }

    static int dnsClass(byte[] m, int behindName) {
        return Octets.u16(m, behindName + 2);
    }

    static int ttlOffset(int behindName) {
        return behindName + TYPE_TO_TTL_OCTETS;
    }

    static int rdata(int behindName) {
        return behindName + FIXED_OCTETS;
    }

    /** The offset behind the record, or {@link Name#MALFORMED} if it or its name's end lies behind {@code end}. */
    static int end(byte[] m, int behindName, int end) {
        if (behindName == Name.MALFORMED || end - behindName < FIXED_OCTETS) {
            return Name.MALFORMED;
        }
        int behind = rdata(behindName) + Octets.u16(m, behindName + 8);
        return behind <= end ? behind : Name.MALFORMED;
    }

    /** The offset behind the record whose TTL is at {@code ttlAt}, in a message that was checked before. */
    static int endByTtl(byte[] m, int ttlAt) {
        return ttlAt + 6 + Octets.u16(m, ttlAt + 4);
    }

    /** RDATA of the record whose TTL is at {@code ttlAt}. */
    static int rdataByTtl(int ttlAt) {
        return ttlAt + FIXED_OCTETS - TYPE_TO_TTL_OCTETS;
    }

    /** The type of the record whose TTL is at {@code ttlAt}. */
    static int typeByTtl(byte[] m, int ttlAt) {
        return Octets.u16(m, ttlAt - TYPE_TO_TTL_OCTETS);
    }
}
