package io.dnsproxy.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes an OPT record out of a message in which other records follow it. These move up, so their compression pointers to
 * places behind the OPT record must follow: in owners' names, and in RDATA of those types where names may be compressed
 * (RFC 1035, and the older ones of RFC 3597 4). Most servers put OPT last; then none of this is needed.
 */
final class OptRemoval {

    private final byte[] m;
    private final int optAt;
    private final int cut;

    private OptRemoval(byte[] m, int optAt, int cut) {
        this.m = m;
        this.optAt = optAt;
        this.cut = cut;
    }

    /**
     * The message without the octets from {@code optAt} to {@code optEnd}, in a new array; the header is left alone.
     *
     * @param end end of the last record
     * @param records how many follow the OPT record
     * @return null if a name in them cannot be kept
     */
    static byte @Nullable [] moveUp(byte[] message, int optAt, int optEnd, int end, int records) {
        byte[] kept = Arrays.copyOf(message, end - (optEnd - optAt));
        System.arraycopy(message, optEnd, kept, optAt, end - optEnd);
        return new OptRemoval(kept, optAt, optEnd - optAt).correct(records) ? kept : null;
    }

    private boolean correct(int records) {
        int p = optAt;
        for (int i = 0; i < records; i++) {
            int behindName = correctName(p, m.length);
            int next = Records.end(m, behindName, m.length);
            if (next == Name.MALFORMED
                    || Name.skip(m, 0, p, m.length) != behindName
                    || !correctRdata(Records.type(m, behindName), Records.rdata(behindName), next)) {
                return false;
            }
            p = next;
        }
        return true;
    }

    /** Corrects the pointer at the end of a name, and returns the offset behind it. */
    private int correctName(int at, int end) {
        int p = at;
        while (p < end) {
            int length = Octets.u8(m, p);
            if (length == 0) {
                return p + 1;
            }
            if (Name.isPointer(m, p)) {
                return p + 1 < end && correctPointer(p) ? p + 2 : Name.MALFORMED;
            }
            if (length > Name.MAX_LABEL_OCTETS) {
                return Name.MALFORMED;
            }
            p += length + 1;
        }
        return Name.MALFORMED;
    }

    private boolean correctPointer(int at) {
        int target = Name.pointer(m, at);
        if (target >= optAt + cut) {
            Name.pointer(m, at, target - cut);
        }
        return target < optAt || target >= optAt + cut;
    }

    private boolean correctRdata(int type, int rdata, int end) {
        int p = rdata + octetsBeforeNames(type);
        if (type == NAPTR) {
            for (int i = 0; i < NAPTR_STRINGS && p < end; i++) {
                p += 1 + Octets.u8(m, p);
            }
        }
        for (int i = namesIn(type); i > 0; i--) {
            p = correctName(p, end);
            if (p == Name.MALFORMED) {
                return false;
            }
        }
        return true;
    }

    private static final int MD = 3;
    private static final int MF = 4;
    private static final int MB = 7;
    private static final int MG = 8;
    private static final int MR = 9;
    private static final int MINFO = 14;
    private static final int RP = 17;
    private static final int AFSDB = 18;
    private static final int RT = 21;
    private static final int PX = 26;
    private static final int NXT = 30;
    private static final int NAPTR = 35;
    private static final int KX = 36;

    /** Flags, services, regular expression (RFC 3403 4.1). */
    private static final int NAPTR_STRINGS = 3;

    private static int namesIn(int type) {
        return switch (type) {
            case RecordType.NS, MD, MF, RecordType.CNAME, MB, MG, MR, RecordType.PTR -> 1;
            case RecordType.MX, AFSDB, RT, RecordType.SIG, NXT, RecordType.SRV, NAPTR, KX, RecordType.DNAME -> 1;
            case RecordType.SOA, MINFO, RP, PX -> 2;
            default -> 0;
        };
    }

    private static int octetsBeforeNames(int type) {
        return switch (type) {
            case RecordType.MX, AFSDB, RT, PX, KX -> 2;
            case NAPTR -> 4;
            case RecordType.SRV -> 6;
            case RecordType.SIG -> 18;
            default -> 0;
        };
    }
}
