package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.resolver.cache.SharedCache;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.QuestionKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** Two levels of cache: what is taken from the shared one, and what is put there. */
class CachingResolverTests {

    private static final String WWW = "www.example.org. 100 A 192.0.2.1";

    private final HeldCache shared = new HeldCache();
    private final KeptChain one = new KeptChain(CacheSettings.defaults(), shared);
    private final KeptChain other = new KeptChain(CacheSettings.defaults(), shared);

    private static Message www() {
        return Queries.query("www.example.org");
    }

    private static long ttl(Message reply) {
        return reply.getSection(Section.ANSWER).getFirst().getTTL();
    }

    @Row("C15")
    @Test
    void whatOneInstanceHasLearnedTheOtherOneKnows() {
        one.ask(www(), WWW);
        shared.pass(Duration.ofSeconds(30));

        assertThat(ttl(other.askKnown(www()))).isEqualTo(70);
        assertThat(other.asked).isEmpty();
        assertThat(shared.finds).isEqualTo(2);

        assertThat(ttl(other.askKnown(www()))).isEqualTo(70);
        assertThat(shared.finds).as("then it knows by itself").isEqualTo(2);
    }

    @Test
    void whatTheOtherOneHasTakenOverEndsWhenItWouldHaveEnded() {
        one.ask(www(), WWW);
        shared.pass(Duration.ofSeconds(30));
        other.askKnown(www());

        other.pass(Duration.ofSeconds(70));
        shared.pass(Duration.ofSeconds(70));

        assertThat(other.ask(www())).isNotDone();
        assertThat(other.asked).hasSize(1);
    }

    @Test
    void whatHasEndedServesWhenTheUpstreamDoesNot() {
        one.ask(www(), WWW);
        shared.pass(Duration.ofHours(2));

        CompletableFuture<Message> reply = other.ask(www());
        assertThat(reply).isNotDone();
        assertThat(other.asked).hasSize(1);

        other.pass(Duration.ofMillis(1_830));
        assertThat(ttl(reply.join())).isEqualTo(30);
    }

    @Test
    void aRefreshIsNotContentWithWhatTheInstanceItselfHasShared() {
        one.ask(www(), WWW);
        hitOften(one);
        pass(Duration.ofSeconds(95));

        one.askKnown(www());

        assertThat(one.asked).hasSize(2);
    }

    @Test
    void aRefreshTakesWhatTheOtherOneHasRefreshed() {
        one.ask(www(), WWW);
        other.askKnown(www());
        hitOften(one);
        hitOften(other);
        pass(Duration.ofSeconds(91));
        one.askKnown(www());
        one.answer(KeptChain.response(www(), WWW));
        pass(Duration.ofSeconds(4));

        other.askKnown(www());

        assertThat(other.asked).isEmpty();
        assertThat(ttl(other.askKnown(www()))).isEqualTo(96);
    }

    private static void hitOften(KeptChain chain) {
        for (int i = 0; i < 3; i++) {
            chain.askKnown(www());
        }
    }

    private void pass(Duration time) {
        one.pass(time);
        other.pass(time);
        shared.pass(time);
    }

    @Test
    void failuresAndWhatMayNotBeKeptAreNotShared() {
        one.ask(www(), KeptChain.response(Rcode.SERVFAIL, www()));
        one.pass(Duration.ofSeconds(2));
        one.ask(www());
        one.fail(Reason.TIMEOUT);
        one.pass(Duration.ofSeconds(5));
        one.ask(www(), "www.example.org. 0 A 192.0.2.1");

        assertThat(shared.held).isEmpty();
    }

    @Test
    void theUpstreamIsAskedOnlyWhenTheSharedCacheHasSaidThatItKnowsNothing() {
        CompletableFuture<Optional<KeptAnswer>> hanging = new CompletableFuture<>();
        shared.hanging = hanging;
        CompletableFuture<Message> first = other.ask(www());
        CompletableFuture<Message> second = other.ask(www());
        assertThat(other.asked).isEmpty();

        hanging.complete(Optional.empty());
        assertThat(other.asked).hasSize(1);
        other.answer(KeptChain.response(www(), WWW));

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }

