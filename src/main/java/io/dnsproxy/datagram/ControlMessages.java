package io.dnsproxy.datagram;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Reads and writes {@code struct cmsghdr} of 64-bit Linux: the address that was asked (RFC 3542 section 6), and how many
 * datagrams the receive buffer had no room for.
 */
final class ControlMessages {

    static final int SOL_IP = 0;
    static final int SOL_SOCKET = 1;
    static final int SOL_IPV6 = 41;
    static final int IP_PKTINFO = 8;
    static final int SO_RXQ_OVFL = 40;
    static final int IPV6_PKTINFO = 50;

    /** Room for packet information of either family (40 octets) and a count of drops (24). */
    static final long STRIDE_OCTETS = 64;

    private static final ValueLayout.OfInt NETWORK_INT = JAVA_INT.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfLong NETWORK_LONG = JAVA_LONG.withOrder(BIG_ENDIAN);

    private static final long LEVEL = 8;
    private static final long TYPE = 12;
    private static final long DATA = 16;
    private static final long ALIGNMENT = 8;

    /** {@code struct in_pktinfo}: interface, the address to answer from, the address in the header. */
    private static final long IPV4_INTERFACE = DATA;

    private static final long IPV4_ANSWER_FROM = DATA + 4;
    private static final long IPV4_INFO_OCTETS = DATA + 12;

    /** {@code struct in6_pktinfo}: address, interface. */
    private static final long IPV6_ADDRESS = DATA;

    private static final long IPV6_INTERFACE = DATA + 16;
    private static final long IPV6_INFO_OCTETS = DATA + 20;

    private ControlMessages() {}

    /**
     * Notes the asked address in the peer.
     *
     * @param drops what was told last on this socket
     * @return the drops since the socket was opened, modulo 2^32
     */
    static int read(MemorySegment controls, long start, long length, Peer peer, int drops) {
        int dropsNow = drops;
        long end = start + length;
        long at = start;
        while (at + DATA <= end) {
            long octets = controls.get(JAVA_LONG, at);
            if (octets < DATA || at + octets > end) {
                return dropsNow;
            }
            int level = controls.get(JAVA_INT, at + LEVEL);
            int type = controls.get(JAVA_INT, at + TYPE);
            if (level == SOL_IPV6 && type == IPV6_PKTINFO) {
                peer.asked(
                        controls.get(NETWORK_LONG, at + IPV6_ADDRESS),
                        controls.get(NETWORK_LONG, at + IPV6_ADDRESS + Long.BYTES),
                        controls.get(JAVA_INT, at + IPV6_INTERFACE));
            } else if (level == SOL_IP && type == IP_PKTINFO) {
                peer.askedIpv4(controls.get(NETWORK_INT, at + IPV4_ANSWER_FROM));
            } else if (level == SOL_SOCKET && type == SO_RXQ_OVFL) {
                dropsNow = controls.get(JAVA_INT, at + DATA);
            }
            at += align(octets);
        }
        return dropsNow;
    }

    /**
     * Makes the datagram leave from the address that was asked.
     *
     * @return the length in octets
     */
    static long writeSource(MemorySegment controls, long at, Peer peer, boolean ipv6) {
        if (ipv6) {
            header(controls, at, IPV6_INFO_OCTETS, SOL_IPV6, IPV6_PKTINFO);
            controls.set(NETWORK_LONG, at + IPV6_ADDRESS, peer.askedHigh());
            controls.set(NETWORK_LONG, at + IPV6_ADDRESS + Long.BYTES, peer.askedLow());
            controls.set(JAVA_INT, at + IPV6_INTERFACE, peer.askedScopeId());
            return align(IPV6_INFO_OCTETS);
        }
        header(controls, at, IPV4_INFO_OCTETS, SOL_IP, IP_PKTINFO);
        controls.set(JAVA_INT, at + IPV4_INTERFACE, 0);
        controls.set(NETWORK_INT, at + IPV4_ANSWER_FROM, (int) peer.askedLow());
        return align(IPV4_INFO_OCTETS);
    }

    private static void header(MemorySegment controls, long at, long octets, int level, int type) {
        controls.set(JAVA_LONG, at, octets);
        controls.set(JAVA_INT, at + LEVEL, level);
        controls.set(JAVA_INT, at + TYPE, type);
    }

    private static long align(long octets) {
        return (octets + ALIGNMENT - 1) & -ALIGNMENT;
    }
}
