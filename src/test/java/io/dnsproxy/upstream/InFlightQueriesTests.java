package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Query;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InFlightQueriesTests {

    private final Deque<Integer> drawn = new ArrayDeque<>();
    private final InFlightQueries queries = new InFlightQueries(drawn::remove);

    private static PendingExchange exchange() {
        return PendingExchange.first(Query.of(Queries.query("www.example.org").toWire()), Upstream.Asker.PATIENT);
    }

    private PendingExchange add(int id, long nowNanos) {
        drawn.add(id);
        PendingExchange exchange = exchange();
        queries.add(exchange, nowNanos);
        return exchange;
    }

    @Test
    void drawsAgainWhileAnIdIsTaken() {
        add(7, 0);
        drawn.addAll(List.of(7, 7, 8));
        PendingExchange second = exchange();

        queries.add(second, 1);

        assertThat(second.id).isEqualTo(8);
        assertThat(queries.find(8)).isSameAs(second);
        assertThat(queries.inFlight()).isEqualTo(2);
    }

    @Test
    void anAnsweredIdIsFree() {
        queries.remove(add(7, 0));

        assertThat(queries.isEmpty()).isTrue();
        assertThat(add(7, 1).id).isEqualTo(7);
    }

    @Test
    void aLateQueryTakesNoPlaceAndIsStillFound() {
        PendingExchange late = add(7, 0);
        add(8, 10);

        queries.rest(10);

        assertThat(queries.inFlight()).isEqualTo(1);
        assertThat(queries.find(7)).isSameAs(late);
        assertThat(queries.oldestUnanswered()).isSameAs(late);
    }

    @Test
    void theIdOfALateQueryRestsForEver() {
        PendingExchange late = add(7, 0);
        queries.rest(1);
        queries.remove(late);
        drawn.addAll(List.of(7, 8));
        PendingExchange next = exchange();

        queries.add(next, 2);

        assertThat(next.id).isEqualTo(8);
        assertThat(queries.resting()).isEqualTo(1);
        assertThat(queries.find(7)).isNull();
    }

    @Test
    void givesUpOnlyWhatIsLateLongEnough() {
        PendingExchange oldest = add(1, 0);
        add(2, 5);
        add(3, 10);
        queries.rest(10);
        List<PendingExchange> givenUp = new ArrayList<>();

        queries.giveUp(5, givenUp::add);

        assertThat(givenUp).containsExactly(oldest);
        assertThat(queries.find(1)).isNull();
        assertThat(queries.find(2)).isNotNull();
    }

    @Test
    void drainsOldestFirstLateOnesIncluded() {
        PendingExchange a = add(1, 0);
        PendingExchange b = add(2, 5);
        PendingExchange c = add(3, 10);
        queries.rest(5);
        List<PendingExchange> drained = new ArrayList<>();

        queries.drain(drained::add);

        assertThat(drained).containsExactly(a, b, c);
        assertThat(queries.isEmpty()).isTrue();
    }

    @Test
    void drainsInFlightOnesAloneWhereTheConnectionIsInDoubt() {
        PendingExchange late = add(1, 0);
        PendingExchange fresh = add(2, 5);
        queries.rest(5);
        List<PendingExchange> drained = new ArrayList<>();

        queries.drainInFlight(drained::add);

        assertThat(drained).containsExactly(fresh);
        assertThat(queries.oldestUnanswered()).isSameAs(late);
    }

    @Test
    void isUnawaitedWhenEachQueryWasAnsweredElsewhere() {
        assertThat(queries.isUnawaited()).isTrue();
        PendingExchange late = add(1, 0);
        queries.rest(1);
        PendingExchange fresh = add(2, 5);
        late.cancel(false);
        assertThat(queries.isUnawaited()).isFalse();

        fresh.cancel(false);

        assertThat(queries.isUnawaited()).isTrue();
        assertThat(queries.isEmpty()).isFalse();
    }

    @Test
    void keepsItsBooksThroughAnyOrderOfEvents() {
        long seed = Long.getLong("dnsproxy.test.seed", System.nanoTime());
        Random random = new Random(seed);
        InFlightQueries any = new InFlightQueries(() -> random.nextInt(1 << 16));
        List<PendingExchange> unanswered = new ArrayList<>();
        Set<Integer> resting = new HashSet<>();
        for (long now = 0; now < 20_000; now++) {
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    PendingExchange added = exchange();
                    any.add(added, now);
                    assertThat(resting).as("seed %s", seed).doesNotContain(added.id);
                    assertThat(unanswered).as("seed %s", seed).noneMatch(other -> other.id == added.id);
                    unanswered.add(added);
                }
                case 2 -> {
                    if (!unanswered.isEmpty()) {
                        PendingExchange answered = unanswered.remove(random.nextInt(unanswered.size()));
                        assertThat(any.find(answered.id)).isSameAs(answered);
                        any.remove(answered);
                    }
                }
                default -> {
                    long before = now - 100;
                    unanswered.stream()
                            .filter(exchange -> exchange.sentNanos < before)
                            .forEach(exchange -> resting.add(exchange.id));
                    any.rest(before);
                    any.giveUp(now - 200, unanswered::remove);
                }
            }
            assertThat(any.resting()).as("seed %s", seed).isEqualTo(resting.size());
        }
        List<PendingExchange> left = new ArrayList<>();
        any.drain(left::add);
        assertThat(left).as("seed %s", seed).containsExactlyElementsOf(unanswered);
    }
}
