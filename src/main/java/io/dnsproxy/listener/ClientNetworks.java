package io.dnsproxy.listener;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The client networks that are served. An address is two longs, high and low half of its IPv6 form; an IPv4 address
 * {@code a.b.c.d} is {@code ::ffff:a.b.c.d} (RFC 4291 section 2.5.5.2), however it came.
 *
 * <p>A network written in IPv6 form holds IPv4 addresses only if it lies in {@code ::ffff:0:0/96}: {@code ::/0} is every
 * IPv6 client and no IPv4 client.
 *
 * <p>Immutable, for any thread. A look-up compares with each network in turn and allocates nothing.
 */
public final class ClientNetworks {

    private static final int ADDRESS_BITS = 128;

    /** Bits before the IPv4 address in its IPv6 form. */
    private static final int MAPPED_BITS = 96;

    private static final Pattern IPV4 = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
    private static final Pattern PREFIX_BITS = Pattern.compile("0|[1-9][0-9]{0,2}");

    private final Network[] ipv4;
    private final Network[] ipv6;

    private ClientNetworks(List<Network> ipv4, List<Network> ipv6) {
        this.ipv4 = ipv4.toArray(Network[]::new);
        this.ipv6 = ipv6.toArray(Network[]::new);
    }

    /**
     * Reads networks in CIDR form.
     *
     * @param cidrs such as {@code 192.168.0.0/16} or {@code fc00::/7}; an address without {@code /} is that one address
     * @return the union; of an empty list, nobody
     * @throws IllegalArgumentException where one is malformed, or has bits set behind its prefix: {@code 10.1.2.3/8} may
     *     be meant as {@code 10.1.2.3} or as {@code 10.0.0.0/8}, and a list that decides who is served must not guess
     */
    public static ClientNetworks of(List<String> cidrs) {
        List<Network> ipv4 = new ArrayList<>();
        List<Network> ipv6 = new ArrayList<>();
        for (String cidr : cidrs) {
            Network network = parse(cidr);
            (network.isIpv4() ? ipv4 : ipv6).add(network);
        }
        return new ClientNetworks(ipv4, ipv6);
    }

    /**
     * Whether an address is in one of the networks. Allocates nothing.
     *
     * @param addressHigh the first 64 bits of the IPv6 form
     * @param addressLow the last 64 bits
     * @return whether the client is served
     */
    public boolean contains(long addressHigh, long addressLow) {
        for (Network network : ClientAddress.isIpv4(addressHigh, addressLow) ? ipv4 : ipv6) {
            if (network.contains(addressHigh, addressLow)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether an address is in one of the networks. A zone ({@code fe80::1%eth0}) does not count.
     *
     * @param address of the client
     * @return whether the client is served
     */
    public boolean contains(InetAddress address) {
        ClientAddress client = ClientAddress.of(address);
        return contains(client.high(), client.low());
    }

    private static Network parse(String cidr) {
        int slash = cidr.indexOf('/');
        String addressText = slash < 0 ? cidr : cidr.substring(0, slash);
        // The length of 10.0.0.0/8 counts from the IPv4 address, that of ::ffff:10.0.0.0/104 from the front.
        int bitsBefore = addressText.indexOf(':') < 0 ? MAPPED_BITS : 0;
        ClientAddress address = ClientAddress.of(parseAddress(cidr, addressText));
        int prefixBits = ADDRESS_BITS;
        if (slash >= 0) {
            prefixBits = bitsBefore + parsePrefixBits(cidr, cidr.substring(slash + 1), ADDRESS_BITS - bitsBefore);
        }
        Network network = Network.of(address.high(), address.low(), prefixBits);
        if (network.low() != address.low() || network.high() != address.high()) {
            throw new IllegalArgumentException(
                    "'" + cidr + "', which is no network: the address has bits set behind its " + "first "
                            + (prefixBits - bitsBefore));
        }
        return network;
    }

    private static InetAddress parseAddress(String cidr, String text) {
        try {
            // InetAddress takes 10.1 for 10.0.0.1, and a zone.
            if (text.indexOf('%') < 0
                    && (text.indexOf(':') >= 0 || IPV4.matcher(text).matches())) {
                return InetAddress.ofLiteral(text);
            }
        } catch (IllegalArgumentException malformed) {
            // Said below.
        }
        throw new IllegalArgumentException("'" + cidr + "', which is no network: '" + text + "' is no IP address");
    }

    private static int parsePrefixBits(String cidr, String text, int most) {
        if (PREFIX_BITS.matcher(text).matches()) {
            int bits = Integer.parseInt(text);
            if (bits <= most) {
                return bits;
            }
        }
        throw new IllegalArgumentException(
                "'" + cidr + "', which is no network: '" + text + "' is no prefix length from 0 to " + most);
    }

    private record Network(long high, long low, long maskHigh, long maskLow) {

        static Network of(long high, long low, int prefixBits) {
            long maskHigh = mask(prefixBits);
            long maskLow = mask(prefixBits - Long.SIZE);
            return new Network(high & maskHigh, low & maskLow, maskHigh, maskLow);
        }

        boolean contains(long addressHigh, long addressLow) {
            return (((addressHigh ^ high) & maskHigh) | ((addressLow ^ low) & maskLow)) == 0;
        }

        boolean isIpv4() {
            return ClientAddress.isIpv4(high, low) && maskHigh == -1L && maskLow >>> 32 == 0xffff_ffffL;
        }

        private static long mask(int bits) {
            if (bits <= 0) {
                return 0;
            }
            return bits >= Long.SIZE ? -1L : -1L << (Long.SIZE - bits);
        }
    }
}
