package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdleLimitTests {

    private final IdleLimit limit = new IdleLimit(8_000);

    @Test
    void oneCloseOfTheServerIsNoHabit() {
        limit.closedByServer(300);

        assertThat(limit.limitNanos()).isEqualTo(8_000);
    }

    @Test
    void twoAlikeAreAndWeCloseBefore() {
        limit.closedByServer(2_100);
        limit.closedByServer(2_000);

        assertThat(limit.limitNanos()).isEqualTo(1_750);
    }

    @Test
    void twoThatDifferAreNot() {
        limit.closedByServer(300);
        limit.closedByServer(2_000);

        assertThat(limit.limitNanos()).isEqualTo(8_000);
    }

    @Test
    void aServerThatWaitsLongerThanWeDoChangesNothing() {
        limit.closedByServer(30_000);
        limit.closedByServer(30_000);

        assertThat(limit.limitNanos()).isEqualTo(8_000);
    }
}
