package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** RFC 9520, seen from the client and from the upstream. */
class FailureCacheTests {

    private final KeptChain chain = new KeptChain(CacheSettings.defaults());

    private static Message www() {
        return Queries.withEdns(Queries.query("www.example.org"), 1232, 0);
    }

    private static List<Integer> errors(Message reply) {
        return reply.getOPT().getOptions().stream()
                .map(option -> ((ExtendedErrorCodeOption) option).getErrorCode())
                .toList();
    }

    @Row("C8")
    @ParameterizedTest
    @ValueSource(ints = {Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTIMP})
    void aHundredQueriesForWhatHasJustFailedAskNobody(int rcode) {
        Message first = chain.ask(www(), KeptChain.response(rcode, www()));
        assertThat(errors(first)).isEmpty();

        for (int i = 0; i < 100; i++) {
            Message reply = chain.askKnown(www());
            assertThat(reply.getRcode()).isEqualTo(rcode);
            assertThat(errors(reply)).containsExactly(13);
            chain.pass(Duration.ofMillis(9));
        }

        assertThat(chain.asked).hasSize(1);
        assertThat(chain.counters.failures()).isEqualTo(100);
    }

    @Row("C6")
    @Test
    void whatFailsAgainAndAgainIsLeftAloneForOneTwoFourAndFiveSeconds() {
        List<Integer> pausesMillis = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            chain.ask(www(), KeptChain.response(Rcode.SERVFAIL, www()));
            int millis = 0;
            while (chain.failures.find(chain.asked.getLast().query(), chain.nanos()) != null) {
                chain.pass(Duration.ofMillis(100));
                millis += 100;
            }
            pausesMillis.add(millis);
        }

        assertThat(pausesMillis).containsExactly(1_000, 2_000, 4_000, 5_000, 5_000, 5_000);
    }

    @Test
    void anAnswerOrAQuietMinuteMakesTheNextFailureAFirstOne() {
        chain.ask(www(), KeptChain.response(Rcode.SERVFAIL, www()));
        chain.pass(Duration.ofSeconds(1));
        chain.ask(www(), "www.example.org. 1 A 192.0.2.1");
        assertThat(chain.failures.size()).isZero();

        Message mail = Queries.query("mail.example.org");
        chain.ask(mail, KeptChain.response(Rcode.SERVFAIL, mail));
        chain.pass(Duration.ofSeconds(62));
        chain.ask(mail, KeptChain.response(Rcode.SERVFAIL, mail));
        chain.pass(Duration.ofSeconds(1));
        assertThat(chain.ask(mail)).isNotDone();
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"TIMEOUT", "MALFORMED"})
    void whatNoUpstreamAnswersIsLeftAlone(Reason reason) {
        CompletableFuture<Message> first = chain.ask(www());
        chain.fail(reason);

        Message reply = chain.askKnown(www());
        assertThat(reply.getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(errors(reply)).hasSize(2).contains(13).containsAll(errors(first.join()));
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"TIMEOUT", "MALFORMED"})
    void thatNobodyCouldBeReachedIsNotTheNamesFault(Reason reason) {
        chain.ask(www());
        chain.fail(reason);

        assertThat(chain.ask(www())).isNotDone();
        assertThat(chain.failures.size()).isZero();
    }

    @Test
    void whoMissedTheFailureByAHairDoesNotStartAnotherRoundOfTries() {
        chain.ask(www());
        Query late = Query.of(www().toWire());
        assertThat(chain.forwarder.answerNow(late, chain.nanos())).isNull();
        chain.fail(Reason.TIMEOUT);

        CompletableFuture<Answer> reply = chain.forwarder.answerLater(late).toCompletableFuture();

        assertThat(reply.join().rcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(chain.asked).hasSize(1);
    }

    @Test
    void whenAnUpstreamRecoversFailuresAreForgotten() {
        chain.ask(www(), KeptChain.response(Rcode.SERVFAIL, www()));
        chain.recoveries++;

        assertThat(chain.ask(www())).isNotDone();
    }

    @Test
    void aFailureOfOneTypeSaysNothingOfOthers() {
        chain.ask(www(), KeptChain.response(Rcode.SERVFAIL, www()));

        assertThat(chain.ask(Queries.query("www.example.org", 28))).isNotDone();
    }

    @Test
    void rememberedFailuresAreBounded() {
        for (int i = 0; i < 10_000; i++) {
            Message query = Queries.query("n" + i + ".example.org");
            chain.ask(query, KeptChain.response(Rcode.SERVFAIL, query));
        }

        assertThat(chain.failures.size()).isBetween(1_000L, 5_000L);
    }
}
