package io.dnsproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTests {

    private static final InetAddress ONE = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress OTHER = InetAddress.ofLiteral("2001:db8::1");

    private final ConnectionLimits limits = new ConnectionLimits(3, 2);

    @Test
    void boundsEachClientAndAllTogether() {
        assertThat(limits.tryAcquire(ONE)).isTrue();
        assertThat(limits.tryAcquire(ONE)).isTrue();
        assertThat(limits.tryAcquire(ONE)).isFalse();
        assertThat(limits.tryAcquire(OTHER)).isTrue();
        assertThat(limits.tryAcquire(OTHER)).isFalse();

        assertThat(limits.open()).isEqualTo(3);
        assertThat(limits.refused()).isEqualTo(2);
    }

    @Test
    void aRefusedConnectionTakesNoPlace() {
        limits.tryAcquire(ONE);
        limits.tryAcquire(ONE);
        for (int i = 0; i < 10; i++) {
            limits.tryAcquire(ONE);
        }

        limits.release(ONE);

        assertThat(limits.tryAcquire(ONE)).isTrue();
        assertThat(limits.tryAcquire(OTHER)).isTrue();
    }
}
