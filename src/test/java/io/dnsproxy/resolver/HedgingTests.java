package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HedgingTests {

    private static final Query QUERY = Query.of(Queries.query("www.example.org").toWire());
    private static final Answer GOOD = Answer.failure(Rcode.NOERROR);
    private static final Duration ATTEMPT = Duration.ofMillis(1_500);

    private final AtomicLong nanos = new AtomicLong();
    private final Deadlines deadlines = new Deadlines(nanos::get);
    private final FakeUpstream a = new FakeUpstream("a");
    private final FakeUpstream b = new FakeUpstream("b");
    private final Hedging hedging = new Hedging(ATTEMPT.toNanos());
    private final ResolverRoundRobin resolver =
            new ResolverRoundRobin(List.of(a, b), new Failover(), hedging, deadlines, ATTEMPT, Duration.ofSeconds(4));

    private CompletableFuture<Answer> resolve() {
        return resolver.resolve(QUERY).toCompletableFuture();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos() + Duration.ofMillis(20).toNanos());
        deadlines.turn();
    }

    private void save(int hedges) {
        for (int i = 0; i < hedges * Hedging.QUERIES_PER_HEDGE; i++) {
            hedging.asked();
        }
    }

    private void answersTake(int count, long millis) {
        for (int i = 0; i < count; i++) {
            hedging.answered(TimeUnit.MILLISECONDS.toNanos(millis));
        }
    }

    @Test
    void asksASecondOneWhenTheFirstTakesLong() {
        save(1);
        CompletableFuture<Answer> answer = resolve();
        pass(Duration.ofNanos(hedging.delayNanos()));
        assertThat(b.asked).hasSize(1);
        assertThat(a.asked.getFirst()).isNotDone();

        b.answer(GOOD);

        assertThat(answer).isCompletedWithValue(GOOD);
        assertThat(a.asked.getFirst()).isCompletedExceptionally();
        assertThat(resolver.hedges()).isEqualTo(1);
        assertThat(resolver.failovers()).isZero();
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void asksNobodyElseWhenTheFirstIsQuick() {
        save(1);
        CompletableFuture<Answer> answer = resolve();

        a.answer(GOOD);
        pass(ATTEMPT);

        assertThat(answer).isCompletedWithValue(GOOD);
        assertThat(b.asked).isEmpty();
    }

    @Test
    void withoutBudgetTheNextIsAskedAfterTheAttemptTimeout() {
        CompletableFuture<Answer> answer = resolve();
        pass(Duration.ofNanos(hedging.delayNanos()));
        assertThat(b.asked).isEmpty();

        pass(ATTEMPT.minusNanos(hedging.delayNanos()));
        assertThat(b.asked).hasSize(1);
        b.answer(GOOD);

        assertThat(answer).isCompletedWithValue(GOOD);
        assertThat(resolver.hedges()).isZero();
        assertThat(resolver.failovers()).isEqualTo(1);
    }

    @Test
    void doesNotHedgeWithOneThatIsDown() {
        save(1);
        b.usable = false;
        resolve();

        pass(Duration.ofNanos(hedging.delayNanos()));

        assertThat(b.asked).isEmpty();
    }

    @Test
    void theFirstOnesFailureLeavesTheHedgeItsChance() {
        save(1);
        CompletableFuture<Answer> answer = resolve();
        pass(Duration.ofNanos(hedging.delayNanos()));

        a.asked.getFirst().completeExceptionally(new io.dnsproxy.upstream.UpstreamException(Reason.CLOSED, "closed"));
        b.answer(GOOD);

        assertThat(answer).isCompletedWithValue(GOOD);
    }

    @Test
    void aHedgeThatFailsLeavesTheFirstOneItsTime() {
        save(1);
        resolve();
        pass(Duration.ofNanos(hedging.delayNanos()));

        b.fail(Reason.CLOSED);
        assertThat(a.asked).as("nobody is asked again").hasSize(1);
        assertThat(b.asked).hasSize(1);

        pass(ATTEMPT.minusNanos(hedging.delayNanos()));
        assertThat(a.asked.size() + b.asked.size())
                .as("when the first is overdue")
                .isEqualTo(3);
    }

    @Test
    void theFirstOnesSilenceLeavesTheHedgeItsChance() {
        save(1);
        CompletableFuture<Answer> answer = resolve();
        pass(Duration.ofNanos(hedging.delayNanos()));

        a.fallSilent();
        assertThat(b.asked).hasSize(1);
        b.answer(GOOD);

        assertThat(answer).isCompletedWithValue(GOOD);
    }

    @Test
    void answersThatGetLostDoNotMakeTheNextOnesWaitLonger() {
        save(10);
        for (int i = 0; i < 300; i++) {
            resolve();
            pass(Duration.ofNanos(hedging.delayNanos()));
            (b.asked.isEmpty() || b.asked.getLast().isDone() ? a : b)
                    .answer(GOOD); // by the hedge, as long as there are some
            save(1);
        }

        assertThat(Duration.ofNanos(hedging.delayNanos())).isLessThan(Duration.ofMillis(50));
    }

    @Test
    void atMostOneQueryInEightIsHedgedHoweverSlowTheDay() {
        int hedges = 0;
        for (int i = 0; i < 10_000; i++) {
            hedging.asked();
            hedges += hedging.take() ? 1 : 0;
        }

        assertThat(hedges).isEqualTo(1_250);
    }

    @Test
    void waitsForTheNinetyNinthPercentileOfRecentAnswers() {
        answersTake(20_000, 30);
        assertThat(Duration.ofNanos(hedging.delayNanos())).isBetween(Duration.ofMillis(30), Duration.ofMillis(40));

        for (int i = 0; i < 1_000; i++) {
            answersTake(98, 30);
            answersTake(2, 200);
        }

        assertThat(Duration.ofNanos(hedging.delayNanos())).isBetween(Duration.ofMillis(200), Duration.ofMillis(260));
    }

    @Test
    void neverWaitsTooShortOrTooLong() {
        assertThat(hedging.delayNanos()).isEqualTo(ATTEMPT.toNanos() / 2);
        answersTake(5_000, 0);
        assertThat(Duration.ofNanos(hedging.delayNanos())).isEqualTo(Duration.ofMillis(20));
        answersTake(50_000, 100_000);
        assertThat(hedging.delayNanos()).isEqualTo(ATTEMPT.toNanos() / 2);
    }
}
