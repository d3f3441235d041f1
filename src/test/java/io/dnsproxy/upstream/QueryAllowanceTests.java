package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueryAllowanceTests {

    private final QueryAllowance allowance = new QueryAllowance();

    @Test
    void aConnectionMayTakeEverythingUntilOneWasCutOff() {
        assertThat(allowance.queries()).isEqualTo(QueryAllowance.UNLIMITED);
    }

    @Test
    void theNextOneTakesWhatTheOneThatWasCutOffHadAnswered() {
        allowance.cutOff(10, 1, 2);

        assertThat(allowance.queries()).isEqualTo(10);
    }

    @Test
    void oneIsTakenEvenWhereNothingWasAnswered() {
        allowance.cutOff(0, 1, 2);

        assertThat(allowance.queries()).isEqualTo(1);
    }

    @Test
    void aServerThatAnswersThousandsOnAConnectionIsNotLimited() {
        allowance.cutOff(100_000, 1, 2);

        assertThat(allowance.queries()).isEqualTo(QueryAllowance.UNLIMITED);
    }

    @Test
    void ofConnectionsThatEndTogetherTheOneThatCameFarthestCounts() {
        allowance.cutOff(50, 1, 10);
        allowance.cutOff(3, 2, 11);

        assertThat(allowance.queries()).isEqualTo(50);
    }

    @Test
    void aLaterConnectionThatIsCutOffSoonerLowersIt() {
        allowance.cutOff(50, 1, 10);
        allowance.cutOff(3, 11, 12);

        assertThat(allowance.queries()).isEqualTo(3);
    }

    @Test
    void connectionsThatOverlapDoNotKeepItHighForGood() {
        allowance.cutOff(50, 1, 10);
        allowance.outlived(300);
        allowance.cutOff(10, 5, 20);
        allowance.cutOff(3, 15, 30);

        assertThat(allowance.queries()).isEqualTo(3);
    }

    @Test
    void whoeverGoesOnIsUnlimitedAfterAFewRoundTrips() {
        allowance.cutOff(1, 1, 2);
        long allowed = allowance.queries();
        int roundTrips = 0;
        while (allowed != QueryAllowance.UNLIMITED) {
            allowed = allowance.outlived(allowed + 1); // and the probe
            roundTrips++;
        }

        assertThat(roundTrips).isEqualTo(5);
        assertThat(allowance.queries()).isEqualTo(QueryAllowance.UNLIMITED);
    }

    @Test
    void anOlderConnectionThatGoesOnDoesNotLowerIt() {
        allowance.cutOff(100, 1, 2);
        allowance.outlived(8);

        assertThat(allowance.queries()).isEqualTo(100);
    }
}
