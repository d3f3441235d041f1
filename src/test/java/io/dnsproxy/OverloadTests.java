package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.upstream.UpstreamCounters;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.upstream.UpstreamSettings;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An upstream that neither answers nor even reads, and 50,000 queries at a time, again and again. */
class OverloadTests {

    private static final int ROUNDS = 4;
    private static final int QUERIES_PER_ROUND = 50_000;

    /** What a query in flight may take, the test's own part included: it is asked up to three times. */
    private static final long OCTETS_PER_QUERY_MAX = 4_096;

    private static final long SLACK_OCTETS = 24L << 20;

    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger answeredOtherwise = new AtomicInteger();
    private ScriptedResolver resolver;
    private TestProxy proxy;

    @BeforeEach
    void start() throws IOException {
        resolver = ScriptedResolver.start();
        proxy = TestProxy.asking(resolver);
    }

    @AfterEach
    void stop() {
        proxy.close();
        resolver.close();
    }

    @Test
    void memoryStaysFlatAndWhatIsBeyondTheBoundsFailsAtOnce() throws IOException {
        assertThat(Asking.ask(proxy, "first.example.org")).matches(Asking::isRight);
        resolver.pauseReading();
        long beforeOctets = usedOctets();
        for (int round = 0; round < ROUNDS; round++) {
            ask(round * QUERIES_PER_ROUND);
            assertThat(proxy.bound.inFlight()).isLessThanOrEqualTo(QUERIES_PER_ROUND);
            long inFlight = proxy.bound.inFlight();
            assertThat(usedOctets() - beforeOctets)
                    .as("with %s in flight, in round %s", inFlight, round)
                    .isLessThan(inFlight * OCTETS_PER_QUERY_MAX + SLACK_OCTETS);
        }

        UpstreamCounters counters = proxy.pool.upstreams().getFirst().counters();
        assertThat(counters.failures(Reason.OVERLOADED) + proxy.bound.shed()).isPositive();
        assertThat(counters.waiting())
                .isLessThanOrEqualTo(UpstreamSettings.defaults().maxWaiting());
        await().atMost(Duration.ofSeconds(20)).until(() -> failed.get() == ROUNDS * QUERIES_PER_ROUND);
        assertThat(answeredOtherwise).hasValue(0);
        assertThat(usedOctets() - beforeOctets).isLessThan(SLACK_OCTETS);

        resolver.resumeReading();
        await().until(() -> Asking.isRight(Asking.ask(proxy, "afterwards.example.org")));
    }

    private void ask(int from) {
        byte[] wire = Queries.query("overload0000000.example.org").toWire();
        for (int i = from; i < from + QUERIES_PER_ROUND; i++) {
            byte[] message = wire.clone();
            byte[] digits = String.format("%07d", i).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(digits, 0, message, 12 + 1 + "overload".length(), digits.length);
            proxy.forwarder
                    .answerLater(Query.of(message))
                    .thenAccept(answer ->
                            (answer.rcode() == Rcode.SERVFAIL ? failed : answeredOtherwise).incrementAndGet());
        }
    }

    private static long usedOctets() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
