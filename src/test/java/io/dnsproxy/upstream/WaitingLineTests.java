package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WaitingLineTests {

    private static final Query QUERY = Query.of(Queries.query("www.example.org").toWire());

    private static final long LONG = 2_000;
    private static final long PATIENCE = 500;

    private final WaitingLine line = new WaitingLine(4, LONG, PATIENCE);

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
        line.add(oldRepeat, 0);
        line.add(one, 0);
        line.add(two, 0);

        assertThat(line.poll()).isSameAs(one);
        assertThat(line.poll()).isSameAs(two);
        assertThat(line.poll()).isSameAs(oldRepeat);
        assertThat(line.poll()).isNull();
    }

    @Test
    void repeatsLeaveHalfOfTheLineToFirstAttempts() {
        assertThat(line.add(repeat(), 0)).isTrue();
        assertThat(line.add(repeat(), 0)).isTrue();
        assertThat(line.add(repeat(), 0)).isFalse();

        assertThat(line.add(first(), 0)).isTrue();
        assertThat(line.add(first(), 0)).isTrue();
        assertThat(line.add(first(), 0)).isFalse();
        assertThat(line.size()).isEqualTo(4);
    }

    @Test
    void thoseWhoNeedItNoMoreMakeRoom() {
        PendingExchange gone = first();
        line.add(gone, 0);
        line.add(first(), 0);
        line.add(first(), 0);
        line.add(first(), 0);
        gone.cancel(false);

        assertThat(line.add(first(), 0)).isTrue();
        assertThat(line.size()).isEqualTo(4);
    }

    @Test
    void thoseWhoNeedItNoMoreAreNotLookedForByEverybody() {
        line.add(first(), 0);
        List<PendingExchange> gone = new ArrayList<>();
        for (int i = 1; i < 4; i++) {
            gone.add(first());
            line.add(gone.getLast(), 0);
        }
        assertThat(line.add(first(), 0)).isFalse();
        gone.forEach(one -> one.cancel(false));

        assertThat(line.add(first(), TimeUnit.MILLISECONDS.toNanos(10) - 1)).isFalse();
        assertThat(line.add(first(), TimeUnit.MILLISECONDS.toNanos(10))).isTrue();
    }

    @Test
    void isEmptyWhenAllHaveBeenAnsweredElsewhere() {
        PendingExchange gone = first();
        line.add(gone, 0);
        gone.cancel(false);

        assertThat(line.isEmpty()).isTrue();
        assertThat(line.peek()).isNull();
    }

    @Test
    void whoCanBeServedSoonMayWait() {
        line.add(first(), 0);

        assertThat(line.pollImpatient(LONG - 1)).isNull();
        line.poll();
        line.add(first(), LONG - 1);

        assertThat(line.pollImpatient(2 * LONG - 2)).isNull();
    }

    @Test
    void inALineThatStandsNobodyWaitsForLong() {
        PendingExchange one = first();
        PendingExchange two = first();
        PendingExchange again = repeat();
        line.add(one, 0);
        line.add(two, LONG - PATIENCE);
        line.add(again, LONG - PATIENCE);
        line.add(first(), LONG - PATIENCE + 1);

        assertThat(line.pollImpatient(LONG)).isSameAs(one);
        assertThat(line.pollImpatient(LONG)).isSameAs(two);
        assertThat(line.pollImpatient(LONG)).isSameAs(again);
        assertThat(line.pollImpatient(LONG)).isNull();
    }

    @Test
    void aNewConnectionIsAReasonToWait() {
        line.add(first(), 0);
        line.hope(LONG);

        assertThat(line.pollImpatient(2 * LONG - 1)).isNull();
    }

    @Test
    void oneNewConnectionAfterTheOtherIsNone() {
        PendingExchange one = first();
        line.add(one, 0);
        line.hope(LONG - 1);
        line.hope(2 * LONG - 2);

        assertThat(line.pollImpatient(2 * LONG - 1)).isSameAs(one);
        line.add(first(), 2 * LONG);
        line.hope(3 * LONG);
        assertThat(line.pollImpatient(4 * LONG - 1)).isNull();
    }
}
