package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Query;
import org.junit.jupiter.api.Test;

class WaitingLineTests {

    private static final Query QUERY = Query.of(Queries.query("www.example.org").toWire());

    private final WaitingLine line = new WaitingLine(4);

    private PendingExchange first() {
        return PendingExchange.first(QUERY, Upstream.Asker.PATIENT);
    }

    private PendingExchange repeat() {
        return PendingExchange.repeat(QUERY, null, Upstream.Asker.PATIENT);
    }

    @Test
    void firstAttemptsGoBeforeRepeatsAndElseInTheirOrder() {
        PendingExchange oldRepeat = repeat();
        PendingExchange one = first();
        PendingExchange two = first();
        line.add(oldRepeat);
        line.add(one);
        line.add(two);

        assertThat(line.poll()).isSameAs(one);
        assertThat(line.poll()).isSameAs(two);
        assertThat(line.poll()).isSameAs(oldRepeat);
        assertThat(line.poll()).isNull();
    }

    @Test
    void repeatsLeaveHalfOfTheLineToFirstAttempts() {
        assertThat(line.add(repeat())).isTrue();
        assertThat(line.add(repeat())).isTrue();
        assertThat(line.add(repeat())).isFalse();

        assertThat(line.add(first())).isTrue();
        assertThat(line.add(first())).isTrue();
        assertThat(line.add(first())).isFalse();
        assertThat(line.size()).isEqualTo(4);
    }

    @Test
    void thoseWhoNeedItNoMoreMakeRoom() {
        PendingExchange gone = first();
        line.add(gone);
        line.add(first());
        line.add(first());
        line.add(first());
        gone.cancel(false);

        assertThat(line.add(first())).isTrue();
        assertThat(line.size()).isEqualTo(4);
    }

    @Test
    void isEmptyWhenAllHaveBeenAnsweredElsewhere() {
        PendingExchange gone = first();
        line.add(gone);
        gone.cancel(false);

        assertThat(line.isEmpty()).isTrue();
        assertThat(line.peek()).isNull();
    }
}
