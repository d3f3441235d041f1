package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SelectionTests {

    private final FakeUpstream a = new FakeUpstream("a");
    private final FakeUpstream b = new FakeUpstream("b");
    private final FakeUpstream c = new FakeUpstream("c");

    static List<Selection> all() {
        List<FakeUpstream> upstreams = IntStream.range(0, Selection.UPSTREAMS_MAX)
                .mapToObj(i -> new FakeUpstream("upstream" + i))
                .toList();
        return List.of(new RoundRobin(), new Fastest(upstreams), new Failover());
    }

    @ParameterizedTest
    @MethodSource("all")
    void picksOnlyWhatIsFit(Selection selection) {
        for (int turn = 0; turn < 500; turn++) {
            assertThat(selection.pick(0b1001_0100L, turn)).isIn(2, 4, 7);
            assertThat(selection.pick(Long.MIN_VALUE, turn)).isEqualTo(63);
            assertThat(selection.pick(-1L, turn)).isBetween(0, 63);
        }
    }

    @Test
    void roundRobinGivesEachItsTurn() {
        Selection selection = new RoundRobin();

        assertThat(IntStream.range(0, 6).map(turn -> selection.pick(0b1011, turn)))
                .containsExactly(0, 1, 3, 0, 1, 3);
    }

    @Test
    void failoverPicksTheFirst() {
        assertThat(new Failover().pick(0b111, 5)).isZero();
        assertThat(new Failover().pick(0b110, 5)).isEqualTo(1);
    }

    @Test
    void fastestPrefersTheFastButNeverForgetsTheSlow() {
        a.expectedNanos = 40;
        b.expectedNanos = 10;
        c.expectedNanos = 20;
        Selection selection = new Fastest(List.of(a, b, c));
        int[] picked = new int[3];

        for (int turn = 0; turn < 6_400; turn++) {
            picked[selection.pick(0b111, turn)]++;
        }

        // of three equally likely pairs b wins two, c one, a none; 100 turns are left to chance
        assertThat(picked[1]).isBetween(4_000, 4_500);
        assertThat(picked[2]).isBetween(1_900, 2_400);
        assertThat(picked[0]).isBetween(5, 100);
    }
}
