package io.dnsproxy;

import static io.dnsproxy.Asking.ask;
import static io.dnsproxy.Asking.askAll;
import static io.dnsproxy.UpstreamTimes.idle;
import static io.dnsproxy.UpstreamTimes.limits;
import static io.dnsproxy.UpstreamTimes.timeouts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.TestProxy.Settings;
import io.dnsproxy.conformance.Row;
import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ReceivedQuery;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.testkit.UdpClient;
import io.dnsproxy.testkit.Welcome;
import io.dnsproxy.upstream.DotUpstream;
import io.dnsproxy.upstream.UpstreamServer;
import io.dnsproxy.upstream.UpstreamSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;

/** How connections to one upstream are opened, used, and closed. */
class UpstreamConnectionTests {

    private ScriptedResolver resolver;

    @SuppressWarnings("NullAway.Init") // each test starts its own, by proxyWith
    private TestProxy proxy;

    @BeforeEach
    void start() {
        resolver = ScriptedResolver.start();
    }

    @AfterEach
    void stop() {
        proxy.close();
        resolver.close();
    }

    private void proxyWith(UpstreamSettings settings) throws Exception {
        proxy = TestProxy.start(Settings.asking(TestProxy.serverOf(resolver)).with(settings));
    }

    private DotUpstream upstream() {
        return proxy.pool.upstreams().getFirst();
    }

    // ------------ how many

    @Row("D14")
    @Test
    void oneConnectionSufficesAtLowLoad() throws Exception {
        proxyWith(limits(4, 10));

        for (int i = 0; i < 50; i++) {
            assertThat(askAll(proxy, 5, of("low" + i))).allMatch(Asking::isRight);
        }

        assertThat(resolver.connections()).hasSize(1);
        assertThat(upstream().counters().dials()).isEqualTo(1);
    }

    @Row("D14")
    @Test
    void opensMoreConnectionsWhenPlacesAreTakenAndNeverMoreThanAllowed() throws Exception {
        proxyWith(limits(3, 10));
        resolver.answer(query -> Reply.right().after(Duration.ofMillis(100)));

        assertThat(askAll(proxy, 100, of("many"))).hasSize(100).allMatch(Asking::isRight);

        assertThat(resolver.connections()).hasSize(3);
        assertThat(resolver.queries()).hasSize(100);
        assertThat(mostInFlightOnOneConnection()).isLessThanOrEqualTo(10);
    }

    /** By the times of arrival: each answer leaves 100 ms after its query, so no more may arrive within 100 ms. */
    private long mostInFlightOnOneConnection() {
        List<ReceivedQuery> queries = resolver.queries();
        return queries.stream()
                .mapToLong(query -> queries.stream()
                        .filter(other -> other.connection() == query.connection())
                        .filter(other -> other.arrivalNanos() - query.arrivalNanos() >= 0)
                        .filter(other -> other.arrivalNanos() - query.arrivalNanos() < 90_000_000L)
                        .count())
                .max()
                .orElseThrow();
    }

    @Test
    void opensASecondConnectionWhenTheFirstIsSilent() throws Exception {
        proxyWith(timeouts(200, 2_000));
        assertThat(ask(proxy, "one.example.org")).matches(Asking::isRight);
        resolver.pauseReading();
        CompletableFuture<Message> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return ask(proxy, "two.example.org");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        await().until(() -> upstream().counters().dials() == 2);
        resolver.resumeReading();

        assertThat(answer.join()).matches(Asking::isRight);
        assertThat(resolver.connections()).hasSize(2);
    }

    @Test
    void fiveHundredQueriesAtOnceShareOneDial() throws Exception {
        proxyWith(idle(200));
        assertThat(askAll(proxy, 500, of("cold"))).hasSize(500).allMatch(Asking::isRight);
        assertThat(resolver.connections()).hasSize(1);
        await().until(() -> resolver.openConnections() == 0);

        assertThat(askAll(proxy, 500, of("cold-again"))).hasSize(500).allMatch(Asking::isRight);

        assertThat(resolver.connections()).hasSize(2);
        assertThat(upstream().counters().dials()).isEqualTo(2);
    }

