package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TXTRecord;

class InFlightBoundTests {

    private final List<CompletableFuture<Answer>> asked = new ArrayList<>();
    private final InFlightBound bound = new InFlightBound(2, query -> {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    });

    private static Query query(Message message) {
        return Query.of(message.toWire());
    }

    private CompletableFuture<Answer> ask(String name) {
        return bound.resolve(query(Queries.query(name))).toCompletableFuture();
    }

    @Test
    void whatIsBeyondTheBoundFailsAtOnceAndTheOthersGoOn() {
        CompletableFuture<Answer> first = ask("a.example.org");
        ask("b.example.org");

        CompletableFuture<Answer> shed = ask("c.example.org");
        asked.getFirst().complete(Answer.failure(Rcode.NOERROR));
        CompletableFuture<Answer> next = ask("d.example.org");

        assertThat(shed).isCompletedExceptionally();
        assertThat(Failures.upstreamFailure(shed.exceptionNow()))
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo(Reason.OVERLOADED));
        assertThat(bound.shed()).isEqualTo(1);
        assertThat(first.join().rcode()).isEqualTo(Rcode.NOERROR);
        assertThat(next).isNotDone();
        assertThat(bound.inFlight()).isEqualTo(2);
    }

    @Test
    void whatFailsOrThrowsHoldsNoPlace() {
        ask("a.example.org");
        asked.getFirst().completeExceptionally(new IllegalStateException("a fault"));
        InFlightBound throwing = new InFlightBound(2, query -> {
            throw new IllegalStateException("a fault");
        });

        assertThatIllegalStateException().isThrownBy(() -> throwing.resolve(query(Queries.query("www.example.org"))));

        assertThat(throwing.inFlight()).isZero();
        assertThat(bound.inFlight()).isZero();
    }

    @Test
    void largeQueriesAreBoundedByTheirOctetsWhereOrdinaryOnesAreNot() {
        InFlightBound roomy = new InFlightBound(1_000_000, query -> new CompletableFuture<>());
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
            roomy.resolve(signed);
            asked++;
        }
        int most = roomy.inFlight();

        assertThat((long) most * signed.length()).isBetween(30L << 20, 32L << 20);
        assertThat(roomy.resolve(ordinary)).isNotNull();
        assertThat(roomy.inFlight()).isEqualTo(most + 1);
    }
}
