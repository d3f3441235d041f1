package io.dnsproxy;

import static io.dnsproxy.Asking.ask;
import static io.dnsproxy.Asking.askAll;
import static io.dnsproxy.Asking.extendedErrors;
import static io.dnsproxy.UpstreamTimes.limits;
import static io.dnsproxy.UpstreamTimes.timeouts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.TestProxy.Settings;
import io.dnsproxy.conformance.Row;
import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.ExampleZone;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ReceivedQuery;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.UdpClient;
import io.dnsproxy.testkit.Welcome;
import io.dnsproxy.upstream.DotUpstream;
import io.dnsproxy.upstream.Upstream;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.upstream.UpstreamSettings;
import io.dnsproxy.wire.Query;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** One upstream only, and everything that it can do wrong; what the client notices of it: nothing, where that is possible. */
class UpstreamFaultTests {

    private static final int NO_REACHABLE_AUTHORITY = 22;
    private static final int INVALID_DATA = 24;

    /** At one upstream (RFC 9520 3.1). */
    private static final int TRIES_MAX = 3;

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

    // ------------ late, in another order, never

    @Test
    void pairsAnswersThatComeInReverse() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> Reply.right().after(Duration.ofMillis(400 - 4L * query.number())));

        Collection<Message> answers = askAll(proxy, 100, i -> "reversed" + i + ".example.org");

        assertThat(answers).hasSize(100).allMatch(Asking::isRight);
    }

    @Test
    void answersServfailWithTheReasonWhenTheTotalDeadlinePasses() throws Exception {
        proxyWith(timeouts(500, 1_500));
        resolver.answer(query -> Reply.none());

        Message answer = ask(proxy, "never.example.org");

        assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(extendedErrors(answer)).containsExactly(NO_REACHABLE_AUTHORITY);
        assertThat(resolver.queries("never.example.org")).hasSizeBetween(2, 3);
    }

    @Test
    void takesTheAnswerOfAnOverdueAttempt() throws Exception {
        proxyWith(timeouts(200, 4_000));
        resolver.answer(
                query -> query.connection() == 1 ? Reply.right().after(Duration.ofMillis(1_400)) : Reply.none());

        assertThat(ask(proxy, "overdue.example.org")).matches(Asking::isRight);
        assertThat(upstream().counters().late()).isEqualTo(1);
    }

    @Test
    void noLateAnswerReachesAnybodyElse() throws Exception {
        proxyWith(timeouts(700, 1_400));
        resolver.answer(query ->
                query.name().startsWith("late") ? Reply.right().after(Duration.ofMillis(2_800)) : Reply.right());
        try (UdpClient client = UdpClient.to(proxy.address())) {
            for (int i = 0; i < 50; i++) {
                Message query = Queries.query("late" + i + ".example.org");
                query.getHeader().setID(i);
                client.send(query.toWire());
            }
            int asked = 0;
            while (upstream().counters().mismatched() < 50) {
                int round = asked++;
                assertThat(askAll(proxy, 20, i -> "on-time" + round + "-" + i + ".example.org"))
                        .allMatch(Asking::isRight);
            }
            for (int i = 0; i < 50; i++) {
                assertThat(new Message(client.receive()).getRcode()).isEqualTo(Rcode.SERVFAIL);
            }
        }
    }

    @Test
    void aThousandNeverAnsweredNamesLeaveAllOthersAlone() throws Exception {
        proxyWith(timeouts(1_000, 2_500));
        resolver.answer(query -> query.name().startsWith("never") ? Reply.none() : Reply.right());
        assertThat(ask(proxy, "first.example.org")).matches(Asking::isRight);
        Instant usableSince = upstream().status().since();
        try (TcpClient one = askNever(500);
                TcpClient two = askNever(500)) {
            await().until(() -> proxy.bound.inFlight() == 1_000);
            long slowestNanos = 0;
            for (int round = 0; proxy.bound.inFlight() > 0; round++) {
                int of = round;
                long start = System.nanoTime();
                assertThat(askAll(proxy, 10, i -> "other" + of + "-" + i + ".example.org"))
                        .allMatch(Asking::isRight);
                slowestNanos = Math.max(slowestNanos, System.nanoTime() - start);
            }
            assertThat(Duration.ofNanos(slowestNanos)).isLessThan(Duration.ofSeconds(2));
            for (int i = 0; i < 500; i++) {
                assertThat(one.receiveMessage().getRcode()).isEqualTo(Rcode.SERVFAIL);
                assertThat(two.receiveMessage().getRcode()).isEqualTo(Rcode.SERVFAIL);
            }
        }
        assertThat(upstream().isUsable()).isTrue();
        assertThat(upstream().status().since()).isEqualTo(usableSince);
        assertThat(resolver.connections()).hasSizeLessThanOrEqualTo(8);
        assertThat(resolver.queries())
                .extracting(ReceivedQuery::name)
                .filteredOn(name -> name.startsWith("other"))
                .isNotEmpty()
                .doesNotHaveDuplicates();
    }

    @Test
    void neverAnsweredNamesAloneDoNotTakeTheUpstreamDownEither() throws Exception {
        proxyWith(timeouts(100, 300));
        resolver.answer(query -> query.name().startsWith("never") ? Reply.none() : Reply.right());
        for (int i = 0; i < 6; i++) {
            assertThat(ask(proxy, "never" + i + ".example.org").getRcode()).isEqualTo(Rcode.SERVFAIL);
        }

        assertThat(ask(proxy, "good.example.org")).matches(Asking::isRight);
    }

    @Test
    void answersThatGetLostOnALiveConnectionAreAskedForAgain() throws Exception {
        proxyWith(timeouts(500, 4_000));
        AtomicInteger asked = new AtomicInteger();
        resolver.answer(query ->
                query.name().startsWith("lost") && asked.incrementAndGet() % 10 == 0 ? Reply.none() : Reply.right());

        assertThat(askAll(proxy, 200, i -> "lost" + i + ".example.org"))
                .hasSize(200)
                .allMatch(Asking::isRight);
        assertThat(resolver.connections()).hasSize(1);
    }

    @Test
    void aRepeatThatWasHeldBackDoesNotHoldBackTheNext() throws Exception {
        proxyWith(timeouts(2_000, 8_000));
        assertThat(ask(proxy, "first.example.org")).matches(Asking::isRight);
        AtomicInteger asked = new AtomicInteger();
        resolver.answer(query -> {
            if (query.name().startsWith("lost")) {
                return asked.getAndIncrement() == 0 ? Reply.none() : Reply.right();
            }
            return Reply.right().after(Duration.ofMillis(query.name().startsWith("before") ? 700 : 0));
        });
        try (UdpClient client = UdpClient.to(proxy.address())) {
            client.send(Queries.query("lost.example.org").toWire());
            await().until(() -> asked.get() == 1);
            assertThat(ask(proxy, "before.example.org")).matches(Asking::isRight);

            // nothing came for a while when the second attempt was due, but not for so long that the connection is
            // doubted
            await().pollInterval(Duration.ofMillis(10))
                    .until(() -> upstream().counters().heldBack() == 1);
            for (int i = 0; asked.get() == 1 && i < 10_000; i++) {
                assertThat(ask(proxy, "alive" + i + ".example.org")).matches(Asking::isRight);
            }

            assertThat(new Message(client.receive())).matches(Asking::isRight);
            assertThat(resolver.connections()).hasSize(1);
        }
    }

    private TcpClient askNever(int count) throws IOException {
        TcpClient client = TcpClient.to(proxy.address());
        for (int i = 0; i < count; i++) {
            client.send(Queries.query("never" + i + "-" + System.identityHashCode(client) + ".example.org"));
        }
        return client;
    }

    // ------------ the connection ends

    @ParameterizedTest
    @EnumSource
    void asksAgainWhenTheConnectionEndsBeforeTheAnswer(Ending ending) throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> query.connection() == 1 ? Reply.none().thenEnd(ending) : Reply.right());

        assertThat(askAll(proxy, 50, i -> "before" + i + ".example.org"))
                .hasSize(50)
                .allMatch(Asking::isRight);
    }

    @ParameterizedTest
    @EnumSource
    void asksAgainWhenTheConnectionEndsInTheMiddleOfAnAnswer(Ending ending) throws Exception {
        proxyWith(UpstreamSettings.defaults());
        byte[] half = {0, 60, 1, 2, 3, 4};
        resolver.answer(query -> query.connection() == 1 ? Reply.bytes(half).thenEnd(ending) : Reply.right());

        assertThat(askAll(proxy, 50, i -> "half-way" + i + ".example.org"))
                .hasSize(50)
                .allMatch(Asking::isRight);
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "13", "40"})
    void asksAgainWhenAnAnswerIsCutAtAnyOctet(int octets) throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> query.connection() == 1 ? Reply.right().closeHalfWay(octets) : Reply.right());

        assertThat(ask(proxy, "cut.example.org")).matches(Asking::isRight);
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatEndsAfterEachAnswerIsNotNoticed(Ending ending) throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> Reply.right().thenEnd(ending));

        for (int i = 0; i < 20; i++) {
            assertThat(ask(proxy, "after" + i + ".example.org")).matches(Asking::isRight);
        }
    }

    @Row({"D11", "C7"})
    @ParameterizedTest
    @CsvSource({"1, CLOSE_NOTIFY", "1, FIN", "10, CLOSE_NOTIFY", "10, FIN", "7, FIN", "99, CLOSE_NOTIFY"})
    void aHundredQueriesInFlightSurviveAServerThatEndsConnectionsAllTheTime(int queries, Ending ending)
            throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(ScriptedResolver.HONEST.endingAfter(queries, ending));

        assertThat(askAll(proxy, 100, i -> "survivor" + i + ".example.org"))
                .hasSize(100)
                .allMatch(Asking::isRight);
        for (int i = 0; i < 100; i++) {
            assertThat(resolver.queries("survivor" + i + ".example.org")).hasSizeBetween(1, TRIES_MAX);
        }
        assertThat(upstream().isUsable()).isTrue();
    }

    /** The first ones that come to the end of their tries are those whose answers were lost on the way, three times. */
    @Row({"D11", "C7"})
    @ParameterizedTest
    @CsvSource({"10", "33"})
    void aResetMayTakeAnswersWithItButNoQueryIsSentMoreThanThreeTimes(int queries) throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(ScriptedResolver.HONEST.endingAfter(queries, Ending.RESET));

        Collection<Message> answers = askAll(proxy, 100, i -> "reset" + i + ".example.org");

        assertThat(answers).hasSize(100);
        assertThat(answers.stream().filter(Asking::isRight).count()).isGreaterThan(50);
        for (int i = 0; i < 100; i++) {
            assertThat(resolver.queries("reset" + i + ".example.org")).hasSizeBetween(1, TRIES_MAX);
        }
        resolver.answer(query -> Reply.right());
        await().until(() -> Asking.isRight(ask(proxy, "afterwards" + System.nanoTime() + ".example.org")));
    }

    @Test
    void oneConnectionTakesMoreAndMoreAfterOneThatWasCutOff() throws Exception {
        proxyWith(limits(1, 512));
        cutOff();

        resolver.answer(query -> Reply.right());
        assertThat(askAll(proxy, 300, i -> "next" + i + ".example.org"))
                .hasSize(300)
                .allMatch(Asking::isRight);

        assertThat(resolver.connections()).hasSize(2);
        assertThat(upstream().counters().failures(Reason.CLOSED)).isEqualTo(1);
    }

    @Test
    void aServerThatIgnoresTheProbeAfterACutIsServedBeforeLong() throws Exception {
        proxyWith(limits(1, 512));
        cutOff();

        resolver.answer(query -> query.isFor(".") ? Reply.none() : Reply.right());
        long startNanos = System.nanoTime();
        assertThat(askAll(proxy, 300, i -> "next" + i + ".example.org"))
                .hasSize(300)
                .allMatch(Asking::isRight);

        assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(2));
        assertThat(resolver.connections()).hasSize(2);
    }

    /** One answer, and then the connection ends with a query unanswered. */
    private void cutOff() throws Exception {
        assertThat(ask(proxy, "answered.example.org")).matches(Asking::isRight);
        resolver.answer(query -> query.connection() == 1 ? Reply.none().thenEnd(Ending.RESET) : Reply.right());
        assertThat(ask(proxy, "cut.example.org")).matches(Asking::isRight);
    }

    @Test
    void aServerThatRestartsIsNotNoticed() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> Reply.right().after(Duration.ofMillis(query.connection() == 1 ? 1_000 : 0)));
        try (UdpClient client = UdpClient.to(proxy.address())) {
            Message query = Queries.query("restart.example.org");
            client.send(query.toWire());
            await().untilAsserted(() -> assertThat(resolver.queries()).hasSize(1));

            resolver.stopListening();
            resolver.endConnections(Ending.RESET);
            await().untilAsserted(() ->
                    assertThat(upstream().counters().failures(Reason.CONNECT)).isPositive());
            resolver.listenAgain();

            assertThat(new Message(client.receive())).matches(Asking::isRight);
        }
    }

    // ------------ wrong answers

    @Row({"E18", "M9", "D8"})
    @Test
    void passesOverAnAnswerUnderAWrongId() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> Reply.right().wrongId().thenRight());

        assertThat(ask(proxy, "id.example.org")).matches(Asking::isRight);
        assertThat(upstream().counters().mismatched()).isEqualTo(1);
        assertThat(resolver.queries()).hasSize(1);
    }

    @Row({"E18", "M9"})
    @Test
    void passesOverAnAnswerToAnotherQuestion() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> Reply.right().wrongQuestion().thenRight());

        assertThat(ask(proxy, "question.example.org")).matches(Asking::isRight);
        assertThat(upstream().counters().mismatched()).isEqualTo(1);
        assertThat(resolver.queries()).hasSize(1);
    }

    @Row("M9")
    @Test
    void neverRelaysAnAnswerToAnotherQuestion() throws Exception {
        proxyWith(timeouts(200, 500));
        resolver.answer(query -> Reply.right().wrongQuestion());

        Message answer = ask(proxy, "question.example.org");

        assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(answer.getSection(Section.ANSWER)).isEmpty();
    }

    @Test
    void passesOverAQueryThatComesInPlaceOfAnAnswer() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> Reply.edited(answer -> {
                    answer.getHeader().unsetFlag(Flags.QR);
                    return answer;
                })
                .thenRight());

        assertThat(ask(proxy, "qr.example.org")).matches(Asking::isRight);
        assertThat(upstream().counters().mismatched()).isEqualTo(1);
        assertThat(resolver.queries()).hasSize(1);
    }

    @Test
    void aFloodOfGreatFramesIsTroubleOfItsConnectionAlone() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        byte[] frame = new byte[2 + 65_535];
        frame[0] = (byte) 0xff;
        frame[1] = (byte) 0xff;
        resolver.answer(query -> query.connection() == 1 ? flood(Reply.bytes(frame)) : Reply.right());

        assertThat(askAll(proxy, 50, i -> "flood" + i + ".example.org"))
                .hasSize(50)
                .allMatch(Asking::isRight);
        await().until(() -> !resolver.connections().getFirst().isOpen());
        assertThat(upstream().isUsable()).isTrue();
    }

    /** Whoever is flooded with more queries than can be sent answers some of them, and not none. */
    @Test
    void answersAreReadHoweverManyQueriesPourIn() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        Query query = Query.of(Queries.query("pours.example.org").toWire());
        AtomicInteger outstanding = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        List<Thread> askers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            askers.add(Thread.ofPlatform().start(() -> {
                while (!enough.get()) {
                    if (outstanding.get() < 60_000) {
                        outstanding.incrementAndGet();
                        upstream().exchange(query, Upstream.Asker.PATIENT).whenComplete((answer, failure) -> {
                            outstanding.decrementAndGet();
                            answered.addAndGet(answer == null ? 0 : 1);
                        });
                    }
                }
            }));
        }
        try {
            await().until(() -> outstanding.get() > 40_000 || answered.get() > 100_000);
            int before = answered.get();
            await().until(() -> answered.get() > before + 5_000);
        } finally {
            enough.set(true);
            for (Thread asker : askers) {
                asker.join();
            }
        }
    }

    private static Reply flood(Reply one) {
        Reply flood = one;
        for (int i = 1; i < 1_000; i++) {
            flood = flood.then(one);
        }
        return flood;
    }

    @Test
    void closesAConnectionThatOnlyBabbles() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> query.connection() == 1 ? babble(1_000) : Reply.right());

        assertThat(ask(proxy, "babble.example.org")).matches(Asking::isRight);
        assertThat(upstream().counters().mismatched()).isEqualTo(1_000);
        assertThat(resolver.connections().getFirst().isOpen()).isFalse();
    }

    @Test
    void aThousandQueriesInFlightSurviveTheLossOfAllConnectionsWithFewDials() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        assertThat(ask(proxy, "first.example.org")).matches(Asking::isRight);
        resolver.answer(
                query -> query.connection() <= 2 && query.name().startsWith("never") ? Reply.none() : Reply.right());
        try (TcpClient one = askNever(500);
                TcpClient two = askNever(500)) {
            await().until(() -> resolver.queries().size() >= 1_001);
            long dials = upstream().counters().dials();
            resolver.endConnections(Ending.RESET);

            for (int i = 0; i < 500; i++) {
                assertThat(one.receiveMessage()).matches(Asking::isRight);
                assertThat(two.receiveMessage()).matches(Asking::isRight);
            }
            assertThat(upstream().counters().dials() - dials)
                    .isLessThanOrEqualTo(UpstreamSettings.defaults().maxConnections());
        }
        // the first, and perhaps one for which no fresh ticket had come yet
        assertThat(resolver.fullHandshakes()).isLessThanOrEqualTo(2);
        assertThat(upstream().isUsable()).isTrue();
    }

    private static Reply babble(int messages) {
        Reply babble = Reply.none();
        for (int i = 0; i < messages; i++) {
            babble = babble.then(Reply.right().wrongId());
        }
        return babble;
    }

    @Test
    void malformedAnswersAreAFailureOfTheUpstream() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> {
            byte[] answer = ExampleZone.answer(query.octets());
            answer[7] = 9; // nine answers, it says
            return Reply.of(answer);
        });

        Message answer = ask(proxy, "malformed.example.org");

        assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(extendedErrors(answer)).containsExactly(INVALID_DATA);
        assertThat(upstream().counters().failures(Reason.MALFORMED)).isEqualTo(3);
    }

    @Test
    void asksAgainAfterOneMalformedAnswer() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> {
            byte[] answer = ExampleZone.answer(query.octets());
            answer[7] = 9;
            return query.number() == 1 ? Reply.of(answer) : Reply.right();
        });

        assertThat(ask(proxy, "malformed.example.org")).matches(Asking::isRight);
    }

    @ParameterizedTest
    @CsvSource({"0000", "0003010203", "ffff01020304", "16030300ff"})
    void asksOnANewConnectionWhereTheStreamIsGarbage(String octets) throws Exception {
        proxyWith(timeouts(200, 4_000));
        byte[] garbage = HexFormat.of().parseHex(octets);
        resolver.answer(query -> query.connection() == 1 ? Reply.bytes(garbage) : Reply.right());

        assertThat(ask(proxy, "garbage.example.org")).matches(Asking::isRight);
    }

    // ------------ in pieces

    @Test
    void readsAnswersThatComeInRecordsOfOneOctet() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> Reply.right().inOneByteRecords());

        assertThat(askAll(proxy, 20, i -> "octet" + i + ".example.org")).allMatch(Asking::isRight);
        try (TcpClient client = TcpClient.to(proxy.address())) {
            Message big = client.ask(Queries.query("big.example.org", Type.TXT));
            assertThat(big.getSection(Section.ANSWER)).hasSize(1);
        }
    }

    @Test
    void anAnswerThatTricklesInIsNoSilence() throws Exception {
        proxyWith(timeouts(1_500, 4_500));
        resolver.answer(query -> {
            byte[] answer = ExampleZone.answer(query.octets());
            Reply trickle = Reply.bytes(new byte[] {(byte) (answer.length >> 8), (byte) answer.length});
            int piece = answer.length / 8 + 1;
            for (int at = 0; at < answer.length; at += piece) {
                byte[] octets = Arrays.copyOfRange(answer, at, Math.min(at + piece, answer.length));
                trickle = trickle.then(Reply.bytes(octets).after(Duration.ofMillis(250)));
            }
            return query.number() == 1 ? trickle : Reply.none();
        });

        assertThat(ask(proxy, "trickle.example.org")).matches(Asking::isRight);
        assertThat(resolver.connections()).hasSize(1);
    }

    // ------------ half-open

    @Test
    void recoversFromAHalfOpenConnectionAnAttemptTimeoutAfterTheLastOctet() throws Exception {
        proxyWith(timeouts(1_200, 4_500));
        assertThat(ask(proxy, "open.example.org")).matches(Asking::isRight);
        resolver.freezeConnections();
        long start = System.nanoTime();

        assertThat(ask(proxy, "frozen.example.org")).matches(Asking::isRight);

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(1_190), Duration.ofMillis(2_400));
    }

    @Test
    void aHalfOpenConnectionThatWasInUseIsNoticedLongBeforeTheAttemptTimeout() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        assertThat(askAll(proxy, 20, i -> "open" + i + ".example.org")).allMatch(Asking::isRight);
        resolver.freezeConnections();
        long start = System.nanoTime();

        assertThat(askAll(proxy, 10, i -> "frozen" + i + ".example.org"))
                .hasSize(10)
                .allMatch(Asking::isRight);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        assertThat(upstream().counters().passedBy()).isEqualTo(1);
        assertThat(upstream().counters().doubts()).isZero();
        await().until(() -> upstream().isUsable());
    }

    @Test
    void aStallIsForgottenWithTheNextOctet() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        assertThat(askAll(proxy, 20, i -> "quick" + i + ".example.org")).allMatch(Asking::isRight);
        resolver.pauseReading();
        resolver.welcome(Welcome.SILENCE);
        try (UdpClient client = UdpClient.to(proxy.address())) {
            for (int i = 0; i < 5; i++) {
                Message query = Queries.query("stalled" + i + ".example.org");
                query.getHeader().setID(i);
                client.send(query.toWire());
            }
            await().until(() -> upstream().counters().passedBy() == 1);
            assertThat(upstream().isUsable()).isFalse();

            resolver.resumeReading();

            for (int i = 0; i < 5; i++) {
                assertThat(new Message(client.receive())).matches(Asking::isRight);
            }
        }
        assertThat(upstream().isUsable()).isTrue();
        assertThat(upstream().counters().doubts()).isZero();
        assertThat(ask(proxy, "afterwards.example.org")).matches(Asking::isRight);
    }

    @Test
    void noQueryOfAHalfOpenConnectionWaitsForTwoTimeouts() throws Exception {
        proxyWith(timeouts(1_200, 4_500));
        assertThat(ask(proxy, "open.example.org")).matches(Asking::isRight);
        try (UdpClient client = UdpClient.to(proxy.address())) {
            long start = System.nanoTime();
            for (int i = 0; i < 40; i++) {
                Message query = Queries.query("spread" + i + ".example.org");
                query.getHeader().setID(i);
                client.send(query.toWire());
                if (i == 1) {
                    await().untilAsserted(() ->
                            assertThat(resolver.queries("spread1.example.org")).hasSize(1));
                    resolver.freezeConnections();
                }
                long until = start + Duration.ofMillis(30L * i).toNanos();
                await().pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() - until >= 0);
            }
            for (int i = 0; i < 40; i++) {
                assertThat(new Message(client.receive())).matches(Asking::isRight);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(2_400));
        }
    }
}
