package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.upstream.UpstreamException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** RFC 8767, seen from the client and from the upstream. */
class ServeStaleResolverTests {

    private static final String OLD = "www.example.org. 300 A 192.0.2.1";
    private static final String NEW = "www.example.org. 300 A 192.0.2.2";
    private static final String SOA = "example.org. 300 SOA ns.example.org. admin.example.org. 1 7200 900 604800 60";

    private final KeptChain chain = new KeptChain(CacheSettings.defaults());

    private static Message www() {
        return Queries.withEdns(Queries.query("www.example.org"), 1232, 0);
    }

    @BeforeEach
    void keepAnAnswerUntilItIsStale() {
        chain.ask(www(), OLD);
        chain.pass(Duration.ofHours(1));
    }

    private static void assertStale(CompletableFuture<Message> reply) {
        assertThat(reply).isCompleted();
        assertThat(reply.join().getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(reply.join().getSection(Section.ANSWER).getFirst().rdataToString())
                .isEqualTo("192.0.2.1");
        assertThat(reply.join().getSection(Section.ANSWER).stream().map(Record::getTTL))
                .containsOnly(30L);
        assertThat(errors(reply.join())).containsExactly(3);
    }

    private static List<Integer> errors(Message reply) {
        return reply.getOPT().getOptions().stream()
                .map(option -> ((ExtendedErrorCodeOption) option).getErrorCode())
                .toList();
    }

    private static String address(CompletableFuture<Message> reply) {
        assertThat(reply).isCompleted();
        return reply.join().getSection(Section.ANSWER).getFirst().rdataToString();
    }

    @Test
    void whatCanBeHadInTimeIsFresh() {
        CompletableFuture<Message> reply = chain.ask(www());
        chain.pass(Duration.ofMillis(1_790));
        assertThat(reply).isNotDone();

        chain.answer(KeptChain.response(www(), NEW));

        assertThat(address(reply)).isEqualTo("192.0.2.2");
        assertThat(errors(reply.join())).isEmpty();
        assertThat(chain.counters.stale()).isZero();
    }

    @Row("C9")
    @Test
    void afterTheClientsPatienceStaleDataServesAndTheAskingGoesOn() {
        CompletableFuture<Message> reply = chain.ask(www());

        chain.pass(Duration.ofMillis(1_830));
        assertStale(reply);
        assertThat(chain.counters.stale()).isEqualTo(1);

        chain.answer(KeptChain.response(www(), NEW));
        assertThat(address(chain.ask(www()))).isEqualTo("192.0.2.2");
        assertThat(chain.asked).hasSize(2);
    }

    @Test
    void eachWhoWaitsHasItsOwnPatience() {
        CompletableFuture<Message> first = chain.ask(www());
        chain.pass(Duration.ofMillis(900));
        CompletableFuture<Message> second = chain.ask(www());

        chain.pass(Duration.ofMillis(930));
        assertStale(first);
        assertThat(second).isNotDone();

        chain.pass(Duration.ofMillis(900));
        assertStale(second);
        assertThat(chain.asked).hasSize(2);
    }

    @Test
    void onceSomebodyHasWaitedInVainNobodyElseDoesForHalfAMinute() {
        chain.ask(www());
        chain.pass(Duration.ofMillis(1_830));

        assertStale(chain.ask(www()));

        chain.fail(Reason.TIMEOUT);
        chain.pass(Duration.ofSeconds(29));
        assertStale(chain.ask(www()));
        assertThat(chain.asked).hasSize(2);

        chain.pass(Duration.ofSeconds(1));
        CompletableFuture<Message> retried = chain.ask(www());
        assertThat(retried).isNotDone();
        assertThat(chain.asked).hasSize(3);
        chain.answer(KeptChain.response(www(), NEW));
        assertThat(address(retried)).isEqualTo("192.0.2.2");
    }

    @Row("C9")
    @ParameterizedTest
    @EnumSource(Reason.class)
    void whateverFailsStaleDataServes(Reason reason) {
        CompletableFuture<Message> reply = chain.ask(www());

        chain.fail(reason);
        assertStale(reply);

        boolean ourFault = reason == Reason.OVERLOADED || reason == Reason.STOPPED;
        assertThat(chain.ask(www()).isDone()).isEqualTo(!ourFault);
        assertThat(chain.asked).hasSize(ourFault ? 3 : 2);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTIMP, Rcode.FORMERR, Rcode.NOTAUTH, Rcode.NXRRSET, 11, 15})
    void whateverRefusesStaleDataServes(int rcode) {
        CompletableFuture<Message> reply = chain.ask(www());

        chain.answer(KeptChain.response(rcode, www()));

        assertStale(reply);
        assertStale(chain.ask(www()));
        assertThat(chain.asked).hasSize(2);
    }

    @Test
    void aFailureThatNobodyWaitedForLeavesStaleDataToServe() {
        CompletableFuture<Message> reply = chain.ask(www());
        chain.pass(Duration.ofMillis(1_830));
        assertStale(reply);
        chain.recoveries++; // what was noted then counts no more
        chain.fail(Reason.TIMEOUT);

        assertStale(chain.ask(www()));
        chain.pass(Duration.ofSeconds(20));
        assertStale(chain.ask(www()));
        assertThat(chain.asked).hasSize(2);
    }

