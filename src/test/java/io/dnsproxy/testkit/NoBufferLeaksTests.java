package io.dnsproxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoBufferLeaksTests {

    @Test
    void findsABufferThatNobodyReleased() {
        List<String> leaks = new ArrayList<>(NoBufferLeaks.found());
        loseABuffer();

        await().untilAsserted(() -> {
            leaks.addAll(NoBufferLeaks.found());
            assertThat(leaks).isNotEmpty().allMatch(leak -> leak.contains("loseABuffer"));
        });
    }

    private static void loseABuffer() {
        ByteBufAllocator.DEFAULT.buffer(16).writeByte(1);
    }
}