    @Row("D9")
    @Test
    void aQueryDoesNotWaitForTheAnswerToTheOneBefore() throws Exception {
        proxyWith(timeouts(400, 500));
        resolver.answer(query -> query.isFor("held.example.org") ? Reply.none() : Reply.right());
        try (UdpClient client = UdpClient.to(proxy.address())) {
            client.send(Queries.query("held.example.org").toWire());
            await().until(() -> resolver.queries().size() == 1);

            assertThat(ask(proxy, "next.example.org")).matches(Asking::isRight);
            assertThat(resolver.queries().getLast().connection()).isEqualTo(1);
        }
    }

    // ------------ ids

    @Row("M10")
    @Test
    void idsAreUnpredictable() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        for (int round = 0; round < 20; round++) {
            assertThat(askAll(proxy, 200, of("id" + round))).hasSize(200);
        }
        List<Integer> ids = resolver.queries().stream().map(ReceivedQuery::id).toList();

        assertThat(ids).hasSize(4_000);
        assertLooksUniform(ids, id -> id >> 8);
        assertLooksUniform(ids, id -> id & 0xff);
        List<Integer> steps = IntStream.range(1, ids.size())
                .mapToObj(i -> ids.get(i) - ids.get(i - 1) & 0xffff)
                .toList();
        assertLooksUniform(steps, step -> step >> 8);
        assertLooksUniform(steps, step -> step & 0xff);
    }

    /** Chi-square over 256 classes: 255 on the average, standard deviation 23; random ids stay within 7 of those practically always. */
    private static void assertLooksUniform(List<Integer> values, IntUnaryOperator classOf) {
        int[] counts = new int[256];
        values.forEach(value -> counts[classOf.applyAsInt(value)]++);
        double expected = values.size() / 256.0;
        double chiSquare = IntStream.of(counts)
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();
        assertThat(chiSquare).as("chi-square of %s", values).isBetween(94.0, 416.0);
    }

    @Row("D19")
    @Test
    void anIdThatMayStillBeAnsweredIsNeverUsedAgain() throws Exception {
        proxyWith(timeouts(600, 1_200));
        resolver.answer(query -> query.name().startsWith("never") ? Reply.none() : Reply.right());
        try (TcpClient client = TcpClient.to(proxy.address())) {
            for (int i = 0; i < 120; i++) {
                client.send(Queries.query("never" + i + ".example.org"));
            }
            for (int round = 0; round < 10 || proxy.bound.inFlight() > 0; round++) {
                assertThat(askAll(proxy, 200, of("other" + round))).allMatch(Asking::isRight);
            }
            for (int round = 0; round < 10; round++) {
                assertThat(askAll(proxy, 200, of("after" + round))).allMatch(Asking::isRight);
            }
        }
        assertThat(resolver.connections()).hasSize(1);
        Set<Integer> never = new HashSet<>();
        for (ReceivedQuery query : resolver.queries()) {
            assertThat(never).doesNotContain(query.id());
            if (query.name().startsWith("never")) {
                never.add(query.id());
            }
        }
        assertThat(never).hasSizeGreaterThanOrEqualTo(120);
    }

    @Test
    void aConnectionHasASuccessorBeforeItRunsOutOfIds() throws Exception {
        proxyWith(limits(4, 8_192));
        assertThat(ask(proxy, "first.example.org")).matches(Asking::isRight);
        int first = resolver.connections().size();
        resolver.answer(query -> query.name().startsWith("never") ? Reply.none() : Reply.right());
        List<TcpClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 3_500; i++) {
                if (i % 500 == 0) {
                    clients.add(TcpClient.to(proxy.address()));
                }
                clients.getLast().send(Queries.query("never" + i + ".example.org"));
            }

            await().until(() -> resolver.connections().size() == first + 1);
            assertThat(upstream().counters().resting()).isBetween(3_072, 4_095);
            assertThat(resolver.connections().get(first - 1).isOpen()).isTrue();
        } finally {
            for (TcpClient client : clients) {
                client.close();
            }
        }
    }

    // ------------ what a query looks like

    @Row("E11")
    @Test
    void queriesOfAnyLengthArePaddedToMultiplesOf128() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        for (int letters = 1; letters < 63; letters += 4) {
            assertThat(ask(proxy, "a".repeat(letters) + "." + "b".repeat(letters) + ".example.org"))
                    .matches(Asking::isRight);
        }

        assertThat(resolver.queries()).hasSize(16).allSatisfy(query -> {
            assertThat(query.length() % 128).isZero();
            assertThat(query.message().getOPT().getOptions(EDNSOption.Code.PADDING))
                    .hasSize(1);
        });
    }

    // ------------ the end

    @Row({"D10", "D12", "D15"})
    @ParameterizedTest
    @CsvSource({"TLSv1.3", "TLSv1.2"})
    void closesPolitelyWhenUnusedAndResumesLater(String version) throws Exception {
        resolver.protocols(version);
        proxyWith(idle(200));
        assertThat(ask(proxy, "one.example.org")).matches(Asking::isRight);

        await().until(() -> resolver.openConnections() == 0);

        assertThat(resolver.lastConnection().ending()).isEqualTo(Ending.CLOSE_NOTIFY);
        assertThat(upstream().isUsable()).isTrue();
        for (int i = 2; i < 5; i++) {
            assertThat(ask(proxy, "again" + i + ".example.org")).matches(Asking::isRight);
            await().until(() -> resolver.openConnections() == 0);
            assertThat(resolver.connections()).hasSize(i);
        }
        assertThat(resolver.fullHandshakes()).isEqualTo(1);
        assertThat(resolver.resumedHandshakes()).isEqualTo(3);
        assertThat(upstream().counters().fullHandshakes()).isEqualTo(1);
        assertThat(upstream().counters().resumedHandshakes()).isEqualTo(3);
    }

    @Test
    void countsFullHandshakesWhereTheServerForgets() throws Exception {
        resolver.resumption(false);
        proxyWith(idle(150));
        for (int i = 1; i < 4; i++) {
            assertThat(ask(proxy, "again" + i + ".example.org")).matches(Asking::isRight);
            await().until(() -> resolver.openConnections() == 0);
        }
        assertThat(upstream().counters().fullHandshakes()).isEqualTo(3);
        assertThat(upstream().counters().resumedHandshakes()).isZero();
    }

    @Test
    void doesNotCloseAsUnusedWhileAQueryWaits() throws Exception {
        proxyWith(idle(200));
        resolver.answer(query -> Reply.right().after(Duration.ofMillis(700)));

        assertThat(ask(proxy, "slow.example.org")).matches(Asking::isRight);

        assertThat(resolver.connections()).hasSize(1);
    }

    @Test
    void closeWaitsForTheAnswersThatAreDueAndClosesPolitely() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> Reply.right().after(Duration.ofMillis(300)));
        try (UdpClient client = UdpClient.to(proxy.address())) {
            for (int i = 0; i < 20; i++) {
                client.send(Queries.query("due" + i + ".example.org").toWire());
            }
            await().until(() -> resolver.queries().size() == 20);

            proxy.pool.close();

            List<Message> answers = new ArrayList<>();
            while (answers.size() < 20) {
                answers.add(new Message(client.receive()));
            }
            assertThat(answers).allMatch(Asking::isRight);
        }
        await().until(() -> resolver.lastConnection().ending() == Ending.CLOSE_NOTIFY);
        assertThat(upstream().counters().inFlight()).isZero();
    }

    @Test
    void closeDoesNotWaitForADialThatHangs() throws Exception {
        resolver.welcome(Welcome.SILENCE);
        proxyWith(UpstreamSettings.defaults());
        await().until(() -> resolver.connections().size() == 1);
        long start = System.nanoTime();

        proxy.pool.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        await().until(() -> resolver.openConnections() == 0);
    }

    @Test
    void aDialUnderTheOldTrustFailsNobodyAfterAReload() throws Exception {
        resolver.welcome(connection -> connection == 1 ? Welcome.SILENCE : Welcome.TLS);
        ThrowawayAuthority other = ThrowawayAuthority.create();
        proxy = TestProxy.start(Settings.asking(new UpstreamServer(
                "127.0.0.1", resolver.port(), ScriptedResolver.NAME, Set.of(), TestProxy.trust(other))));
        try (UdpClient client = UdpClient.to(proxy.address())) {
            client.send(Queries.query("reload.example.org").toWire());
            await().until(() ->
                    resolver.connections().size() == 1 && upstream().counters().waiting() == 1);

            proxy.pool.trust(0, TestProxy.trust(resolver.authority()));

            assertThat(new Message(client.receive())).matches(Asking::isRight);
        }
        assertThat(upstream().status().lastFailure()).isNull();
    }

    @Test
    void aTrustStoreThatCannotBeUsedLeavesTheEarlierOneAndItsConnections() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        assertThat(ask(proxy, "before.example.org")).matches(Asking::isRight);
        TrustManagerFactory unset = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());

        assertThatIllegalArgumentException().isThrownBy(() -> proxy.pool.trust(0, unset));

        assertThat(ask(proxy, "after.example.org")).matches(Asking::isRight);
        assertThat(resolver.connections()).hasSize(1);
    }

    @Test
    void aConnectionInDoubtMayStillAnswerWhereOnlyOneIsAllowed() throws Exception {
        proxyWith(new UpstreamSettings(
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(4),
                Duration.ofSeconds(8),
                1,
                512,
                16,
                List.of(),
                false));
        resolver.answer(
                query -> query.connection() == 1 ? Reply.right().after(Duration.ofMillis(1_500)) : Reply.none());

        assertThat(ask(proxy, "late.example.org")).matches(Asking::isRight);

        assertThat(upstream().counters().doubts()).isPositive();
        assertThat(upstream().counters().late()).isEqualTo(1);
    }

    @Test
    void failsAtOnceWhenClosed() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        proxy.pool.close();
        proxy.pool.close();

        for (int i = 0; i < 3; i++) {
            Message answer = ask(proxy, "too-late" + i + ".example.org");
            assertThat(Asking.extendedErrors(answer)).containsExactly(14);
        }
    }

    @Test
    void nothingIsLeftBehindByFaults() throws Exception {
        proxyWith(timeouts(100, 300));
        resolver.answer(query -> switch (query.number() % 5) {
            case 0 -> Reply.none();
            case 1 -> Reply.right().wrongId();
            case 2 -> Reply.right().after(Duration.ofMillis(200));
            case 3 -> query.number() % 40 == 3 ? Reply.none().thenReset() : Reply.right();
            default -> Reply.right();
        });
        askAll(proxy, 150, of("mixed"));
        resolver.answer(ScriptedResolver.HONEST);

        await().untilAsserted(() -> {
            assertThat(proxy.bound.inFlight()).isZero();
            assertThat(proxy.coalescing.flights()).isZero();
            assertThat(upstream().counters().inFlight()).isZero();
            assertThat(upstream().counters().waiting()).isZero();
            assertThat(upstream().counters().connections()).isLessThanOrEqualTo(4);
        });
        assertThat(ask(proxy, "afterwards.example.org")).matches(Asking::isRight);
    }

    private static IntFunction<String> of(String prefix) {
        return i -> prefix + "-" + i + ".example.org";
    }
}
