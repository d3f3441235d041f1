package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueryAllowanceTests {

    private final QueryAllowance allowance = new QueryAllowance();

    @Test
    void aConnectionMayTakeEverythingUntilOneWasCutOff() {
        assertThat(allowance.queries()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theNextOneTakesWhatTheOneThatWasCutOffHadAnswered() {
        allowance.cutOff(10);

        assertThat(allowance.queries()).isEqualTo(10);
    }

    @Test
    void oneIsTakenEvenWhereNothingWasAnswered() {
        allowance.cutOff(0);

        assertThat(allowance.queries()).isEqualTo(1);
    }

    @Test
    void whoeverGoesOnIsAllowedTwiceAsManyUntilNothingNeedsToBeShown() {
        allowance.cutOff(1);
        long allowed = allowance.queries();
        int roundTrips = 0;
        while (allowed != Long.MAX_VALUE) {
            allowed = allowance.outlived(allowed);
            roundTrips++;
        }

        assertThat(roundTrips).isEqualTo(11);
        assertThat(allowance.queries()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void anOlderConnectionThatGoesOnDoesNotLowerIt() {
        allowance.cutOff(100);
        allowance.outlived(8);

        assertThat(allowance.queries()).isEqualTo(100);
    }
}
