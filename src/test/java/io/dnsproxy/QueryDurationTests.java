package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.listener.ListenerCounters;
import io.dnsproxy.listener.TimeBuckets;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.UdpClient;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/** How long clients wait, as the listeners count it. */
class QueryDurationTests {

    private static final Duration HELD = Duration.ofMillis(30);

    private ScriptedResolver resolver;
    private TestProxy proxy;
    private UdpClient udp;
    private TcpClient tcp;

    @BeforeEach
    void start() throws Exception {
        resolver = ScriptedResolver.start();
        proxy = TestProxy.start(
                TestProxy.Settings.asking(TestProxy.serverOf(resolver)).keeping(CacheSettings.defaults()));
        udp = UdpClient.to(proxy.address());
        tcp = TcpClient.to(proxy.address());
    }

    @AfterEach
    void stop() throws Exception {
        udp.close();
        tcp.close();
        proxy.close();
        resolver.close();
    }

    private static long count(TimeBuckets times) {
        return LongStream.of(times.counts()).sum();
    }

    private static void awaitCounts(ListenerCounters counters, long hits, long misses) {
        await().untilAsserted(() -> {
            assertThat(count(counters.hitTimes())).isEqualTo(hits);
            assertThat(count(counters.missTimes())).isEqualTo(misses);
        });
    }

    @Test
    void whatIsKnownIsAHitAndWhatIsAskedForAMiss() throws Exception {
        udp.ask(Queries.query("www.example.org"));
        udp.ask(Queries.query("www.example.org"));
        udp.ask(Queries.query("example.org", Type.AXFR));
        awaitCounts(proxy.udp.counters(), 2, 1);

        tcp.ask(Queries.query("www.example.org"));
        tcp.ask(Queries.query("mail.example.org"));
        awaitCounts(proxy.tcp.counters(), 1, 1);
    }

    @Test
    void everyAnswerOfABatchCounts() throws Exception {
        udp.ask(Queries.query("www.example.org"));
        List<Message> queries = IntStream.range(0, 500)
                .mapToObj(i -> Queries.query("www.example.org"))
                .toList();
        IntStream.range(0, 500).forEach(i -> queries.get(i).getHeader().setID(i));

        assertThat(udp.askAll(queries)).hasSize(500);

        awaitCounts(proxy.udp.counters(), 500, 1);
    }

    @Test
    void aMissTakesAsLongAsTheUpstreamTakes() throws Exception {
        resolver.answer(query -> Reply.right().after(HELD));
        udp.ask(Queries.query("slow.example.org"));
        tcp.ask(Queries.query("sluggish.example.org"));

        awaitCounts(proxy.udp.counters(), 0, 1);
        awaitCounts(proxy.tcp.counters(), 0, 1);
        assertThat(proxy.udp.counters().missTimes().totalSeconds()).isGreaterThan(HELD.toMillis() / 1e3);
        assertThat(proxy.tcp.counters().missTimes().totalSeconds()).isGreaterThan(HELD.toMillis() / 1e3);
        assertThat(proxy.udp.counters().hitTimes().totalSeconds()).isZero();
    }
}
