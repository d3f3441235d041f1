package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One upstream that is asked for five times as many names as it can answer: what it can answer reaches those who ask. */
class SlowUpstreamTests {

    private static final int PLACES = 64;
    private static final Duration ANSWER_TAKES = Duration.ofMillis(200);

    /** What it can answer each second. */
    private static final int CAPACITY = (int) (PLACES * 1_000L / ANSWER_TAKES.toMillis());

    private static final Duration TICK = Duration.ofMillis(10);
    private static final int EACH_TICK = (int) (5L * CAPACITY * TICK.toMillis() / 1_000);

    /** From then on the line is as long as it gets. */
    private static final Duration BEGIN = Duration.ofSeconds(4);

    private static final Duration END = Duration.ofSeconds(8);

    /** Where whoever asks comes later than this, so does what answers. */
    private static final long HELD_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicLong latest = new AtomicLong();
    private long ticks;
    private ScriptedResolver resolver;
    private TestProxy proxy;

    /** One query. */
    private record Ended(Duration asked, Duration took, int rcode) {

        boolean isRight() {
            return rcode == Rcode.NOERROR;
        }
    }

    @BeforeEach
    void start() throws Exception {
        resolver = ScriptedResolver.start();
        resolver.answer(_ -> Reply.right().after(ANSWER_TAKES));
        proxy = TestProxy.start(
                TestProxy.Settings.asking(TestProxy.serverOf(resolver)).with(UpstreamTimes.limits(1, PLACES)));
        await().until(proxy.pool::hasEverConnected);
    }

    @AfterEach
    void stop() {
        clock.shutdownNow();
        proxy.close();
        resolver.close();
    }

    @Test
    void itsAnswersReachThoseWhoAskAndTheOthersFailSoon() {
        long start = System.nanoTime();
        clock.scheduleAtFixedRate(() -> askSome(start), 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
        await().until(() -> System.nanoTime() - start > END.toNanos());
        clock.shutdownNow();
        await().until(() -> ended.size() == asked.get());
        assumeThat(latest.get()).as("the machine could ask steadily").isLessThan(HELD_UP_NANOS);

        List<Ended> those = ended.stream()
                .filter(query -> query.asked().compareTo(BEGIN) > 0)
                .toList();
        assertThat(those.stream().filter(Ended::isRight).count())
                .as("right answers, of %s", those.size())
                .isGreaterThan(CAPACITY * END.minus(BEGIN).toSeconds() / 2);
        assertThat(those.stream()
                        .filter(query -> query.took().compareTo(Duration.ofSeconds(1)) < 0)
                        .count())
                .as("ended within a second")
                .isGreaterThan(those.size() * 9 / 10);
    }

    private void askSome(long start) {
        long sinceStart = System.nanoTime() - start;
        long tick = ticks++ * TICK.toNanos();
        latest.accumulateAndGet(sinceStart - tick, Math::max);
        for (int i = 0; i < EACH_TICK; i++) {
            long begun = System.nanoTime();
            proxy.forwarder
                    .answerLater(query(asked.getAndIncrement()))
                    .thenAccept(answer -> ended.add(new Ended(
                            Duration.ofNanos(begun - start),
                            Duration.ofNanos(System.nanoTime() - begun),
                            answer.rcode())));
        }
    }

    private static Query query(int number) {
        return Query.of(Queries.query("slow" + number + ".example.org").toWire());
    }
}
