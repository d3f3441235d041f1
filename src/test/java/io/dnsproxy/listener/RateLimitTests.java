package io.dnsproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTests {

    private static final int PER_SECOND = 10;
    private static final int AT_ONCE = 20;

    /** As much as {@link System#nanoTime} may return: any number, and none is later than another by its sign. */
    private long nowNanos = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos();

    private RateLimit limit = limit(65_536);

    private static RateLimit limit(int maxNetworks) {
        return new RateLimit(new RateLimitSettings(
                PER_SECOND, Duration.ofSeconds(2), 2, 32, 56, maxNetworks, ClientNetworks.of(List.of("127.0.0.0/8"))));
    }

    private boolean ask(String address) {
        ClientAddress client = ClientAddress.of(InetAddress.ofLiteral(address));
        return limit.tryTake(client.high(), client.low(), nowNanos);
    }

    private int askOften(String address, int times) {
        int granted = 0;
        for (int i = 0; i < times; i++) {
            granted += ask(address) ? 1 : 0;
        }
        return granted;
    }

    private void pass(Duration time) {
        nowNanos += time.toNanos();
    }

    @Test
    void soManyMayComeAtOnceAndThenSoManyASecond() {
        assertThat(askOften("192.0.2.1", 1_000)).isEqualTo(AT_ONCE);
        for (int second = 0; second < 5; second++) {
            pass(Duration.ofSeconds(1));
            assertThat(askOften("192.0.2.1", 1_000)).isEqualTo(PER_SECOND);
        }
        pass(Duration.ofMinutes(10));
        assertThat(askOften("192.0.2.1", 1_000)).isEqualTo(AT_ONCE);
        assertThat(limit.limited()).isEqualTo(7_000 - 2 * AT_ONCE - 5 * PER_SECOND);
    }

    @Test
    void whoeverAsksTooOftenIsNotPunishedForTrying() {
        askOften("192.0.2.1", 1_000_000);

        pass(Duration.ofMillis(100));

        assertThat(ask("192.0.2.1")).isTrue();
        assertThat(ask("192.0.2.1")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.2, false",
        "2001:db8::1, 2001:db8:0:ff:ffff::1, true",
        "2001:db8::1, 2001:db8:0:100::1, false",
        "2001:db8::1, 192.0.2.1, false"
    })
    void theAddressesOfOneNetworkShareOneLimit(String one, String other, boolean together) {
        askOften(one, 100);

        assertThat(ask(other)).isEqualTo(!together);
    }

    @Test
    void anExemptNetworkHasNone() {
        assertThat(askOften("127.0.0.1", 10_000)).isEqualTo(10_000);
        assertThat(limit.limited()).isZero();
    }

    @Test
    void networksByTheThousandAreKeptApart() {
        for (int round = 0; round < AT_ONCE; round++) {
            for (int i = 0; i < 10_000; i++) {
                assertThat(limit.tryTake(0, 0xffff_0a00_0000L + i, nowNanos)).isTrue();
            }
        }
        int over = 0;
        for (int i = 0; i < 10_000; i++) {
            over += limit.tryTake(0, 0xffff_0a00_0000L + i, nowNanos) ? 0 : 1;
        }

        assertThat(over).isEqualTo(10_000);
        assertThat(limit.displaced()).isZero();
    }

    @Test
    void aFloodFromEverywhereDoesNotFreeTheOneThatAsksMost() {
        limit = limit(64);
        askOften("192.0.2.1", 1_000);
        Random random = new Random(1);

        for (int i = 0; i < 100_000; i++) {
            limit.tryTake(0, 0xffff_0000_0000L | Integer.toUnsignedLong(random.nextInt()), nowNanos);
        }

        assertThat(ask("192.0.2.1")).isFalse();
        assertThat(limit.displaced()).isGreaterThan(90_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 1_000, 1_048_576})
    void anySizeOfTheTableWorks(int maxNetworks) {
        limit = limit(maxNetworks);

        assertThat(askOften("192.0.2.1", 100)).isEqualTo(AT_ONCE);
    }

    @Test
    void manyThreadsTakeNoMoreTogetherThanOneAlone() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            ask("192.0.2.1"); // so that its place is known
            Callable<Integer> asking = () -> askOften("192.0.2.1", 10_000);
            int granted = 0;
            for (Future<Integer> each : threads.invokeAll(List.of(asking, asking, asking, asking))) {
                granted += each.get();
            }
            assertThat(granted).isEqualTo(AT_ONCE - 1);
        }
    }

    @Test
    void costsNoMemory() {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 20_000;
        long before = 0;
        int granted = 0;
        for (int i = 0; i < 2 * rounds; i++) {
            if (i == rounds) {
                before = thread.getCurrentThreadAllocatedBytes();
            }
            granted += limit.tryTake(0x2001_0db8L << 32 | i, i, nowNanos) ? 1 : 0;
        }

        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(rounds);
        assertThat(granted).isGreaterThan(1_000);
    }
}
