package io.dnsproxy.upstream;

/**
 * How many overdue queries may be repeated at an upstream that is answering others: one for each {@value #ANSWERS_PER_REPEAT}
 * answers. That mends the loss of a few answers, and does not multiply a flood of names that nobody can answer. For one
 * thread.
 */
final class RepeatBudget {

    static final int ANSWERS_PER_REPEAT = 4;
    static final int REPEATS_SAVED_MAX = 64;

    private int answers = ANSWERS_PER_REPEAT * REPEATS_SAVED_MAX;

    /** So many answers came. */
    void answered(int count) {
        answers = Math.min(answers + count, ANSWERS_PER_REPEAT * REPEATS_SAVED_MAX);
    }

    /** Whether one repeat more may be sent; the one who asks sends it. */
    boolean take() {
        if (answers < ANSWERS_PER_REPEAT) {
            return false;
        }
        answers -= ANSWERS_PER_REPEAT;
        return true;
    }
}
