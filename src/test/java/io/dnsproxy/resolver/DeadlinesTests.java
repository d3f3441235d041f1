package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.resolver.Deadlines.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadlinesTests {

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(Deadlines.TICK_MILLIS);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(30)); // wraps on the way
    private final Deadlines deadlines = new Deadlines(nanos::get);
    private final List<String> ran = new ArrayList<>();

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        deadlines.turn();
    }

    @Test
    void aDeadlineComesWhenItsTimeHasPassedAndNotBefore() {
        deadlines.after(Duration.ofMillis(1500).toNanos(), () -> ran.add("attempt"));

        pass(Duration.ofMillis(1499));
        assertThat(ran).isEmpty();

        pass(Duration.ofMillis(1).plusNanos(2 * TICK_NANOS));
        assertThat(ran).containsExactly("attempt");
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void aCanceledDeadlineNeverComes() {
        Deadline deadline = deadlines.after(Duration.ofSeconds(1).toNanos(), () -> ran.add("canceled"));
        deadlines.after(Duration.ofSeconds(1).toNanos(), () -> ran.add("kept"));

        deadline.cancel();
        deadline.cancel();
        pass(Duration.ofSeconds(2));

        assertThat(ran).containsExactly("kept");
    }

    @Test
    void aDeadlineFartherAwayThanOneTurnOfTheWheelWaitsForItsOwnTurn() {
        deadlines.after(Duration.ofSeconds(25).toNanos(), () -> ran.add("far"));
        deadlines.after(
                Duration.ofSeconds(25).minusMillis(10_240).toNanos(), () -> ran.add("same slot, a turn earlier"));

        pass(Duration.ofSeconds(24));
        assertThat(ran).containsExactly("same slot, a turn earlier");

        pass(Duration.ofSeconds(2));
        assertThat(ran).endsWith("far");
    }

    @Test
    void anActionMaySetTheNextDeadline() {
        deadlines.after(0, () -> deadlines.after(0, () -> ran.add("second")));

        pass(Duration.ofMillis(100));
        pass(Duration.ofMillis(100));

        assertThat(ran).containsExactly("second");
    }

    @Test
    void afterAnyTimeExactlyTheDeadlinesThatAreDueHaveCome() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        Map<Integer, Long> due = new HashMap<>();
        Map<Integer, Deadline> set = new HashMap<>();
        List<Integer> came = new ArrayList<>();
        long start = nanos.get();
        for (int i = 0; i < 5_000; i++) {
            int id = i;
            long delay = random.nextLong(Duration.ofSeconds(12).toNanos());
            due.put(id, nanos.get() - start + delay);
            set.put(id, deadlines.after(delay, () -> came.add(id)));
            if (random.nextInt(3) == 0) {
                int victim = random.nextInt(i + 1);
                Deadline deadline = set.remove(victim);
                if (deadline != null && !came.contains(victim)) {
                    deadline.cancel();
                    due.remove(victim);
                }
            }
            if (random.nextInt(10) == 0) {
                pass(Duration.ofMillis(random.nextInt(200)));
            }
        }
        long passed = nanos.get() - start;

        assertThat(came).as("seed %d", seed).doesNotHaveDuplicates();
        assertThat(came).as("seed %d", seed).allMatch(id -> due.containsKey(id) && due.get(id) <= passed);
        assertThat(due.entrySet())
                .as("seed %d", seed)
                .filteredOn(entry -> entry.getValue() <= passed - 2 * TICK_NANOS)
                .allMatch(entry -> came.contains(entry.getKey()));
    }

    @Test
    void oneAfterAnotherTheyDoNotWakeTheThreadEachTime() throws Exception {
        try (Deadlines turning = new Deadlines()) {
            for (int i = 0; i < 10_000; i++) {
                turning.after(Duration.ofSeconds(1).toNanos(), () -> {}).cancel();
            }
            assertThat(turning.wakeUps()).isLessThan(10);

            await().until(turning::isAsleep);
            CountDownLatch came = new CountDownLatch(1);
            turning.after(0, came::countDown);
            assertThat(came.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void anActionThatFailsHoldsUpNoOther() {
        deadlines.after(0, () -> {
            throw new IllegalStateException("a fault");
        });
        deadlines.after(0, () -> ran.add("other"));

        pass(Duration.ofMillis(100));

        assertThat(ran).containsExactly("other");
    }

    @Test
    void turnsByItselfAndWakesUpForTheFirstDeadline() throws InterruptedException {
        try (Deadlines turning = new Deadlines()) {
            CountDownLatch reached = new CountDownLatch(1);

            turning.after(1, reached::countDown);

            assertThat(reached.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }
}
