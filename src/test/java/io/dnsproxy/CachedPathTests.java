package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.testkit.ExampleZone;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.UdpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The whole path of a query with a cache on it, seen from the client's side and from the resolver's. */
class CachedPathTests {

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

    /** Every record with this TTL. */
    private void answerWithTtl(int seconds) {
        resolver.answer(query -> Reply.edited(answer -> {
            List<Record> records = answer.getSection(Section.ANSWER);
            answer.removeAllRecords(Section.ANSWER);
            for (Record old : records) {
                answer.addRecord(
                        Record.newRecord(
                                old.getName(), old.getType(), old.getDClass(), seconds, old.rdataToWireCanonical()),
                        Section.ANSWER);
            }
            return answer;
        }));
    }

    private static Message www() {
        return Queries.withEdns(Queries.query("www.example.org"), 1232, 0);
    }

    @Row("C1")
    @Test
    void aThousandClientsByUdpAndTcpCostOneQueryUpstream() throws Exception {
        udp.ask(www());
        List<Message> queries = IntStream.range(0, 1_000).mapToObj(i -> www()).toList();
        IntStream.range(0, 1_000).forEach(i -> queries.get(i).getHeader().setID(i));

        Map<Integer, Message> answers = udp.askAll(queries);

        assertThat(answers).hasSize(1_000);
        assertThat(answers.values())
                .allSatisfy(
                        answer -> assertThat(answer.getSection(Section.ANSWER)).hasSize(1));
        assertThat(tcp.ask(www()).getSection(Section.ANSWER)).hasSize(1);
        assertThat(resolver.queries()).hasSize(1);
        assertThat(proxy.counters.hits()).isEqualTo(1_001);
    }

    @Row("C1")
    @Test
    void theTtlCountsDownOverUdpAndTcp() throws Exception {
        udp.ask(www());

        await().untilAsserted(() -> assertThat(
                        udp.ask(www()).getSection(Section.ANSWER).getFirst().getTTL())
                .isLessThan(ExampleZone.TTL_SECONDS));
        assertThat(tcp.ask(www()).getSection(Section.ANSWER).getFirst().getTTL())
                .isBetween(ExampleZone.TTL_SECONDS - 30L, ExampleZone.TTL_SECONDS - 1L);
        assertThat(resolver.queries()).hasSize(1);
    }

    @Row("E4")
    @Test
    void whatIsTooLargeForOneClientIsWholeForAnother() throws Exception {
        Message big = Queries.query("big.example.org", Type.TXT);
        assertThat(udp.ask(big).getHeader().getFlag(Flags.TC)).isTrue();

        Message whole = tcp.ask(big);

        assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(whole.getSection(Section.ANSWER)).isNotEmpty();
        assertThat(resolver.queries()).hasSize(1);
    }

    @Test
    void aNameOfZeroOctetsAndOneOfLettersAreDifferent() throws Exception {
        for (String name : new String[] {"a\\000b.example.org.", "a\\032b.example.org.", "aAb.example.org."}) {
            Message query = Message.newQuery(Record.newRecord(Name.fromString(name), Type.A, 1));
            assertThat(udp.ask(query).getQuestion().getName())
                    .hasToString(Name.fromString(name).toString());
        }

        assertThat(resolver.queries()).hasSize(3);
    }

    @Test
    void whenTheUpstreamIsGoneWhatItSaidLastStillServes() throws Exception {
        answerWithTtl(1);
        String said = udp.ask(www()).getSection(Section.ANSWER).getFirst().rdataToString();
        resolver.close();

        await().untilAsserted(() -> assertStale(udp.ask(www()), said));

        assertStale(tcp.ask(www()), said);
        assertThat(udp.ask(Queries.query("other.example.org")).getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(proxy.counters.stale()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void whenTheUpstreamFallsSilentAClientWaitsForTwoSecondsAndTheNextNotAtAll() throws Exception {
        answerWithTtl(1);
        String said = udp.ask(www()).getSection(Section.ANSWER).getFirst().rdataToString();
        resolver.answer(query -> Reply.none());
        await().until(() -> proxy.counters.misses() == 1 && resolver.queries().size() == 1);

        await().untilAsserted(() -> assertStale(udp.ask(www()), said));
        long start = System.nanoTime();
        assertStale(udp.ask(www()), said);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(500));
    }

    @Test
    void whenTheUpstreamIsBackItIsAskedAgainBeforeTheHalfMinuteIsOver() throws Exception {
        answerWithTtl(1);
        String said = udp.ask(www()).getSection(Section.ANSWER).getFirst().rdataToString();
        resolver.stopListening();
        resolver.endConnections(io.dnsproxy.testkit.Ending.CLOSE_NOTIFY);
        await().untilAsserted(() -> assertStale(udp.ask(www()), said));

        resolver.listenAgain();
        answerWithTtl(100);

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            udp.ask(Queries.query("other.example.org")); // what asks the upstream is what finds it again
            assertThat(udp.ask(www()).getSection(Section.ANSWER).getFirst().getTTL())
                    .isGreaterThan(30);
        });
    }

    private static void assertStale(Message reply, String said) {
        assertThat(reply.getSection(Section.ANSWER).getFirst().rdataToString()).isEqualTo(said);
        assertThat(reply.getSection(Section.ANSWER).getFirst().getTTL()).isEqualTo(30);
        assertThat(reply.getOPT().getOptions())
                .singleElement()
                .isInstanceOfSatisfying(
                        ExtendedErrorCodeOption.class,
                        error -> assertThat(error.getErrorCode()).isEqualTo(3));
    }
}
