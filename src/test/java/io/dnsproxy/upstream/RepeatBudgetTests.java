package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RepeatBudgetTests {

    private final RepeatBudget budget = new RepeatBudget();

    private int takeAll() {
        int taken = 0;
        while (budget.take()) {
            taken++;
        }
        return taken;
    }

    @Test
    void hasSomeFromTheStart() {
        assertThat(takeAll()).isEqualTo(RepeatBudget.REPEATS_SAVED_MAX);
    }

    @Test
    void growsWithAnswersUpToABound() {
        takeAll();

        budget.answered(3);
        assertThat(budget.take()).isFalse();
        budget.answered(1);
        assertThat(budget.take()).isTrue();
        assertThat(budget.take()).isFalse();

        budget.answered(1_000_000);
        assertThat(takeAll()).isEqualTo(RepeatBudget.REPEATS_SAVED_MAX);
    }
}