    @Test
    void aPrefetchThatFailedLeavesStaleDataToServe() {
        Message mail = Queries.withEdns(Queries.query("mail.example.org"), 1232, 0);
        chain.ask(mail, "mail.example.org. 10 A 192.0.2.1");
        for (int i = 0; i < 3; i++) {
            chain.askKnown(mail);
        }
        chain.pass(Duration.ofMillis(9_500));
        chain.askKnown(mail);
        chain.answer(KeptChain.response(Rcode.SERVFAIL, mail));
        chain.pass(Duration.ofMillis(600));

        assertStale(chain.ask(mail));
    }

    @Test
    void whatIsKnownOfOtherTypesIsOlderThanThatTheNameIsGone() {
        Message other = Queries.withEdns(Queries.query("www.example.org", Type.AAAA), 1232, 0);
        chain.ask(other, KeptChain.response(Rcode.NXDOMAIN, other, SOA));
        chain.pass(Duration.ofSeconds(61));

        CompletableFuture<Message> reply = chain.ask(www());
        chain.fail(Reason.TIMEOUT);

        assertThat(reply.join().getRcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(errors(reply.join())).containsExactly(19);
    }

    @Test
    void whenThereIsTooMuchToDoStaleDataServesAndTheNextMayTryAgain() {
        for (int i = 0; i < KeptChain.MAX_IN_FLIGHT; i++) {
            chain.ask(Queries.query("n" + i + ".example.org"));
        }

        assertStale(chain.ask(www()));
        assertThat(chain.bound.shed()).isEqualTo(1);

        chain.answer(KeptChain.response(Queries.query("n" + (KeptChain.MAX_IN_FLIGHT - 1) + ".example.org")));
        CompletableFuture<Message> next = chain.ask(www());
        assertThat(next).isNotDone();
        chain.answer(KeptChain.response(www(), NEW));
        assertThat(address(next)).isEqualTo("192.0.2.2");
    }

    @Test
    void whoWasServedStaleHoldsItsPlaceUntilTheAskingEnds() {
        chain.ask(www());
        chain.pass(Duration.ofMillis(1_830));
        assertThat(chain.bound.inFlight()).isEqualTo(1);

        chain.fail(Reason.TIMEOUT);
        assertThat(chain.bound.inFlight()).isZero();
    }

    @Test
    void nobodyVouchesForStaleData() {
        Message asking = Queries.withEdns(Queries.query("secure.example.org"), 1232, ExtendedFlags.DO);
        Message response = KeptChain.response(asking, "secure.example.org. 10 A 192.0.2.1");
        response.getHeader().setFlag(Flags.AD);
        assertThat(chain.ask(asking, response).getHeader().getFlag(Flags.AD)).isTrue();
        chain.pass(Duration.ofSeconds(11));

        CompletableFuture<Message> reply = chain.ask(asking);
        chain.fail(Reason.TIMEOUT);

        assertStale(reply);
        assertThat(reply.join().getHeader().getFlag(Flags.AD)).isFalse();
    }

    @Row("C10")
    @Test
    void thatTheNameIsGoneReplacesStaleData() {
        CompletableFuture<Message> reply = chain.ask(www());
        chain.answer(KeptChain.response(Rcode.NXDOMAIN, www(), SOA));
        assertThat(reply.join().getRcode()).isEqualTo(Rcode.NXDOMAIN);

        chain.pass(Duration.ofSeconds(61));
        CompletableFuture<Message> later = chain.ask(www());
        chain.fail(Reason.TIMEOUT);

        assertThat(later.join().getRcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(errors(later.join())).containsExactly(19);
        assertThat(later.join().getSection(Section.AUTHORITY).getFirst().getTTL())
                .isEqualTo(30);
    }

    @Test
    void anAnswerThatMayNotBeKeptIsStillTheNewest() {
        CompletableFuture<Message> reply = chain.ask(www());
        chain.answer(KeptChain.response(www(), "www.example.org. 0 A 192.0.2.2"));

        assertThat(address(reply)).isEqualTo("192.0.2.2");
        CompletableFuture<Message> later = chain.ask(www());
        chain.fail(Reason.TIMEOUT);
        assertThat(later.join().getRcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void whenAnUpstreamRecoversItIsAskedAtOnce() {
        chain.ask(www());
        chain.fail(Reason.CONNECT);
        assertStale(chain.ask(www()));

        chain.recoveries++;
        CompletableFuture<Message> reply = chain.ask(www());
        chain.answer(KeptChain.response(www(), NEW));

        assertThat(address(reply)).isEqualTo("192.0.2.2");
    }

    @Test
    void staleDataServesForADayAndNotLonger() {
        chain.pass(Duration.ofHours(23));
        chain.ask(www());
        chain.fail(Reason.TIMEOUT);
        assertStale(chain.ask(www()));

        chain.pass(Duration.ofMinutes(6));
        CompletableFuture<Message> reply = chain.ask(www());
        chain.fail(Reason.TIMEOUT);
        assertThat(reply.join().getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(errors(reply.join())).containsExactly(22);
    }

    @Test
    void nothingStaleServesWhereItIsSwitchedOff() {
        KeptChain without = new KeptChain(CacheSettings.defaults().withStaleSeconds(0));
        without.ask(www(), OLD);
        without.pass(Duration.ofSeconds(301));

        CompletableFuture<Message> reply = without.ask(www());
        without.pass(Duration.ofSeconds(3));
        assertThat(reply).isNotDone();
        without.fail(Reason.TIMEOUT);

        assertThat(reply.join().getRcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void noDeadlineIsLeftBehind() {
        chain.ask(www());
        chain.answer(KeptChain.response(www(), NEW));
        chain.ask(Queries.query("mail.example.org"), "mail.example.org. 300 A 192.0.2.1");

        assertThat(chain.deadlines()).isZero();
    }
}
