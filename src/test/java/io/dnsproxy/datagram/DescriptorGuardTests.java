package io.dnsproxy.datagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DescriptorGuardTests {

    private final AtomicInteger closings = new AtomicInteger();
    private final DescriptorGuard guard = new DescriptorGuard(closings::incrementAndGet);

    @Test
    void closesAtOnceWhenNobodyIsIn() {
        guard.close();
        guard.close();
        assertThat(closings).hasValue(1);
        assertThat(guard.enter()).isFalse();
        assertThat(guard.enterReceiving()).isFalse();
    }

    @Test
    void closesWhenTheLastOneLeaves() throws Exception {
        assertThat(guard.enter()).isTrue();
        assertThat(guard.enter()).isTrue();
        CompletableFuture<Void> close = CompletableFuture.runAsync(guard::close);
        await().until(guard::isClosed);
        assertThat(guard.enter()).isFalse();
        guard.leave();
        assertThat(closings).hasValue(0);
        assertThat(close).isNotDone();
        guard.leave();
        close.get(10, TimeUnit.SECONDS);
        assertThat(closings).hasValue(1);
    }

    @Test
    void doesNotWaitForItself() {
        assertThat(guard.enterReceiving()).isTrue();
        long start = System.nanoTime();
        guard.close();
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MILLISECONDS.toNanos(900));
        assertThat(closings).hasValue(0);
        guard.leaveReceiving();
        assertThat(closings).hasValue(1);
    }

    @Test
    void letsNobodyInAfterTheDescriptorsAreClosed() throws Exception {
        for (int round = 0; round < 200; round++) {
            AtomicInteger closed = new AtomicInteger();
            DescriptorGuard contended = new DescriptorGuard(closed::incrementAndGet);
            List<CompletableFuture<Boolean>> users = new ArrayList<>();
            for (int user = 0; user < 4; user++) {
                users.add(CompletableFuture.supplyAsync(() -> {
                    boolean everClosedWhileIn = false;
                    while (contended.enter()) {
                        everClosedWhileIn |= closed.get() > 0;
                        contended.leave();
                    }
                    return everClosedWhileIn;
                }));
            }
            contended.close();
            assertThat(closed).hasValue(1);
            for (CompletableFuture<Boolean> user : users) {
                assertThat(user.get(10, TimeUnit.SECONDS)).isFalse();
            }
        }
    }
}
