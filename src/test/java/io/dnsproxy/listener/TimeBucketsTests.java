package io.dnsproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Allocation;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TimeBucketsTests {

    private final TimeBuckets buckets = new TimeBuckets();

    @Test
    void aTimeIsInTheFirstBucketWhoseBoundItDoesNotExceed() {
        buckets.add(0, 1);
        buckets.add(-5, 1);
        buckets.add(50_000, 1);
        buckets.add(50_001, 1);
        buckets.add(TimeUnit.SECONDS.toNanos(5), 1);
        buckets.add(TimeUnit.SECONDS.toNanos(5) + 1, 1);
        buckets.add(Long.MAX_VALUE / 2, 1);

        long[] counts = buckets.counts();
        assertThat(counts).hasSize(TimeBuckets.boundsSeconds().length + 1);
        assertThat(counts[0]).isEqualTo(3);
        assertThat(counts[1]).isEqualTo(1);
        assertThat(counts[counts.length - 2]).isEqualTo(1);
        assertThat(counts[counts.length - 1]).isEqualTo(2);
        assertThat(LongStream.of(counts).sum()).isEqualTo(7);
    }

    @Test
    void aBatchCountsForEachOfIt() {
        buckets.add(TimeUnit.MILLISECONDS.toNanos(3), 64);

        assertThat(LongStream.of(buckets.counts()).sum()).isEqualTo(64);
        assertThat(buckets.totalSeconds()).isEqualTo(0.192);
    }

    @Test
    void boundsRiseFromFiftyMicrosecondsToFiveSeconds() {
        assertThat(TimeBuckets.boundsSeconds()).startsWith(0.000_05).endsWith(5).isSorted();
    }

    @Test
    void countingAllocatesNothing() {
        long allocated =
                Allocation.octetsOfSecond(() -> IntStream.range(0, 100_000).forEach(i -> buckets.add(i * 1_000L, 3)));

        assertThat(allocated).isLessThan(10_000);
    }
}