    @Test
    void whatIsTrueForThisQueryOnlyEndsWhatWasTrueBeforeInBothCaches() {
        one.ask(www(), WWW);
        pass(Duration.ofSeconds(100));
        one.ask(www(), "www.example.org. 0 A 192.0.2.2");

        CompletableFuture<Message> reply = other.ask(www());
        other.pass(Duration.ofMillis(1_830));

        assertThat(reply).as("nothing stale comes back from the shared cache").isNotDone();
    }

    @Test
    void whatCannotBeTakenOverIsAskedFor() {
        shared.hanging = CompletableFuture.completedFuture(
                Optional.of(new KeptAnswer(Answer.failure(0), 100, Long.MIN_VALUE))); // broken: it has no question

        assertThat(ttl(one.ask(www(), WWW))).isEqualTo(100);
    }

    @Test
    void whatTheOtherOneSaysIsKeptByOnesOwnRules() {
        KeptChain strict = new KeptChain(new CacheSettings(1 << 20, 0, 40, 40, 0, 0, 10), shared);
        one.ask(www(), WWW);

        assertThat(ttl(strict.askKnown(www()))).isEqualTo(40);

        strict.pass(Duration.ofSeconds(40));
        shared.pass(Duration.ofSeconds(40));
        assertThat(strict.ask(www())).isNotDone();
    }

    @Test
    void aLifeThatTheRecordsDoNotAllowIsCutDown() {
        one.ask(www(), WWW);
        shared.held.replaceAll((key, held) ->
                new HeldCache.Held(new KeptAnswer(held.kept.answer(), Integer.MAX_VALUE, 0), held.bornMillis));
        other.askKnown(www());

        other.pass(Duration.ofSeconds(100));
        shared.pass(Duration.ofSeconds(100));

        assertThat(other.ask(www())).isNotDone();
    }

    @Row("C15")
    @Test
    void aSharedCacheThatFailsOrThrowsCostsNobodyAnAnswer() {
        shared.hanging = CompletableFuture.failedFuture(new IllegalStateException("broken"));
        assertThat(ttl(one.ask(www(), WWW))).isEqualTo(100);

        shared.broken = true;
        Message mail = Queries.query("mail.example.org");
        assertThat(ttl(one.ask(mail, "mail.example.org. 50 A 192.0.2.1"))).isEqualTo(50);
        assertThat(ttl(one.askKnown(mail))).isEqualTo(50);
        assertThat(one.bound.inFlight()).isZero();
        assertThat(one.coalescing.flights()).isZero();
    }

    /** Holds what it is given; ages are measured by its own clock, as with instances that agree on the time. */
    private static final class HeldCache implements SharedCache {

        final Map<QuestionKey, Held> held = new HashMap<>();
        int finds;

        @Nullable
        CompletableFuture<Optional<KeptAnswer>> hanging;

        boolean broken;
        private long millis;

        private record Held(KeptAnswer kept, long bornMillis) {}

        void pass(Duration time) {
            millis += time.toMillis();
        }

        @Override
        public CompletionStage<Optional<KeptAnswer>> find(Query query) {
            finds++;
            if (broken) {
                throw new IllegalStateException("broken");
            }
            if (hanging != null) {
                return hanging;
            }
            Optional<KeptAnswer> found = Optional.ofNullable(held.get(query.key()))
                    .map(it -> new KeptAnswer(it.kept.answer(), it.kept.ttlSeconds(), millis - it.bornMillis));
            return CompletableFuture.completedFuture(found);
        }

        @Override
        public void store(Query query, KeptAnswer kept) {
            if (broken) {
                throw new IllegalStateException("broken");
            }
            held.put(query.key(), new Held(kept, millis));
        }

        @Override
        public void remove(Query query) {
            held.remove(query.key());
        }

        @Override
        public void clear() {
            held.clear();
        }
    }
}
