package io.dnsproxy.wire;

import java.util.Arrays;

/**
 * What our OPT record says to one client besides why its query fails: a cookie, how long its connection may be idle, padding. A
 * lens: filled anew for each reply, allocation-free, one thread. A client without EDNS is told none of it.
 */
public final class ReplyOptions {

    /** Nothing to say; never filled. */
    public static final ReplyOptions NONE = new ReplyOptions(0);

    /** RFC 8467 4.1: responses are padded to a multiple of this. */
    private static final int BLOCK_OCTETS = 468;

    private static final int COOKIE_OCTETS = 24;
    private static final int KEEPALIVE_OCTETS = 2;
    private static final int ROOM_OCTETS = 2 * Edns.OPTION_HEADER_OCTETS + COOKIE_OCTETS + KEEPALIVE_OCTETS;

    private static final int TIMEOUT_MAX = 0xffff;

    private final byte[] octets;
    private int length;
    private boolean padded;

    /** An empty one. */
    public ReplyOptions() {
        this(ROOM_OCTETS);
    }

    private ReplyOptions(int roomOctets) {
        octets = new byte[roomOctets];
    }

    /** Says nothing any more. */
    public ReplyOptions clear() {
        length = 0;
        padded = false;
        return this;
    }

    /**
     * Adds the client's cookie and ours (RFC 7873 4), once.
     *
     * @param client the client's eight octets
     * @param serverHigh the first half of ours
     * @param serverLow the other half
     */
    public ReplyOptions cookie(long client, long serverHigh, long serverLow) {
        int p = begin(Edns.COOKIE, COOKIE_OCTETS);
        Octets.u64(octets, p, client);
        Octets.u64(octets, p + 8, serverHigh);
        Octets.u64(octets, p + 16, serverLow);
        return this;
    }

    /**
     * Adds for how long the connection may be idle (RFC 7828 3.1), once.
     *
     * @param tenths tenths of a second, at most 65,535 of which are said
     */
    public ReplyOptions keepalive(long tenths) {
        int p = begin(Edns.KEEPALIVE, KEEPALIVE_OCTETS);
        Octets.u16(octets, p, (int) Math.min(tenths, TIMEOUT_MAX));
        return this;
    }

    /** Has the reply padded so that few lengths occur (RFC 8467 4.1); only where nobody can look into it (RFC 7830 6). */
    public ReplyOptions pad() {
        padded = true;
        return this;
    }

    private int begin(int code, int dataOctets) {
        int at = length;
        Octets.u16(octets, at, code);
        Octets.u16(octets, at + 2, dataOctets);
        length = at + Edns.OPTION_HEADER_OCTETS + dataOctets;
        return at + Edns.OPTION_HEADER_OCTETS;
    }

    /** Octets without padding. */
    int octets() {
        return length;
    }

    /** Octets of the padding option for a message of so many octets; 0 if there is none, or no room for it. */
    int paddingOctets(int messageOctets, int limitOctets) {
        int least = messageOctets + Edns.OPTION_HEADER_OCTETS;
        if (!padded || least > limitOctets) {
            return 0;
        }
        int blocks = (least + BLOCK_OCTETS - 1) / BLOCK_OCTETS;
        return Math.min(blocks * BLOCK_OCTETS, limitOctets) - messageOctets;
    }

    /** Writes all but the padding; returns the offset behind it. */
    int write(byte[] out, int at) {
        System.arraycopy(octets, 0, out, at, length);
        return at + length;
    }

    /** Writes the padding option, so many octets with its header; returns the offset behind it. */
    static int writePadding(int paddingOctets, byte[] out, int at) {
        if (paddingOctets == 0) {
            return at;
        }
        int end = at + paddingOctets;
        Octets.u16(out, at, Edns.PADDING);
        Octets.u16(out, at + 2, paddingOctets - Edns.OPTION_HEADER_OCTETS);
        Arrays.fill(out, at + Edns.OPTION_HEADER_OCTETS, end, (byte) 0);
        return end;
    }
}
