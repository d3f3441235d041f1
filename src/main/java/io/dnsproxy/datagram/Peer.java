package io.dnsproxy.datagram;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * Who sent a datagram and where it arrived: all that a reply needs, in primitive fields.
 *
 * <p>The peer that a receiver gets is overwritten by the next datagram; a {@link #copy} is not.
 */
public final class Peer {

    private static final long MAPPED_PREFIX = 0xffff_0000_0000L; // RFC 4291 section 2.5.5.2, ::ffff:0:0/96

    private long addressHigh;
    private long addressLow;
    private int port;
    private int scopeId;
    private long askedHigh;
    private long askedLow;
    private int askedScopeId;
    private int socket;

    Peer() {}

    /**
     * A peer that has not been heard of: a datagram to it leaves through the first socket of the endpoint, from the
     * address that the system chooses.
     *
     * @throws IllegalArgumentException if the address is unresolved
     */
    public static Peer of(InetSocketAddress address) {
        Peer peer = new Peer();
        peer.arrived(address, 0);
        return peer;
    }

    /** The first eight octets of the IPv6 address in network order; 0 for IPv4. */
    public long addressHigh() {
        return addressHigh;
    }

    /** The last eight octets of the IPv6 address in network order; {@code ::ffff:a.b.c.d} for IPv4. */
    public long addressLow() {
        return addressLow;
    }

    /** The UDP port, 0 to 65,535. */
    public int port() {
        return port;
    }

    /** Whether the datagram came over IPv4. */
    public boolean isIpv4() {
        return addressHigh == 0 && addressLow >>> 32 == MAPPED_PREFIX >>> 32;
    }

    /** The same peer in an object of its own, safe to hand to another thread. */
    public Peer copy() {
        Peer copy = new Peer();
        copy.from(addressHigh, addressLow, port, scopeId, socket);
        copy.asked(askedHigh, askedLow, askedScopeId);
        return copy;
    }

    /** Address and port as objects; allocates, so not for every datagram. */
    public InetSocketAddress toSocketAddress() {
        try {
            byte[] octets = ByteBuffer.allocate(16)
                    .putLong(addressHigh)
                    .putLong(addressLow)
                    .array();
            InetAddress address =
                    scopeId == 0 ? InetAddress.getByAddress(octets) : Inet6Address.getByAddress(null, octets, scopeId);
            return new InetSocketAddress(address, port);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 octets are always an address", e);
        }
    }

    @Override
    public String toString() {
        return toSocketAddress().toString();
    }

    int scopeId() {
        return scopeId;
    }

    /** The address that the peer asked, 0 and 0 when unknown or not fit to answer from. */
    long askedHigh() {
        return askedHigh;
    }

    long askedLow() {
        return askedLow;
    }

    /** The interface of a link-local asked address, else 0: the route decides. */
    int askedScopeId() {
        return askedScopeId;
    }

    /** Which of the endpoint's sockets the datagram came in by. */
    int socket() {
        return socket;
    }

    void from(long high, long low, int fromPort, int fromScopeId, int bySocket) {
        addressHigh = high;
        addressLow = low;
        port = fromPort;
        scopeId = fromScopeId;
        socket = bySocket;
        asked(0, 0, 0);
    }

    void fromIpv4(int address, int fromPort, int bySocket) {
        from(0, mapped(address), fromPort, 0, bySocket);
    }

    void asked(long high, long low, int interfaceIndex) {
        boolean multicast = high >>> 56 == 0xff;
        boolean linkLocal = high >>> 54 == 0xfe80 >>> 6;
        askedHigh = multicast ? 0 : high;
        askedLow = multicast ? 0 : low;
        askedScopeId = linkLocal ? interfaceIndex : 0;
    }

    void askedIpv4(int address) {
        asked(0, mapped(address), 0);
    }

    /** Takes over an address object, asked address unknown. */
    void arrived(InetSocketAddress address, int bySocket) {
        InetAddress host = address.getAddress();
        if (host == null) {
            throw new IllegalArgumentException("unresolved: " + address);
        }
        ByteBuffer octets = ByteBuffer.wrap(host.getAddress());
        if (host instanceof Inet6Address ipv6) {
            from(octets.getLong(), octets.getLong(), address.getPort(), ipv6.getScopeId(), bySocket);
        } else {
            fromIpv4(octets.getInt(), address.getPort(), bySocket);
        }
    }

    private static long mapped(int ipv4) {
        return MAPPED_PREFIX | Integer.toUnsignedLong(ipv4);
    }
}
