package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;

class CoalescingResolverTests {

    private static final Answer ANSWER = Answer.failure(Rcode.NOERROR);

    private final List<CompletableFuture<Answer>> asked = new ArrayList<>();
    private final CoalescingResolver resolver = new CoalescingResolver(query -> {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    });

    private CompletableFuture<Answer> resolve(Message query) {
        return resolver.resolve(Query.of(query.toWire())).toCompletableFuture();
    }

    @Row("C14")
    @Test
    void twoHundredAlikeAreOneQuestionAndAllGetItsAnswer() {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(resolve(Queries.query(i % 2 == 0 ? "www.example.org" : "WWW.example.ORG")));
        }

        asked.getFirst().complete(ANSWER);

        assertThat(asked).hasSize(1);
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(ANSWER));
        assertThat(resolver.coalesced()).isEqualTo(199);
        assertThat(resolver.flights()).isZero();
    }

    @Test
    void aFailureReachesAllWhoWaitAndTheNextIsAskedAnew() {
        CompletableFuture<Answer> first = resolve(Queries.query("www.example.org"));
        CompletableFuture<Answer> second = resolve(Queries.query("www.example.org"));

        asked.getFirst()
                .completeExceptionally(new UpstreamException(UpstreamException.Reason.TIMEOUT, "as the test says"));
        resolve(Queries.query("www.example.org"));

        assertThat(first).isCompletedExceptionally();
        assertThat(second).isCompletedExceptionally();
        assertThat(asked).hasSize(2);
    }

    @Test
    void aFaultFurtherDownLeavesNoFlightBehind() {
        CoalescingResolver broken = new CoalescingResolver(query -> {
            throw new IllegalStateException("a fault");
        });

        assertThat(broken.resolve(Query.of(Queries.query("www.example.org").toWire())))
                .isCompletedExceptionally();
        assertThat(broken.flights()).isZero();
    }

    @Test
    void otherTypesAndOtherBitsAreOtherQuestions() {
        Message checkingDisabled = Queries.query("www.example.org");
        checkingDisabled.getHeader().setFlag(Flags.CD);

        resolve(Queries.query("www.example.org"));
        resolve(Queries.query("www.example.org", Type.AAAA));
        resolve(Queries.query("ww.example.org"));
        resolve(Queries.withEdns(Queries.query("www.example.org"), 1232, ExtendedFlags.DO));
        resolve(checkingDisabled);

        assertThat(asked).hasSize(5);
    }

    @Test
    void whatLeavesTheQuestionAloneIsJoined() {
        Message authentic = Queries.query("www.example.org");
        authentic.getHeader().setFlag(Flags.AD);

        resolve(Queries.query("www.example.org"));
        resolve(authentic);
        resolve(Queries.withEdns(Queries.query("www.example.org"), 4096, 0));

        assertThat(asked).hasSize(1);
    }

    @Test
    void signedQueriesAreNeverJoined() {
        TSIG key = new TSIG(TSIG.HMAC_SHA256, "key.example.org.", "c2VjcmV0");
        for (int i = 0; i < 2; i++) {
            Message signed = Queries.query("www.example.org");
            key.apply(signed, null);
            resolve(signed);
        }

        assertThat(asked).hasSize(2);
    }
}
