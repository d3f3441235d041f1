package io.dnsproxy.resolver.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CircuitBreakerTests {

    private long nowNanos = 17;
    private double random;
    private final CircuitBreaker breaker = new CircuitBreaker(3, () -> nowNanos, () -> random);

    @Test
    void opensAfterThreeFailuresInARow() {
        assertThat(breaker.failed()).isFalse();
        assertThat(breaker.failed()).isFalse();
        assertThat(breaker.isClosed()).isTrue();
        assertThat(breaker.failed()).isTrue();
        assertThat(breaker.isClosed()).isFalse();
        assertThat(breaker.failed()).isFalse();
    }

    @Test
    void forgetsFailuresAfterAnAnswer() {
        IntStream.range(0, 100).forEach(_ -> {
            breaker.failed();
            breaker.failed();
            breaker.succeeded();
        });

        assertThat(breaker.isClosed()).isTrue();
    }

    @Test
    void letsOneProbeThroughWhenThePauseIsOver() {
        open();
        assertThat(breaker.tryProbe()).isFalse();
        advance(Duration.ofMillis(249));
        assertThat(breaker.tryProbe()).isFalse();
        advance(Duration.ofMillis(1));

        assertThat(breaker.tryProbe()).isTrue();
        assertThat(breaker.tryProbe()).isFalse();
        assertThat(breaker.isClosed()).isFalse();
    }

    @Test
    void closesWhenTheProbeIsAnswered() {
        open();
        assertThat(pauseMillis()).isEqualTo(250);
        assertThat(breaker.tryProbe()).isTrue();

        breaker.succeeded();

        assertThat(breaker.isClosed()).isTrue();
        assertThat(breaker.tryProbe()).isFalse();
    }

    @Test
    void isNotClosedByAnAnswerThatComesTooLate() {
        open();

        breaker.succeeded();

        assertThat(breaker.isClosed()).isFalse();
    }

    @Test
    void doublesThePauseUpToFiveSeconds() {
        open();
        for (long expected : new long[] {250, 500, 1_000, 2_000, 4_000, 5_000, 5_000}) {
            assertThat(pauseMillis()).isEqualTo(expected);
            assertThat(breaker.tryProbe()).isTrue();
            assertThat(breaker.failed()).isTrue();
        }
    }

    @Test
    void shortensThePauseByUpToAHalf() {
        random = Math.nextDown(1.0);
        open();

        assertThat(pauseMillis()).isBetween(124L, 125L);
    }

    @Test
    void trustsLittleWhoFailsAgainSoonAfterItCameBack() {
        open();
        assertThat(pauseMillis()).isEqualTo(250);
        breaker.tryProbe();
        breaker.succeeded();

        advance(Duration.ofMillis(2_499));
        open();
        assertThat(pauseMillis()).isEqualTo(500);
        breaker.tryProbe();
        breaker.succeeded();

        advance(Duration.ofSeconds(5));
        open();
        assertThat(pauseMillis()).isEqualTo(250);
    }

    @Test
    void mayBeProbedAtOnceWhenItIsOnlyInDoubt() {
        breaker.doubt();

        assertThat(breaker.isClosed()).isFalse();
        assertThat(breaker.tryProbe()).isTrue();
    }

    private void open() {
        while (!breaker.failed()) {
            assertThat(breaker.isClosed()).isTrue();
        }
    }

    /** Lets the pause pass, and says how long it was. */
    private long pauseMillis() {
        long pause = breaker.pauseNanos();
        nowNanos += pause;
        return TimeUnit.NANOSECONDS.toMillis(pause);
    }

    private void advance(Duration time) {
        nowNanos += time.toNanos();
    }
}
