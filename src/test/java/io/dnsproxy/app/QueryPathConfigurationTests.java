package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueryPathConfigurationTests {

    private static final long MEGABYTE = 1 << 20;

    @Test
    void asManyQueriesAreInFlightAsTheSettingsSay() {
        assertThat(QueryPathConfiguration.withinHeap(50_000, 1_024 * MEGABYTE)).isEqualTo(50_000);
    }

    @Test
    void butNotMoreThanAQuarterOfTheHeapHolds() {
        assertThat(QueryPathConfiguration.withinHeap(50_000, 512 * MEGABYTE)).isEqualTo(43_690);
        assertThat(QueryPathConfiguration.withinHeap(50_000, 128 * MEGABYTE)).isEqualTo(10_922);
        assertThat(QueryPathConfiguration.withinHeap(1_000, 128 * MEGABYTE)).isEqualTo(1_000);
    }
}
