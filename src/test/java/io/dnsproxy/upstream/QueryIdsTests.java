package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class QueryIdsTests {

    @Test
    void drawsFromAllSixteenBits() {
        QueryIds ids = new QueryIds();
        BitSet seen = new BitSet(1 << 16);
        for (int i = 0; i < 1 << 20; i++) {
            seen.set(ids.next());
        }

        // each id is drawn 16 times on the average: e^-16 of them never, which is less than one
        assertThat(seen.length()).isLessThanOrEqualTo(1 << 16);
        assertThat(seen.cardinality()).isGreaterThan((1 << 16) - 8);
    }

    @Test
    void twoConnectionsDrawDifferently() {
        QueryIds one = new QueryIds();
        QueryIds two = new QueryIds();
        int same = 0;
        for (int i = 0; i < 1_000; i++) {
            same += one.next() == two.next() ? 1 : 0;
        }

        assertThat(same).isLessThan(5);
    }
}
