package io.dnsproxy.datagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class PeerTests {

    @Test
    void hasIpv4AddressesMapped() {
        Peer peer = Peer.of(new InetSocketAddress("192.0.2.1", 53));
        assertThat(peer.isIpv4()).isTrue();
        assertThat(peer.addressHigh()).isZero();
        assertThat(peer.addressLow()).isEqualTo(0x0000_ffff_c000_0201L);
        assertThat(peer.port()).isEqualTo(53);
    }

    @Test
    void hasIpv6AddressesInNetworkOrder() {
        Peer peer = Peer.of(new InetSocketAddress("2001:db8::1", 65_535));
        assertThat(peer.isIpv4()).isFalse();
        assertThat(peer.addressHigh()).isEqualTo(0x2001_0db8_0000_0000L);
        assertThat(peer.addressLow()).isOne();
        assertThat(peer.port()).isEqualTo(65_535);
    }

    @Test
    void comesBackAsTheAddressThatItWas() throws Exception {
        InetAddress scoped =
                Inet6Address.getByAddress(null, InetAddress.getByName("fe80::1").getAddress(), 3);
        for (InetSocketAddress address : new InetSocketAddress[] {
            new InetSocketAddress("255.1.2.3", 0),
            new InetSocketAddress("ffff:1::", 40_000),
            new InetSocketAddress("2001:db8::1", 53),
            new InetSocketAddress(scoped, 53)
        }) {
            assertThat(Peer.of(address).toSocketAddress()).isEqualTo(address);
        }
        assertThat(Peer.of(new InetSocketAddress(scoped, 53)).scopeId()).isEqualTo(3);
    }

    @Test
    void keepsEverythingInACopy() {
        Peer peer = new Peer();
        peer.from(1, 2, 3, 4, 5);
        peer.asked(0xfe80_0000_0000_0000L, 6, 7);
        Peer copy = peer.copy();
        peer.fromIpv4(8, 9, 10);
        assertThat(copy).usingRecursiveComparison().isEqualTo(expected(0xfe80_0000_0000_0000L, 6, 7));
    }

    @Test
    void namesTheInterfaceOnlyOfALinkLocalAddress() {
        Peer peer = new Peer();
        peer.asked(0xfebf_0000_0000_0000L, 1, 7);
        assertThat(peer.askedScopeId()).isEqualTo(7);
        peer.asked(0x2001_0db8_0000_0000L, 1, 7);
        assertThat(peer.askedScopeId()).isZero();
        peer.asked(0, 0xffff_7f00_0001L, 7);
        assertThat(peer.askedScopeId()).isZero();
    }

    @Test
    void doesNotAnswerFromAMulticastAddress() {
        Peer peer = new Peer();
        peer.asked(0xff02_0000_0000_0000L, 1, 7);
        assertThat(peer.askedHigh() | peer.askedLow()).isZero();
    }

    @Test
    void refusesAnUnresolvedAddress() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Peer.of(InetSocketAddress.createUnresolved("example.org", 53)));
    }

    private static Peer expected(long askedHigh, long askedLow, int askedScopeId) {
        Peer peer = new Peer();
        peer.from(1, 2, 3, 4, 5);
        peer.asked(askedHigh, askedLow, askedScopeId);
        return peer;
    }
}
