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
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

class ForwarderTests {

    private final List<CompletableFuture<Answer>> asked = new ArrayList<>();
    private final Forwarder forwarder = new Forwarder(null, query -> {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    });

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
    }

    @Test
    void evenAFaultOfOurOwnIsAnswered() {
        CompletableFuture<Answer> answer = ask("www.example.org");

        asked.getFirst().completeExceptionally(new IllegalStateException("a fault"));

        assertThat(answer.join().rcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void evenAChainThatThrowsIsAnswered() {
        Forwarder throwing = new Forwarder(null, query -> {
            throw new IllegalStateException("a fault");
        });

        CompletableFuture<Answer> answer =
                throwing.answerLater(query(Queries.query("www.example.org"))).toCompletableFuture();

        assertThat(answer.join().rcode()).isEqualTo(Rcode.SERVFAIL);
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
