package io.dnsproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTests {

    private static final ClientAddress ONE = address("192.0.2.1");
    private static final ClientAddress OTHER = address("2001:db8::1");

    private final ConnectionLimits limits = new ConnectionLimits(3, 2);

    @Test
    void boundsEachClientAndAllTogether() {
        assertThat(limits.tryAcquire(ONE, () -> false)).isTrue();
        assertThat(limits.tryAcquire(ONE, () -> false)).isTrue();
        assertThat(limits.tryAcquire(ONE, () -> false)).isFalse();
        assertThat(limits.tryAcquire(OTHER, () -> false)).isTrue();
        assertThat(limits.tryAcquire(OTHER, () -> false)).isFalse();

        assertThat(limits.open()).isEqualTo(3);
        assertThat(limits.refused()).isEqualTo(2);
    }

    private static ClientAddress address(String text) {
        return ClientAddress.of(InetAddress.ofLiteral(text));
    }

    @Test
    void theAddressesOfOneIpv6CustomerAreOneClient() {
        assertThat(limits.tryAcquire(OTHER, () -> false)).isTrue();
        assertThat(limits.tryAcquire(address("2001:db8:0:ff::2"), () -> false)).isTrue();
        assertThat(limits.tryAcquire(address("2001:db8:0:80::3"), () -> false)).isFalse();
        assertThat(limits.tryAcquire(address("2001:db8:0:100::1"), () -> false)).isTrue();
    }

    @Test
    void neighborsInIpv4AreTwoClients() {
        assertThat(limits.tryAcquire(ONE, () -> false)).isTrue();
        assertThat(limits.tryAcquire(ONE, () -> false)).isTrue();
        assertThat(limits.tryAcquire(address("192.0.2.2"), () -> false)).isTrue();
    }

    @Test
    void aRefusedConnectionTakesNoPlace() {
        limits.tryAcquire(ONE, () -> false);
        limits.tryAcquire(ONE, () -> false);
        for (int i = 0; i < 10; i++) {
            limits.tryAcquire(ONE, () -> false);
        }

        limits.release(ONE);

        assertThat(limits.tryAcquire(ONE, () -> false)).isTrue();
        assertThat(limits.tryAcquire(OTHER, () -> false)).isTrue();
    }
}
