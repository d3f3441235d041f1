package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.UdpClient;
import io.dnsproxy.upstream.UpstreamSettings;
import io.dnsproxy.wire.Query;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What many queries cost upstream, in numbers that no machine changes: batches that come apart, or connections that multiply, are seen
 * here before they are seen in a benchmark. What must come together is made to wait while the upstream's event loop is held.
 */
class CountsTests {

    private static final int QUERIES = 1_000;

    /** 130 octets each, in records of 16,384: eight. One for each query would be {@value #QUERIES}. */
    private static final int TLS_RECORDS_MAX = 10;

    /** So few fit any socket's buffer. */
    private static final int DATAGRAMS_AT_ONCE = 100;

    /** However long the loop is held, no query is asked again. */
    private static final Duration LONG = Duration.ofMinutes(1);

    private ScriptedResolver resolver;
    private TestProxy proxy;
    private final CountDownLatch release = new CountDownLatch(1);

    @BeforeEach
    void start() throws Exception {
        resolver = ScriptedResolver.start();
        UpstreamSettings usual = UpstreamSettings.defaults();
        UpstreamSettings patient = new UpstreamSettings(
                LONG,
                LONG,
                LONG,
                LONG,
                usual.maxConnections(),
                QUERIES + 1,
                usual.maxWaiting(),
                List.of(),
                usual.keepWarm());
        proxy = TestProxy.start(
                TestProxy.Settings.asking(TestProxy.serverOf(resolver)).with(patient));
    }

    @AfterEach
    void stop() {
        release.countDown();
        proxy.close();
        resolver.close();
    }

    @Test
    void aThousandQueriesThatWaitTogetherLeaveInAFewTlsRecords() throws Exception {
        int before = holdLoop();
        for (int i = 0; i < QUERIES; i++) {
            proxy.forwarder.answerLater(query(i));
        }
        release.countDown();

        assertFewRecordsSince(before);
    }

    @Test
    void aThousandQueriesByUdpThatTheLoopHasNotTakenYetLeaveInAFewTlsRecords() throws Exception {
        int before = holdLoop();
        try (UdpClient client = UdpClient.to(proxy.address())) {
            for (int i = 0; i < QUERIES; i++) {
                client.send(Queries.query("host-" + i + ".example.org").toWire());
                int sent = i + 1;
                if (sent % DATAGRAMS_AT_ONCE == 0) {
                    await().until(() -> proxy.udp.inFlight() == sent);
                }
            }
            release.countDown();

            assertFewRecordsSince(before);
        }
    }

    @Test
    void aThousandQueriesTakeOneConnectionAndOneHandshake() throws Exception {
        try (UdpClient client = UdpClient.to(proxy.address())) {
            for (int i = 0; i < QUERIES; i++) {
                client.ask(Queries.query("host-" + i + ".example.org"));
            }
        }

        assertThat(resolver.queries()).hasSize(QUERIES);
        assertOneConnection();
    }

    private void assertFewRecordsSince(int before) {
        await().until(() -> resolver.queries().size() == QUERIES + 1);
        assertThat(resolver.lastConnection().applicationRecords() - before).isBetween(1, TLS_RECORDS_MAX);
        assertOneConnection();
    }

    private void assertOneConnection() {
        assertThat(resolver.connections()).hasSize(1);
        assertThat(resolver.fullHandshakes()).isEqualTo(1);
        assertThat(resolver.resumedHandshakes()).isZero();
        assertThat(proxy.pool.upstreams().getFirst().counters().dials()).isEqualTo(1);
    }

    /**
     * Has the upstream's event loop stand still, in the midst of delivering an answer, until {@link #release}.
     *
     * @return the TLS records that it has sent until then
     */
    private int holdLoop() throws InterruptedException {
        CountDownLatch mayAnswer = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        resolver.answer(query -> {
            pause(mayAnswer);
            return Reply.right();
        });
        proxy.forwarder.answerLater(query(QUERIES)).whenComplete((answer, failure) -> {
            held.countDown();
            pause(release);
        });
        mayAnswer.countDown();
        held.await();
        return resolver.lastConnection().applicationRecords();
    }

    private static Query query(int number) {
        return Query.of(Queries.query("host-" + number + ".example.org").toWire());
    }

    private static void pause(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
