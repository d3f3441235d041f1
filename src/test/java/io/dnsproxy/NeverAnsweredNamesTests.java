package io.dnsproxy;

import static io.dnsproxy.Asking.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ReceivedQuery;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.UdpClient;
import io.dnsproxy.upstream.DotUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One upstream, and one client that asks it for names to which no answer ever comes, a thousand each second. */
class NeverAnsweredNamesTests {

    private static final int EACH_SECOND = 1_000;
    private static final Duration TICK = Duration.ofMillis(10);

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger asked = new AtomicInteger();
    private ScriptedResolver resolver;
    private TestProxy proxy;
    private UdpClient client;

    @BeforeEach
    void start() throws IOException {
        resolver = ScriptedResolver.start();
        resolver.answer(query -> query.name().startsWith("never") ? Reply.none() : Reply.right());
        proxy = TestProxy.asking(resolver);
        client = UdpClient.to(proxy.address());
        await().until(proxy.pool::hasEverConnected);
    }

    @AfterEach
    void stop() {
        clock.shutdownNow();
        client.close();
        proxy.close();
        resolver.close();
    }

    private DotUpstream upstream() {
        return proxy.pool.upstreams().getFirst();
    }

    private void askForNamesThatAreNeverAnswered() {
        clock.scheduleAtFixedRate(this::askSome, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void askSome() {
        try {
            for (int i = 0; i < EACH_SECOND * TICK.toMillis() / 1_000; i++) {
                client.send(Queries.query("never" + asked.getAndIncrement() + ".example.org")
                        .toWire());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void doNotDelayOtherNames() throws IOException {
        askForNamesThatAreNeverAnswered();
        // when the first ones have reached their total timeout there are as many as there will ever be
        await().until(() -> asked.get() >= 4 * EACH_SECOND);
        Instant usableSince = upstream().status().since();

        long[] nanos = new long[300];
        for (int i = 0; i < nanos.length; i++) {
            long start = System.nanoTime();
            assertThat(ask(proxy, "other" + i + ".example.org")).matches(Asking::isRight);
            nanos[i] = System.nanoTime() - start;
            await().pollInterval(Duration.ofMillis(2))
                    .until(() -> System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(10));
        }

        Arrays.sort(nanos);
        assertThat(Duration.ofNanos(nanos[nanos.length * 99 / 100])).isLessThan(Duration.ofMillis(100));
        assertThat(upstream().isUsable()).isTrue();
        assertThat(upstream().status().since()).isEqualTo(usableSince);
        assertThat(upstream().counters().doubts()).isZero();
        assertThat(upstream().counters().connections()).isLessThanOrEqualTo(8);
        assertThat(repeats()).isLessThanOrEqualTo(64 + upstream().counters().answered() / 4);
    }

    @Test
    void aloneDoNotTakeTheUpstreamDown() throws IOException {
        long begun = System.nanoTime();
        askForNamesThatAreNeverAnswered();
        await().until(() -> asked.get() >= 5 * EACH_SECOND);

        long start = System.nanoTime();
        assertThat(ask(proxy, "other.example.org")).matches(Asking::isRight);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(200));
        assertThat(upstream().counters().doubts()).isZero();
        assertThat(upstream().counters().probes())
                .as("three a second at each connection that answers nothing else")
                .isBetween(
                        1L,
                        4L
                                * 3
                                * (1
                                        + Duration.ofNanos(System.nanoTime() - begun)
                                                .toSeconds()));
        assertThat(upstream().counters().passedBy()).isZero();
        assertThat(upstream().counters().answered()).as("probes not counted").isEqualTo(1);
        assertThat(upstream().isUsable()).isTrue();
    }

    private long repeats() {
        List<String> names = resolver.queries().stream()
                .map(ReceivedQuery::name)
                .filter(name -> name.startsWith("never"))
                .toList();
        return names.size() - names.stream().distinct().count();
    }
}
