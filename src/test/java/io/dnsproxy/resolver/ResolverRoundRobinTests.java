package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResolverRoundRobinTests {

    private static final Query QUERY = Query.of(Queries.query("www.example.org").toWire());
    private static final Answer GOOD = Answer.failure(Rcode.NOERROR);
    private static final Answer SERVFAIL = Answer.failure(Rcode.SERVFAIL);
    private static final Answer REFUSED = Answer.failure(Rcode.REFUSED);

    /** Before a last try, and what the wheel takes. */
    private static final Duration PAUSE = Duration.ofMillis(130);

    private final AtomicLong nanos = new AtomicLong();
    private final Deadlines deadlines = new Deadlines(nanos::get);
    private final FakeUpstream a = new FakeUpstream("a");
    private final FakeUpstream b = new FakeUpstream("b");
    private final FakeUpstream c = new FakeUpstream("c");

    private ResolverRoundRobin over(FakeUpstream... upstreams) {
        return new ResolverRoundRobin(List.of(upstreams), deadlines, Duration.ofMillis(1500), Duration.ofSeconds(4));
    }

    private static CompletableFuture<Answer> resolve(Resolver resolver) {
        return resolver.resolve(QUERY).toCompletableFuture();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos() + Duration.ofMillis(20).toNanos());
        deadlines.turn();
    }

    private static Reason reasonOf(CompletableFuture<Answer> failed) {
        assertThat(failed).isCompletedExceptionally();
        Throwable thrown = failed.handle((answer, failure) -> failure).join();
        assertThat(thrown.getStackTrace()).as("what it costs to fail").isEmpty();
        if (thrown instanceof UpstreamException failure) {
            return failure.reason();
        }
        throw new AssertionError("failed otherwise", thrown);
    }

    @Test
    void asksEachInTurn() {
        ResolverRoundRobin resolver = over(a, b, c);

        for (int i = 0; i < 300; i++) {
            resolve(resolver);
        }

        assertThat(List.of(a.asked.size(), b.asked.size(), c.asked.size())).containsOnly(100);
    }

    @Test
    void theShareOfOneThatIsDownGoesToAllOthersAlike() {
        ResolverRoundRobin resolver = over(a, b, c);
        b.usable = false;

        for (int i = 0; i < 300; i++) {
            resolve(resolver);
        }

        assertThat(b.asked).isEmpty();
        assertThat(a.asked).hasSize(150);
        assertThat(c.asked).hasSize(150);
    }

    @Test
    void asksOneThatIsDownWhenAllAre() {
        a.usable = false;

        CompletableFuture<Answer> answer = resolve(over(a));
        a.answer(GOOD);

        assertThat(answer).isCompletedWithValue(GOOD);
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"STOPPED"},
            mode = EnumSource.Mode.EXCLUDE)
    void aFailureOfOneIsAnsweredByTheNext(Reason reason) {
        CompletableFuture<Answer> answer = resolve(over(a, b));

        a.fail(reason);
        b.answer(GOOD);

        assertThat(answer).isCompletedWithValue(GOOD);
        assertThat(deadlines.size()).as("deadlines left behind").isZero();
    }

    @Test
    void anOverdueAttemptStartsTheNextAndTheFirstGoodAnswerWins() {
        CompletableFuture<Answer> answer = resolve(over(a, b));
        assertThat(b.asked).isEmpty();

        pass(Duration.ofMillis(1500));
        assertThat(b.asked).hasSize(1);
        a.answer(GOOD);

        assertThat(answer).isCompletedWithValue(GOOD);
        assertThat(b.asked.getLast()).as("the other attempt is let go").isCompletedExceptionally();
    }

    @Test
    void theFailureOfTheNewestAttemptLeavesTheOverdueOneItsChance() {
        CompletableFuture<Answer> answer = resolve(over(a, b));
        pass(Duration.ofMillis(1500));
        b.answer(REFUSED);
        assertThat(a.asked).as("asked again, since b is done").hasSize(2);

        a.asked.getFirst().complete(GOOD);

        assertThat(answer).isCompletedWithValue(GOOD);
    }

    @Test
    void failsWhenNobodyAnswersInTheTotalTime() {
        CompletableFuture<Answer> answer = resolve(over(a, b));

        pass(Duration.ofMillis(1500));
        pass(Duration.ofMillis(1500));
        assertThat(answer).isNotDone();
        pass(Duration.ofSeconds(1));

        assertThat(reasonOf(answer)).isEqualTo(Reason.TIMEOUT);
        assertThat(deadlines.size()).isZero();
    }

    @Row("C16")
    @ParameterizedTest
    @ValueSource(ints = {Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTIMP, Rcode.FORMERR})
    void aFailureRcodeIsTriedOnceAtEachOtherAndRelayedWhenAllFail(int rcode) {
        CompletableFuture<Answer> answer = resolve(over(a, b, c));
        Answer failure = Answer.failure(rcode);

        a.answer(failure);
        b.answer(SERVFAIL);
        c.answer(SERVFAIL);

        assertThat(answer).isCompletedWithValue(failure);
        assertThat(List.of(a.asked.size(), b.asked.size(), c.asked.size())).containsOnly(1);
    }

    @Test
    void oneGoodAnswerIsWorthMoreThanAnyFailureRcode() {
        CompletableFuture<Answer> answer = resolve(over(a, b));

        a.answer(SERVFAIL);
        b.answer(GOOD);

        assertThat(answer).isCompletedWithValue(GOOD);
    }

    @Test
    void aRelayedRcodeIsWorthMoreThanATimeout() {
        CompletableFuture<Answer> answer = resolve(over(a, b));

        a.answer(REFUSED);
        pass(Duration.ofSeconds(4));

        assertThat(answer).isCompletedWithValue(REFUSED);
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 15, 16, 17, 18})
    void aDeliberateFailureIsFinal(int extendedErrorCode) {
        CompletableFuture<Answer> answer = resolve(over(a, b));
        Answer deliberate = Answer.failure(Rcode.SERVFAIL, new ExtendedError(extendedErrorCode, ""));

        a.answer(deliberate);

        assertThat(answer).isCompletedWithValue(deliberate);
        assertThat(b.asked).isEmpty();
    }

    @Row("C7")
    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"CLOSED", "TIMEOUT", "MALFORMED"})
    void triesTheOnlyUpstreamThreeTimesAndNoMore(Reason reason) {
        CompletableFuture<Answer> answer = resolve(over(a));

        for (int i = 0; i < 3; i++) {
            assertThat(answer).isNotDone();
            a.fail(reason);
            pass(PAUSE);
        }

        assertThat(reasonOf(answer)).isEqualTo(reason);
        assertThat(a.asked).hasSize(3);
    }

    @Test
    void aQueryWhoseConnectionWasLostTwiceWaitsBeforeItsLastTry() {
        CompletableFuture<Answer> answer = resolve(over(a));

        a.fail(Reason.CLOSED);
        assertThat(a.asked).hasSize(2);
        a.fail(Reason.CLOSED);
        pass(Duration.ofMillis(70));
        assertThat(a.asked).hasSize(2);

        pass(PAUSE);
        assertThat(a.asked).hasSize(3);
        a.answer(GOOD);
        assertThat(answer).isCompletedWithValue(GOOD);
    }

    @Test
    void whatFailedOtherwiseIsTriedAgainAtOnce() {
        CompletableFuture<Answer> answer = resolve(over(a));

        a.fail(Reason.MALFORMED);
        a.fail(Reason.MALFORMED);
        assertThat(a.asked).hasSize(3);
        a.answer(GOOD);

        assertThat(answer).isCompletedWithValue(GOOD);
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"CERTIFICATE", "PIN", "BACKING_OFF", "OVERLOADED", "STOPPED"})
    void isNotAskedAgainWhereThatIsPointless(Reason reason) {
        CompletableFuture<Answer> answer = resolve(over(a));

        a.fail(reason);

        assertThat(reasonOf(answer)).isEqualTo(reason);
        assertThat(a.asked).hasSize(1);
    }

    /** Only what was sent counts as a try, so something else has to end a query that never gets so far. */
    @Test
    void aQueryThatCanNeverBeSentEndsAtLast() {
        CompletableFuture<Answer> answer = resolve(over(a));

        for (int i = 0; i < 1_000 && !answer.isDone(); i++) {
            a.fail(Reason.CONNECT);
        }

        assertThat(reasonOf(answer)).isEqualTo(Reason.CONNECT);
    }

    @Test
    void aRepeatTellsWhatItRepeats() {
        resolve(over(a));

        pass(Duration.ofMillis(1500));
        assertThat(a.repeated).containsExactly(a.asked.getFirst());
        a.asked.getLast().completeExceptionally(new UpstreamException(Reason.CLOSED, "closed"));
        pass(PAUSE);

        assertThat(a.repeated).hasSize(2).last().isSameAs(a.asked.getFirst());
    }

    @Test
    void whatWaitsForADialIsAskedOfTheNextBeforeLong() {
        a.connected = false;
        CompletableFuture<Answer> answer = resolve(over(a, b));

        pass(Duration.ofMillis(500));
        assertThat(b.asked).hasSize(1);
        a.answer(GOOD);

        assertThat(answer).isCompletedWithValue(GOOD);
    }

    @Test
    void whereAConnectionFallsSilentTheNextIsAskedAtOnceAndTheFirstGoodAnswerWins() {
        CompletableFuture<Answer> answer = resolve(over(a, b));

        a.fallSilent();
        assertThat(b.asked).hasSize(1);
        a.answer(GOOD);

        assertThat(answer).isCompletedWithValue(GOOD);
        assertThat(b.asked.getLast()).isCompletedExceptionally();
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void theConnectionOfAnAttemptThatIsOverdueMayFallSilentWithoutMoreAdo() {
        resolve(over(a, b));
        pass(Duration.ofMillis(1500));

        a.fallSilent();

        assertThat(a.asked).hasSize(1);
        assertThat(b.asked).hasSize(1);
    }

    @Test
    void anAnswerAfterTheEndReachesNobody() {
        CompletableFuture<Answer> answer = resolve(over(a, b));
        pass(Duration.ofMillis(1500));
        b.answer(GOOD);

        a.asked.getFirst().complete(SERVFAIL);

        assertThat(answer).isCompletedWithValue(GOOD);
    }

    @Test
    void countsTheAttemptsBeyondTheFirst() {
        ResolverRoundRobin resolver = over(a, b);

        resolve(resolver);
        a.fail(Reason.CONNECT);
        b.fail(Reason.CONNECT);

        assertThat(resolver.failovers()).isEqualTo(2);
    }
}
