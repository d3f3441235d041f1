package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IdleLimitTests {

    private static final long SETTING_MILLIS = 8_000;

    private final IdleLimit limit = new IdleLimit(nanos(SETTING_MILLIS));
    private long nowMillis = 100_000;

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private void closedAfterMillis(long unusedMillis) {
        nowMillis += unusedMillis;
        closedAtTheSameTime(unusedMillis);
    }

    private void closedAtTheSameTime(long unusedMillis) {
        limit.closedByServer(nanos(unusedMillis), nanos(nowMillis));
    }

    private void expectMillis(long millis) {
        assertThat(TimeUnit.NANOSECONDS.toMillis(limit.limitNanos())).isEqualTo(millis);
    }

    @Test
    void oneCloseOfTheServerIsNoHabit() {
        closedAfterMillis(3_000);

        expectMillis(SETTING_MILLIS);
    }

    @Test
    void twoAlikeAreAndWeCloseBefore() {
        closedAfterMillis(2_100);
        closedAfterMillis(2_000);

        expectMillis(1_750);
    }

    @Test
    void twoThatDifferAreNot() {
        closedAfterMillis(2_000);
        closedAfterMillis(4_000);

        expectMillis(SETTING_MILLIS);
    }

    @Test
    void twoConnectionsClosedByOneRestartAreNot() {
        closedAfterMillis(2_000);
        closedAtTheSameTime(2_000);

        expectMillis(SETTING_MILLIS);
    }

    @Test
    void aServerThatClosesAtOnceHasTroubleAndNoHabit() {
        for (int i = 0; i < 10; i++) {
            closedAfterMillis(200);
        }

        expectMillis(SETTING_MILLIS);
    }

    @Test
    void aServerThatWaitsLongerThanWeDoChangesNothing() {
        closedAfterMillis(30_000);
        closedAfterMillis(30_000);

        expectMillis(SETTING_MILLIS);
    }
}
