package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Query;
import org.junit.jupiter.api.Test;

/** The silence that is too long is 1,600 ns here. */
class SilenceWatchTests {

    private static final int MANY = SilenceWatch.PROBE_UNANSWERED_MIN;

    private final SilenceWatch silence = new SilenceWatch(1_600, 0);

    private static PendingExchange sentAt(long nanos) {
        PendingExchange exchange =
                PendingExchange.first(Query.of(Queries.query("www.example.org").toWire()));
        exchange.sentNanos = nanos;
        return exchange;
    }

    @Test
    void nothingIsDoubtfulWhileNobodyWaits() {
        assertThat(silence.isDoubtful(null, 1_000_000)).isFalse();
        assertThat(silence.takeProbe(null, 0, 1_000_000)).isFalse();
    }

    @Test
    void isDoubtfulAfterTheWholeTimeFromTheOldestQuery() {
        PendingExchange oldest = sentAt(500);

        assertThat(silence.isDoubtful(oldest, 2_099)).isFalse();
        assertThat(silence.isDoubtful(oldest, 2_100)).isTrue();
        assertThat(silence.isNearDoubt(oldest, 2_000)).isTrue();
    }

    @Test
    void whateverIsHeardStartsTheTimeAnew() {
        PendingExchange oldest = sentAt(0);
        silence.heard(1_000);

        assertThat(silence.isDoubtful(oldest, 2_599)).isFalse();
        assertThat(silence.isDoubtful(oldest, 2_600)).isTrue();
    }

    @Test
    void probesOnceForEachSilenceAndOnlyForMany() {
        PendingExchange oldest = sentAt(0);

        assertThat(silence.takeProbe(oldest, MANY, 399)).isFalse();
        assertThat(silence.takeProbe(oldest, MANY - 1, 400)).isFalse();
        assertThat(silence.takeProbe(oldest, MANY, 400)).isTrue();
        assertThat(silence.takeProbe(oldest, MANY, 800)).isFalse();
        silence.heard(900);
        assertThat(silence.takeProbe(oldest, MANY, 1_299)).isFalse();
        assertThat(silence.takeProbe(oldest, MANY, 1_300)).isTrue();
    }

    @Test
    void isSuspectWhenAProbeIsNotAnswered() {
        PendingExchange oldest = sentAt(0);
        assertThat(silence.isSuspect(oldest, 1_000)).as("without a probe").isFalse();
        assertThat(silence.takeProbe(oldest, MANY, 400)).isTrue();

        assertThat(silence.isSuspect(oldest, 799)).isFalse();
        assertThat(silence.isSuspect(oldest, 800)).isTrue();
        silence.heard(850);
        assertThat(silence.isSuspect(oldest, 1_650)).isFalse();
    }

    @Test
    void looksAgainInTimeForProbeSuspicionAndDoubt() {
        PendingExchange oldest = sentAt(0);

        assertThat(silence.nextNanos(oldest, 0)).isEqualTo(400);
        assertThat(silence.takeProbe(oldest, MANY, 400)).isTrue();
        assertThat(silence.nextNanos(oldest, 400)).isEqualTo(800);
        assertThat(silence.nextNanos(oldest, 800)).isEqualTo(1_600);
    }

    @Test
    void aQueryMayStillBeAnsweredWhereSomethingCameAfterItAndNotLongAgo() {
        silence.heard(1_000);

        assertThat(silence.hasHeardSince(500, 1_799)).isTrue();
        assertThat(silence.hasHeardSince(500, 1_800)).isFalse();
        assertThat(silence.hasHeardSince(1_000, 1_100)).isFalse();
    }
}
