package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Query;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PendingExchangeTests {

    private static final Query QUERY = Query.of(Queries.query("www.example.org").toWire());

    private final PendingExchange first = PendingExchange.first(QUERY, Upstream.Asker.PATIENT);

    private static PendingExchange repeatOf(@Nullable PendingExchange overdue) {
        return PendingExchange.repeat(QUERY, overdue, Upstream.Asker.PATIENT);
    }

    @Test
    void aRepeatOfOneThatWasHeldBackRepeatsTheOneThatWasSent() {
        PendingExchange second = repeatOf(first);
        assertThat(second.takeOverdue()).isSameAs(first);
        first.putBehind(second);
        PendingExchange third = repeatOf(second);
        first.putBehind(third);

        assertThat(third.takeOverdue()).isSameAs(first);
        assertThat(repeatOf(third).takeOverdue()).isSameAs(first);
    }

    @Test
    void oneThatIsNoLongerHeldBackIsRepeatedItself() {
        PendingExchange second = repeatOf(first);
        first.putBehind(second);

        assertThat(first.takeBehind()).isSameAs(second);

        assertThat(repeatOf(second).takeOverdue()).isSameAs(second);
    }

    @Test
    void whatHasEndedIsNotRepeated() {
        first.fail(UpstreamException.Reason.CLOSED, "closed");

        assertThat(repeatOf(first).takeOverdue()).isNull();
        assertThat(repeatOf(null).takeOverdue()).isNull();
    }

    @Test
    void allThatAreHeldBackEndAsTheOneAhead() {
        PendingExchange second = repeatOf(first);
        PendingExchange third = repeatOf(second);
        first.putBehind(second);
        first.putBehind(third);

        first.fail(UpstreamException.Reason.TIMEOUT, "no answer in time");

        assertThat(second).isCompletedExceptionally();
        assertThat(third).isCompletedExceptionally();
    }
}
