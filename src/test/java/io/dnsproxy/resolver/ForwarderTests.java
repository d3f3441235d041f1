package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

class ForwarderTests {

    private final List<CompletableFuture<Answer>> asked = new ArrayList<>();
    private final Forwarder forwarder = new Forwarder(
            null,
            query -> {
                CompletableFuture<Answer> answer = new CompletableFuture<>();
                asked.add(answer);
                return answer;
            },
            2);

    private static Query query(Message message) {
        return Query.of(message.toWire());
    }

    private CompletableFuture<Answer> ask(String name) {
        return forwarder.answerLater(query(Queries.query(name))).toCompletableFuture();
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void everyFailureBecomesServfailWithAnExtendedError(Reason reason) {
        CompletableFuture<Answer> answer = ask("www.example.org");

        asked.getFirst().completeExceptionally(new UpstreamException(reason, "as the test says"));

        assertThat(answer).isCompleted();
        assertThat(answer.join().rcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(List.of(
                        ExtendedError.OTHER,
                        ExtendedError.NOT_READY,
                        ExtendedError.NO_REACHABLE_AUTHORITY,
                        ExtendedError.NETWORK_ERROR,
                        ExtendedError.INVALID_DATA))
                .filteredOn(code -> answer.join().hasExtendedError(code))
                .hasSize(1);
        assertThat(forwarder.inFlight()).isZero();
    }

    @Test
    void evenAFaultOfOurOwnIsAnswered() {
        CompletableFuture<Answer> answer = ask("www.example.org");

        asked.getFirst().completeExceptionally(new IllegalStateException("a fault"));

        assertThat(answer.join().rcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void aChainThatThrowsIsAnsweredAndHoldsNoPlace() {
        Forwarder throwing = new Forwarder(
                null,
                query -> {
                    throw new IllegalStateException("a fault");
                },
                2);

        CompletableFuture<Answer> answer =
                throwing.answerLater(query(Queries.query("www.example.org"))).toCompletableFuture();

        assertThat(answer.join().rcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(throwing.inFlight()).isZero();
    }

    @Test
    void beyondTheBoundAQueryGetsServfailAtOnceAndTheOthersGoOn() {
        CompletableFuture<Answer> first = ask("a.example.org");
        ask("b.example.org");

        CompletableFuture<Answer> shed = ask("c.example.org");
        asked.getFirst().complete(Answer.failure(Rcode.NOERROR));
        CompletableFuture<Answer> next = ask("d.example.org");

        assertThat(shed.join().rcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(forwarder.shed()).isEqualTo(1);
        assertThat(first.join().rcode()).isEqualTo(Rcode.NOERROR);
        assertThat(next).isNotDone();
        assertThat(forwarder.inFlight()).isEqualTo(2);
    }

    @Test
    void largeQueriesAreBoundedByTheirOctetsWhereOrdinaryOnesAreNot() {
        Forwarder roomy = new Forwarder(null, query -> new CompletableFuture<>(), 1_000_000);
        Message large = Queries.query("www.example.org");
        for (int i = 0; i < 900; i++) {
            large.addRecord(
                    new TXTRecord(Name.fromConstantString("example.org."), DClass.IN, 0, "x".repeat(50)),
                    Section.ADDITIONAL);
        }
        new TSIG(TSIG.HMAC_SHA256, "key.example.org.", "c2VjcmV0").apply(large, null);
        Query signed = query(large);
        Query ordinary = query(Queries.query("www.example.org"));

        int asked = 0;
        while (roomy.shed() == 0 && asked < 10_000) {
            roomy.answerLater(signed);
            asked++;
        }
        int most = roomy.inFlight();

        assertThat((long) most * signed.length()).isBetween(30L << 20, 32L << 20);
        assertThat(roomy.answerLater(ordinary)).isNotNull();
        assertThat(roomy.inFlight()).isEqualTo(most + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {Type.AXFR, Type.IXFR})
    void zoneTransfersAreRefusedWithoutAskingAnyone(int type) {
        Answer answer = forwarder.answerNow(query(Queries.query("example.org", type)), 0);

        assertThat(answer).isNotNull();
        assertThat(answer.rcode()).isEqualTo(Rcode.REFUSED);
    }

    @Test
    void knowsNothingElseByItself() {
        assertThat(forwarder.answerNow(query(Queries.query("www.example.org")), 0))
                .isNull();
    }
}
