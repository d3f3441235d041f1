package io.dnsproxy.listener;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * A client's address as two longs: high and low half of its IPv6 form, {@code ::ffff:a.b.c.d} for an IPv4 address (RFC 4291 section
 * 2.5.5.2).
 */
record ClientAddress(long high, long low) {

    /** Bits of the first half of an IPv6 address that one customer of a provider has for itself at least (RFC 6177 2). */
    private static final int IPV6_CUSTOMER_BITS = 56;

    private static final long MAPPED_PREFIX = 0xffff_0000_0000L;

    /** A zone ({@code fe80::1%eth0}) does not count. */
    static ClientAddress of(InetAddress address) {
        ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet4Address
                ? new ClientAddress(0, MAPPED_PREFIX | Integer.toUnsignedLong(octets.getInt()))
                : new ClientAddress(octets.getLong(), octets.getLong());
    }

    /** The network that one client has for itself: an IPv4 address, or the /56 of IPv6. */
    ClientAddress network() {
        return isIpv4(high, low) ? this : new ClientAddress(high & -1L << (Long.SIZE - IPV6_CUSTOMER_BITS), 0);
    }

    /** Whether such an address is one of IPv4. */
    static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> Integer.SIZE == MAPPED_PREFIX >>> Integer.SIZE;
    }
}
