package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackoffTests {

    private static final long NOW = Long.MAX_VALUE - 5; // the clock may wrap

    @Test
    void pausesDoubleUpToTheLongest() {
        Backoff backoff = new Backoff(() -> 0);

        for (long millis : new long[] {100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000}) {
            assertThat(backoff.failed(NOW)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(millis));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.failed(NOW)).isEqualTo(TimeUnit.SECONDS.toNanos(10));
        }
    }

    @Test
    void chanceShortensAPauseByUpToAHalf() {
        assertThat(new Backoff(() -> 0.5).failed(NOW)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(75));
        assertThat(new Backoff(() -> Math.nextDown(1.0)).failed(NOW))
                .isBetween(TimeUnit.MILLISECONDS.toNanos(50), TimeUnit.MILLISECONDS.toNanos(51));
    }

    @Test
    void whatIsLeftOfAPauseGetsLess() {
        Backoff backoff = new Backoff(() -> 0);
        assertThat(backoff.remainingNanos(NOW)).isZero();
        long pause = backoff.failed(NOW);

        assertThat(backoff.remainingNanos(NOW)).isEqualTo(pause);
        assertThat(backoff.remainingNanos(NOW + pause - 1)).isEqualTo(1);
        assertThat(backoff.remainingNanos(NOW + pause)).isZero();
        assertThat(backoff.remainingNanos(NOW + 2 * pause)).isZero();
    }

    @Test
    void toBeReachedEndsThePauseButDoesNotStartAnew() {
        Backoff backoff = new Backoff(() -> 0);
        backoff.failed(NOW);

        backoff.reached();

        assertThat(backoff.remainingNanos(NOW)).isZero();
        assertThat(backoff.failed(NOW)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
        assertThat(backoff.remainingNanos(NOW)).isPositive();
    }

    @Test
    void anAnswerEndsThePauseAndStartsAnew() {
        Backoff backoff = new Backoff(() -> 0);
        backoff.failed(NOW);
        backoff.failed(NOW);

        backoff.succeeded();

        assertThat(backoff.remainingNanos(NOW)).isZero();
        assertThat(backoff.failed(NOW)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    }
}
