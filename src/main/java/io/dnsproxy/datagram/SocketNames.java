package io.dnsproxy.datagram;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads and writes {@code struct sockaddr_in} and {@code sockaddr_in6} of Linux. */
final class SocketNames {

    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    /** Room for one of either kind, a multiple of eight. */
    static final long STRIDE_OCTETS = 32;

    static final int IPV4_OCTETS = 16;
    static final int IPV6_OCTETS = 28;

    private static final ValueLayout.OfShort NETWORK_SHORT = JAVA_SHORT.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfInt NETWORK_INT = JAVA_INT.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfLong NETWORK_LONG = JAVA_LONG.withOrder(BIG_ENDIAN);

    private static final long PORT = 2;
    private static final long IPV4_ADDRESS = 4;
    private static final long FLOW = 4;
    private static final long IPV6_ADDRESS = 8;
    private static final long SCOPE = 24;

    private SocketNames() {}

    /** Who sent. */
    static void read(MemorySegment names, long at, Peer peer, int socket) {
        int port = Short.toUnsignedInt(names.get(NETWORK_SHORT, at + PORT));
        if (names.get(JAVA_SHORT, at) == AF_INET6) {
            peer.from(
                    names.get(NETWORK_LONG, at + IPV6_ADDRESS),
                    names.get(NETWORK_LONG, at + IPV6_ADDRESS + Long.BYTES),
                    port,
                    names.get(JAVA_INT, at + SCOPE),
                    socket);
        } else {
            peer.fromIpv4(names.get(NETWORK_INT, at + IPV4_ADDRESS), port, socket);
        }
    }

    /**
     * Where to send.
     *
     * @param ipv6 the family of the socket; an IPv6 socket has IPv4 addresses mapped
     * @return the length in octets
     */
    static int write(MemorySegment names, long at, Peer peer, boolean ipv6) {
        names.set(NETWORK_SHORT, at + PORT, (short) peer.port());
        if (ipv6) {
            names.set(JAVA_SHORT, at, (short) AF_INET6);
            names.set(JAVA_INT, at + FLOW, 0);
            names.set(NETWORK_LONG, at + IPV6_ADDRESS, peer.addressHigh());
            names.set(NETWORK_LONG, at + IPV6_ADDRESS + Long.BYTES, peer.addressLow());
            names.set(JAVA_INT, at + SCOPE, peer.scopeId());
            return IPV6_OCTETS;
        }
        names.set(JAVA_SHORT, at, (short) AF_INET);
        names.set(NETWORK_INT, at + IPV4_ADDRESS, (int) peer.addressLow());
        return IPV4_OCTETS;
    }
}
