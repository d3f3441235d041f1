package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Query;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The silence that is too long is 1,600 ns here, unless a server's pace is known. */
class SilenceWatchTests {

    private static final int MANY = SilenceWatch.PROBE_UNANSWERED_MIN;
    private static final int FEW = SilenceWatch.PACED_PROBE_UNANSWERED_MIN;

    private final SilenceWatch silence = new SilenceWatch(1_600, () -> 0, 0);

    private static PendingExchange sentAt(long nanos) {
        PendingExchange exchange =
                PendingExchange.first(Query.of(Queries.query("www.example.org").toWire()), Upstream.Asker.PATIENT);
        exchange.sentNanos = nanos;
        return exchange;
    }

    private static InFlightQueries sentAtZero(int count) {
        AtomicInteger ids = new AtomicInteger();
        InFlightQueries queries = new InFlightQueries(ids::getAndIncrement);
        for (int i = 0; i < count; i++) {
            queries.add(sentAt(0), 0);
        }
        return queries;
    }

    @Test
    void nothingIsDoubtfulWhileNobodyWaits() {
        assertThat(silence.isDoubtful(null, 1_000_000)).isFalse();
        assertThat(silence.takeProbe(sentAtZero(0), 1_000_000)).isFalse();
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
        InFlightQueries many = sentAtZero(MANY);

        assertThat(silence.takeProbe(many, 399)).isFalse();
        assertThat(silence.takeProbe(sentAtZero(MANY - 1), 400)).isFalse();
        assertThat(silence.takeProbe(many, 400)).isTrue();
        assertThat(silence.takeProbe(many, 800)).isFalse();
        silence.heard(900);
        assertThat(silence.takeProbe(many, 1_299)).isFalse();
        assertThat(silence.takeProbe(many, 1_300)).isTrue();
    }

    @Test
    void isSuspectWhenAProbeIsNotAnswered() {
        InFlightQueries many = sentAtZero(MANY);
        assertThat(silence.isSuspect(1_000)).as("without a probe").isFalse();
        assertThat(silence.takeProbe(many, 400)).isTrue();

        assertThat(silence.isSuspect(799)).isFalse();
        assertThat(silence.isSuspect(800)).isTrue();
        silence.heard(850);
        assertThat(silence.isSuspect(1_650)).isFalse();
    }

    @Test
    void aProbeThatLeavesLateHasItsTimeAllTheSame() {
        assertThat(silence.takeProbe(sentAtZero(MANY), 1_000)).isTrue();

        assertThat(silence.isSuspect(1_399)).isFalse();
        assertThat(silence.isSuspect(1_400)).isTrue();
    }

    @Test
    void looksAgainInTimeForProbeSuspicionAndDoubt() {
        InFlightQueries many = sentAtZero(MANY);
        PendingExchange oldest = sentAt(0);

        assertThat(silence.nextNanos(many, oldest, 0)).isEqualTo(400);
        assertThat(silence.takeProbe(many, 400)).isTrue();
        assertThat(silence.nextNanos(many, oldest, 400)).isEqualTo(800);
        assertThat(silence.nextNanos(many, oldest, 800)).isEqualTo(1_600);
    }

    // ------------ where the server's pace is known; in milliseconds here

    @ParameterizedTest
    @CsvSource({"1, 200", "10, 200", "40, 320", "90, 720", "500, 750"})
    void isSuspectAfterEightTimesTheUsualTimeWithinBounds(long usualMillis, long suspectMillis) {
        SilenceWatch paced = pacedBy(usualMillis);
        InFlightQueries few = sentAtZero(FEW);

        assertThat(paced.takeProbe(few, millis(suspectMillis / 2) - 1)).isFalse();
        assertThat(paced.takeProbe(few, millis(suspectMillis / 2))).isTrue();
        assertThat(paced.isSuspect(millis(suspectMillis) - 1)).isFalse();
        assertThat(paced.isSuspect(millis(suspectMillis))).isTrue();
    }

    @Test
    void oneOrTwoSlowNamesAreWorthNoProbe() {
        assertThat(pacedBy(10).takeProbe(sentAtZero(FEW - 1), millis(1_400))).isFalse();
    }

    @Test
    void whereAProbeIsAnsweredTheNextOneTakesItsTime() {
        SilenceWatch paced = pacedBy(10);
        InFlightQueries many = sentAtZero(MANY);
        assertThat(paced.takeProbe(many, millis(100))).isTrue();
        paced.heard(millis(110));

        assertThat(paced.takeProbe(many, millis(110 + 374))).isFalse();
        assertThat(paced.takeProbe(many, millis(110 + 375))).isTrue();

        paced.heard(millis(500));
        paced.answered();
        assertThat(paced.takeProbe(many, millis(600)))
                .as("others were answered")
                .isTrue();
    }

    private static SilenceWatch pacedBy(long usualMillis) {
        return new SilenceWatch(millis(1_500), () -> millis(usualMillis), 0);
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void aQueryMayStillBeAnsweredWhereSomethingCameAfterItAndNotLongAgo() {
        silence.heard(1_000);

        assertThat(silence.hasHeardSince(500, 1_799)).isTrue();
        assertThat(silence.hasHeardSince(500, 1_800)).isFalse();
        assertThat(silence.hasHeardSince(1_000, 1_100)).isFalse();
    }
}
