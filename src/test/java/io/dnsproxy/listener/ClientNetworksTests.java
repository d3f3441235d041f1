package io.dnsproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientNetworksTests {

    private static final int RANDOM_NETWORKS = 20_000;

    @ParameterizedTest
    @CsvSource(textBlock = """
        10.0.0.0/8,          10.255.255.255,         true
        10.0.0.0/8,          11.0.0.0,               false
        172.16.0.0/12,       172.31.255.255,         true
        172.16.0.0/12,       172.32.0.0,             false
        192.0.2.1,           192.0.2.1,              true
        192.0.2.1,           192.0.2.2,              false
        0.0.0.0/0,           203.0.113.9,            true
        0.0.0.0/0,           2001:db8::1,            false
        ::/0,                2001:db8::1,            true
        ::/0,                203.0.113.9,            false
        fe80::/10,           febf::1,                true
        fe80::/10,           fec0::1,                false
        fc00::/7,            fdff::1,                true
        ::1/128,             ::1,                    true
        ::1,                 ::2,                    false
        2001:db8::/65,       2001:db8::7fff:0:0:1,   true
        2001:db8::/65,       2001:db8:0:0:8000::1,   false
        2001:db8::/64,       2001:db8:0:1::,         false
        ::ffff:10.0.0.0/104, 10.1.2.3,               true
        """)
    void knowsWhoIsInside(String network, String client, boolean inside) {
        assertThat(ClientNetworks.of(List.of(network)).contains(InetAddress.ofLiteral(client)))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/08",
                "10.0.0.0/8/8",
                "10/8",
                "10.0.0/8",
                "010.0.0.0/8",
                "256.0.0.0/8",
                "::/129",
                ":::/8",
                "fe80::%lo/10",
                "example.org",
                " 10.0.0.0/8"
            })
    void refusesWhatIsNoNetwork(String network) {
        assertThatThrownBy(() -> ClientNetworks.of(List.of("127.0.0.1", network)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + network + "', which is no network: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.2.3/8", "10.0.0.1/31", "::1/127", "2001:db8::1/64", "::ffff:10.0.0.1/104"})
    void refusesBitsBehindThePrefix(String network) {
        assertThatThrownBy(() -> ClientNetworks.of(List.of(network)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bits set behind its first");
    }

    @Test
    void anEmptyListServesNobody() {
        assertThat(ClientNetworks.of(List.of()).contains(InetAddress.getLoopbackAddress()))
                .isFalse();
    }

    @Test
    void anyOneOfSeveralNetworksIsEnough() {
        ClientNetworks networks = ClientNetworks.of(List.of("10.0.0.0/8", "fc00::/7", "192.168.0.0/16"));

        assertThat(networks.contains(InetAddress.ofLiteral("192.168.1.1"))).isTrue();
        assertThat(networks.contains(InetAddress.ofLiteral("fd00::1"))).isTrue();
        assertThat(networks.contains(InetAddress.ofLiteral("203.0.113.1"))).isFalse();
    }

    /** The oracle compares the first bits of both addresses as whole numbers. */
    @Test
    void agreesWithTheArithmeticOfWholeNumbers() throws UnknownHostException {
        long seed = Long.getLong("test.seed", System.nanoTime());
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (int i = 0; i < RANDOM_NETWORKS; i++) {
            byte[] network = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(network);
            int bits = network.length * 8;
            int prefixBits = random.nextInt(bits + 1);
            BigInteger start =
                    new BigInteger(1, network).shiftRight(bits - prefixBits).shiftLeft(bits - prefixBits);
            String cidr = text(start, network.length) + "/" + prefixBits;
            // An address that shares about as many bits as the prefix has, so that both answers are frequent.
            BigInteger client = start.xor(new BigInteger(1, randomOctets(random, network.length))
                    .shiftRight(Math.clamp(prefixBits + random.nextInt(-2, 3), 0, bits)));

            boolean inside = client.shiftRight(bits - prefixBits).equals(start.shiftRight(bits - prefixBits));
            InetAddress address = InetAddress.getByAddress(octets(client, network.length));

            ClientNetworks networks = ClientNetworks.of(List.of(cidr));
            assertThat(networks.contains(address))
                    .as("%s in %s (-Dtest.seed=%d)", address, cidr, seed)
                    .isEqualTo(inside);
            assertThat(containsHalves(networks, address))
                    .as("halves of %s in %s (-Dtest.seed=%d)", address, cidr, seed)
                    .isEqualTo(inside);
        }
    }

    private static boolean containsHalves(ClientNetworks networks, InetAddress address) {
        byte[] octets = address.getAddress();
        ByteBuffer whole = ByteBuffer.allocate(16);
        if (octets.length == 4) {
            whole.putShort(10, (short) 0xffff).position(12);
        }
        whole.put(octets).flip();
        return networks.contains(whole.getLong(0), whole.getLong(8));
    }

    private static String text(BigInteger address, int length) throws UnknownHostException {
        return InetAddress.getByAddress(octets(address, length)).getHostAddress();
    }

    private static byte[] randomOctets(RandomGenerator random, int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return octets;
    }

    private static byte[] octets(BigInteger number, int length) {
        byte[] signed = number.toByteArray();
        byte[] octets = new byte[length];
        int count = Math.min(signed.length, length);
        System.arraycopy(signed, signed.length - count, octets, length - count, count);
        return octets;
    }
}
