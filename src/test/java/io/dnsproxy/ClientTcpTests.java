package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.listener.ListenerCounters.Drop;
import io.dnsproxy.listener.TcpSettings;
import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TcpKeepaliveOption;
import org.xbill.DNS.Type;

/** TCP clients of every temper: hasty, slow, impolite, gone (RFC 7766, RFC 9210). */
class ClientTcpTests {

    private static final int CONNECTIONS = 4096;
    private static final int QUERIES = 512;
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration SHORT = Duration.ofMillis(300);

    private static final TcpSettings DEFAULT = new TcpSettings(1, LONG, CONNECTIONS, CONNECTIONS, QUERIES);

    private static ScriptedResolver resolver;
    private static TestProxy shared;

    /** The shared one, until a test starts its own. */
    private TestProxy proxy;

    @BeforeAll
    static void startShared() throws Exception {
        resolver = ScriptedResolver.start();
        shared = TestProxy.asking(resolver);
    }

    @AfterAll
    static void stopShared() {
        shared.close();
        resolver.close();
    }

    @BeforeEach
    void start() {
        resolver.answer(ScriptedResolver.HONEST);
        proxy = shared;
    }

    @AfterEach
    void stop() {
        resolver.resumeReading();
        if (proxy != shared) {
            proxy.close();
        }
    }

    private void startOwn(TcpSettings settings) throws IOException {
        proxy = TestProxy.start(
                TestProxy.Settings.asking(TestProxy.serverOf(resolver)).with(settings));
    }

    // ------------ many queries, one connection

    @Row("T4")
    @Test
    void aHundredQueriesOneAfterAnotherUseOneConnection() throws Exception {
        startOwn(DEFAULT);
        try (TcpClient client = TcpClient.to(proxy.address())) {
            for (int i = 0; i < 100; i++) {
                Message query = Queries.query("n" + i + ".example.org");
                assertThat(client.ask(query).getHeader().getID())
                        .isEqualTo(query.getHeader().getID());
            }
            assertThat(proxy.tcp.accepted()).isEqualTo(1);
        }
    }

    @Row({"T5", "T6"})
    @Test
    void aHundredPipelinedQueriesAreAnsweredInTheOrderOfTheirAnswers() throws Exception {
        resolver.answer(query ->
                Reply.right().after(Duration.ofMillis(query.name().startsWith("n0") ? 1_000 : query.number() % 7)));
        try (TcpClient client = TcpClient.to(proxy.address())) {
            client.send(queries(100));

            List<Integer> ids = receive(client, 100);

            assertThat(ids).containsExactlyInAnyOrderElementsOf(upTo(100)).endsWith(0);
        }
    }

    @Row("T6")
    @Test
    void twoQueriesWithOneIdAreBothAnswered() throws Exception {
        try (TcpClient client = TcpClient.to(proxy.address())) {
            Message one = Queries.query("one.example.org");
            Message other = Queries.query("other.example.org");
            other.getHeader().setID(one.getHeader().getID());

            client.send(one, other);

            assertThat(List.of(
                            client.receiveMessage().getQuestion().getName(),
                            client.receiveMessage().getQuestion().getName()))
                    .containsExactlyInAnyOrder(
                            one.getQuestion().getName(), other.getQuestion().getName());
        }
    }

    // ------------ framing

    @Row("T3")
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 29, 64})
    void framesMayBeSplitAnywhere(int pieceOctets) throws Exception {
        try (TcpClient client = TcpClient.to(proxy.address())) {
            byte[][] messages = Arrays.stream(queries(10)).map(Message::toWire).toArray(byte[][]::new);

            client.sendInPieces(pieceOctets, messages);

            assertThat(receive(client, 10)).containsExactlyInAnyOrderElementsOf(upTo(10));
        }
    }

    @Row("T3")
    @Test
    void lengthAndMessageLeaveTogether() throws Exception {
        try (TcpClient client = TcpClient.to(proxy.address())) {
            for (int i = 0; i < 20; i++) {
                client.send(Queries.query("www.example.org"));

                byte[] segment = new byte[4096];
                int octets = client.socket().getInputStream().read(segment);

                assertThat(octets).isEqualTo(2 + (((segment[0] & 0xff) << 8) | (segment[1] & 0xff)));
            }
        }
    }

    @Row("T2")
    @Test
    void sixtyThousandOctetsPassWhole() throws Exception {
        try (TcpClient client = TcpClient.to(proxy.address())) {
            client.send(Queries.query("huge.example.org", Type.TXT));

            byte[] reply = client.receive();

            assertThat(reply.length).isGreaterThan(60_000);
            assertThat(new Message(reply).getHeader().getFlag(Flags.TC)).isFalse();
            assertThat(new Message(reply).getSection(Section.ANSWER)).hasSize(1);
        }
    }

    @Test
    void anAnswerThatOurOptRecordWouldMakeTooLongIsCut() throws Exception {
        Name name = Name.fromConstantString("www.example.org.");
        int others = 12 + name.length() + 4 + 12;
        resolver.answer(query -> {
            Message largest = Message.newQuery(Record.newRecord(name, 65_280, DClass.IN));
            largest.getHeader().setFlag(Flags.QR);
            largest.addRecord(
                    Record.newRecord(name, 65_280, DClass.IN, 60, new byte[Message.MAXLENGTH - others]),
                    Section.ANSWER);
            return Reply.of(largest);
        });
        Message query = Queries.query("www.example.org", 65_280);
        try (TcpClient client = TcpClient.to(proxy.address())) {
            client.send(query);
            assertThat(client.receive()).hasSize(Message.MAXLENGTH);

            Message cut = client.ask(Queries.withEdns(query, 1232, 0));

            assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
            assertThat(cut.getOPT()).isNotNull();
        }
    }

    @Row("T13")
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 11})
    void aFrameTooShortForAHeaderClosesOnlyItsConnectionAndLosesNoAnswer(int octets) throws Exception {
        startOwn(DEFAULT);
        resolver.answer(query -> Reply.right().after(Duration.ofMillis(50)));
        try (TcpClient garbled = TcpClient.to(proxy.address());
                TcpClient other = TcpClient.to(proxy.address())) {
            Message refused = Queries.query("example.org", Type.AXFR);
            Message query = Queries.query("www.example.org");
            garbled.send(refused.toWire(), query.toWire(), new byte[octets], query.toWire());

            assertThat(garbled.receiveMessage().getRcode()).isEqualTo(Rcode.REFUSED);
            assertThat(garbled.receiveMessage().getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(garbled.awaitEnd()).isEqualTo(Ending.FIN);
            assertThat(other.ask(query).getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(proxy.tcp.counters().queries()).isEqualTo(4);
            assertThat(proxy.tcp.counters().drops(Drop.UNANSWERABLE)).isEqualTo(1);
        }
    }

    // ------------ the end of a connection

    @Row("T9")
    @Test
    void aClientThatClosesItsSideGetsThePendingAnswers() throws Exception {
        resolver.answer(query -> Reply.right().after(Duration.ofMillis(100)));
        try (TcpClient client = TcpClient.to(proxy.address())) {
            client.send(queries(20));
            client.halfClose();

            assertThat(receive(client, 20)).containsExactlyInAnyOrderElementsOf(upTo(20));
            assertThat(client.awaitEnd()).isEqualTo(Ending.FIN);
        }
    }

    @Row("T9")
    @Test
    void aClientThatClosesItsSideGetsAlsoTheAnswersToWhatHadToWait() throws Exception {
        startOwn(new TcpSettings(1, LONG, CONNECTIONS, CONNECTIONS, 2));
        resolver.answer(query -> Reply.right().after(Duration.ofMillis(10)));
        try (TcpClient client = TcpClient.to(proxy.address())) {
            client.send(queries(20));
            client.halfClose();

            assertThat(receive(client, 20)).containsExactlyInAnyOrderElementsOf(upTo(20));
            assertThat(client.awaitEnd()).isEqualTo(Ending.FIN);
        }
    }

    @Row("T7")
    @Test
    void anIdleConnectionIsClosed() throws Exception {
        startOwn(new TcpSettings(1, SHORT, CONNECTIONS, CONNECTIONS, QUERIES));
        try (TcpClient client = TcpClient.to(proxy.address())) {
            assertThat(client.awaitEnd()).isEqualTo(Ending.FIN);
            assertThat(proxy.tcp.idleClosedCount()).isEqualTo(1);
            await().until(() -> proxy.tcp.connections() == 0);
        }
    }

    @Row("T7")
    @Test
    void theIdleTimeBeginsAgainWithTheLastAnswerAndStandsStillBeforeIt() throws Exception {
        Duration idle = Duration.ofMillis(1_200);
        startOwn(new TcpSettings(1, idle, CONNECTIONS, CONNECTIONS, QUERIES));
        resolver.answer(query -> Reply.right().after(idle.plusMillis(100)));
        try (TcpClient client = TcpClient.to(proxy.address())) {
            client.ask(Queries.query("www.example.org"));
            long answeredNanos = System.nanoTime();

            assertThat(client.awaitEnd()).isEqualTo(Ending.FIN);

            // less than the idle time: the proxy's clock began before the answer was here
            assertThat(Duration.ofNanos(System.nanoTime() - answeredNanos)).isGreaterThan(Duration.ofMillis(200));
            assertThat(proxy.tcp.idleClosedCount()).isEqualTo(1);
        }
    }

    @Row("T10")
    @Test
    void whoeverAsksIsToldHowLongAConnectionMayBeIdle() throws Exception {
        startOwn(new TcpSettings(1, SHORT, CONNECTIONS, CONNECTIONS, QUERIES));
        try (TcpClient client = TcpClient.to(proxy.address())) {
            Message query = Queries.query("www.example.org");
            query.addRecord(new OPTRecord(1232, 0, 0, 0, List.of(new TcpKeepaliveOption())), Section.ADDITIONAL);

            for (int i = 0; i < 2; i++) { // not known, and asked for again
                assertThat(client.ask(query).getOPT().getOptions())
                        .singleElement()
                        .isInstanceOfSatisfying(
                                TcpKeepaliveOption.class,
                                option -> assertThat(option.getTimeout()).hasValue((int) (SHORT.toMillis() / 100)));
            }
            assertThat(client.ask(Queries.withEdns(Queries.query("www.example.org"), 1232, 0))
                            .getOPT()
                            .getOptions())
                    .isEmpty();
            assertThat(client.awaitEnd()).isEqualTo(Ending.FIN);
        }
    }

    @Row("T12")
    @Test
    void dripsOfAFrameDoNotKeepAConnectionOpen() throws Exception {
        startOwn(new TcpSettings(1, SHORT, CONNECTIONS, CONNECTIONS, QUERIES));
        try (TcpClient client = TcpClient.to(proxy.address())) {
            client.sendStream(new byte[] {(byte) 0xff, (byte) 0xff});
            await().pollInterval(SHORT.dividedBy(10)).until(() -> {
                try {
                    client.sendStream(new byte[1]);
                } catch (IOException e) {
                    return true;
                }
                return proxy.tcp.connections() == 0;
            });
            assertThat(proxy.tcp.idleClosedCount()).isEqualTo(1);
            assertThat(proxy.tcp.counters().queries()).isZero();
        }
    }

    @Row("T12")
    @Test
    void aQueryThatDripsInIsGivenUpThoughTheConnectionIsInUse() throws Exception {
        startOwn(new TcpSettings(1, LONG, SHORT, CONNECTIONS, CONNECTIONS, QUERIES));
        byte[] begun = {0, 40, 1, 2, 3};
        try (TcpClient client = TcpClient.to(proxy.address())) {
            assertServed(client);
            resolver.answer(query -> Reply.right().after(SHORT.multipliedBy(2)));
            client.send(Queries.query("www.example.org"));
            client.sendStream(begun);

            assertThat(client.receiveMessage().getRcode()).isEqualTo(Rcode.NOERROR); // what was asked before
            assertThat(client.awaitEnd()).isEqualTo(Ending.FIN);
        }
        await().untilAsserted(() -> assertThat(proxy.tcp.slowClosedCount()).isEqualTo(1));
    }

    @Row("T12")
    @Test
    void aHundredThatDripHoldUpNobodyElse() throws Exception {
        startOwn(new TcpSettings(1, LONG, Duration.ofSeconds(1), CONNECTIONS, CONNECTIONS, QUERIES));
        List<TcpClient> slow = new ArrayList<>();
        try (TcpClient honest = TcpClient.to(proxy.address())) {
            for (int i = 0; i < 100; i++) {
                TcpClient client = TcpClient.to(proxy.address());
                slow.add(client);
                client.sendStream(new byte[] {0});
            }
            long startNanos = System.nanoTime();
            int answered = 0;
            while (proxy.tcp.slowClosedCount() < slow.size()) {
                assertServed(honest);
                answered++;
            }

            Duration each = Duration.ofNanos((System.nanoTime() - startNanos) / answered);
            assertThat(each).isLessThan(Duration.ofMillis(100));
            await().until(() -> proxy.tcp.connections() == 1);
        } finally {
            for (TcpClient client : slow) {
                client.close();
            }
        }
    }

    @Row("T13")
    @Test
    void aClientThatResetsWithQueriesInFlightCostsOnlyItself() throws Exception {
        startOwn(DEFAULT);
        resolver.pauseReading();
        try (TcpClient gone = TcpClient.to(proxy.address());
                TcpClient other = TcpClient.to(proxy.address())) {
            gone.send(queries(50));
            await().until(() -> proxy.tcp.inFlight() == 50);

            gone.reset();

            await().until(() -> proxy.tcp.connections() == 1);
            resolver.resumeReading();
            assertThat(other.ask(Queries.query("www.example.org")).getRcode()).isEqualTo(Rcode.NOERROR);
            await().until(() -> proxy.tcp.connections() == 1 && proxy.tcp.inFlight() == 0);
            assertThat(proxy.tcp.counters().drops(Drop.CLIENT_GONE)).isEqualTo(50);
            assertThat(proxy.tcp.counters().responses(Rcode.NOERROR)).isEqualTo(1);
        }
    }

    @Test
    void drainingAnswersWhatIsPendingThenCloses() throws Exception {
        startOwn(DEFAULT);
        resolver.pauseReading();
        try (TcpClient busy = TcpClient.to(proxy.address());
                TcpClient idle = TcpClient.to(proxy.address())) {
            busy.send(queries(10));
            await().until(() -> proxy.tcp.inFlight() == 10 && proxy.tcp.connections() == 2);

            proxy.tcp.drain();

            assertThat(idle.awaitEnd()).isEqualTo(Ending.FIN);
            resolver.resumeReading();
            assertThat(receive(busy, 10)).containsExactlyInAnyOrderElementsOf(upTo(10));
            assertThat(busy.awaitEnd()).isEqualTo(Ending.FIN);
            assertThatThrownBy(() -> TcpClient.to(proxy.address())).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void drainingAnswersAlsoWhatTheKernelStillHolds() throws Exception {
        startOwn(new TcpSettings(1, Duration.ofMinutes(2), 10, 10, 64));
        resolver.pauseReading();
        try (TcpClient client = TcpClient.to(proxy.address())) {
            Thread sending = Thread.ofPlatform().start(() -> {
                try {
                    client.send(queries(2_500));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            await().until(() -> proxy.tcp.inFlight() == 64);

            proxy.tcp.drain();
            resolver.resumeReading();

            assertThat(receive(client, 2_500)).hasSize(2_500);
            assertThat(sending.join(Duration.ofSeconds(5))).isTrue();
            assertThat(client.awaitEnd()).isEqualTo(Ending.FIN);
        }
    }

    @Test
    void answersThatAreWrittenLeaveBeforeAClose() throws Exception {
        startOwn(DEFAULT);
        try (TcpClient client = TcpClient.to(proxy.address())) {
            client.socket().setReceiveBufferSize(8_192);
            client.send(Queries.query("huge.example.org", Type.TXT));
            await().until(() -> proxy.tcp.counters().responses(Rcode.NOERROR) == 1);

            Thread closing = Thread.ofPlatform().start(proxy.tcp::close);

            assertThat(client.receive().length).isGreaterThan(60_000);
            assertThat(client.awaitEnd()).isEqualTo(Ending.FIN);
            assertThat(closing.join(Duration.ofSeconds(5))).isTrue();
        }
    }

    // ------------ bounds

    @Row("T8")
    @Test
    void connectionsBeyondTheBoundsAreClosedAndTheOthersServed() throws Exception {
        startOwn(new TcpSettings(1, LONG, 3, 2, QUERIES));
        List<TcpClient> clients = new ArrayList<>();
        try {
            for (String from : List.of("127.0.0.1", "127.0.0.1", "127.0.0.2")) {
                clients.add(from(from));
                assertServed(clients.getLast());
            }
            try (TcpClient refused = from("127.0.0.1")) {
                refused.awaitEnd();
            }
            await().until(() -> proxy.tcp.refused() == 1);
            assertThat(proxy.tcp.accepted()).isEqualTo(3);
            assertThat(proxy.tcp.connections()).isEqualTo(3);
            for (TcpClient client : clients) {
                assertServed(client);
            }

            clients.getFirst().close();

            await().until(() -> proxy.tcp.connections() == 2);
            clients.add(from("127.0.0.1"));
            assertServed(clients.getLast());
        } finally {
            for (TcpClient client : clients) {
                client.close();
            }
        }
    }

    @Row("T8")
    @Test
    void whereAllPlacesAreTakenANewcomerGetsThatOfTheOneThatIsMissedLeast() throws Exception {
        startOwn(new TcpSettings(1, LONG, 3, 3, QUERIES));
        try (TcpClient first = from("127.0.0.2");
                TcpClient second = from("127.0.0.3")) {
            assertServed(first);
            assertServed(second);
            assertServed(first);
            try (TcpClient silent = from("127.0.0.1")) {
                await().until(() -> proxy.tcp.connections() == 3);
                try (TcpClient newcomer = from("127.0.0.4")) {
                    assertServed(newcomer);
                    assertThat(silent.awaitEnd()).isNotNull();
                    try (TcpClient another = from("127.0.0.5")) {
                        assertServed(another);
                        assertThat(second.awaitEnd()).isNotNull();
                        assertServed(first);
                        assertServed(newcomer);
                    }
                }
            }
        }
        assertThat(proxy.tcp.displaced()).isEqualTo(2);
        assertThat(proxy.tcp.refused()).isZero();
        await().until(() -> proxy.tcp.connections() == 0);
    }

    @Test
    void whoWaitsForAnAnswerIsNotDisplaced() throws Exception {
        startOwn(new TcpSettings(1, LONG, 1, 1, QUERIES));
        resolver.answer(query -> Reply.right().after(Duration.ofMillis(300)));
        try (TcpClient waiting = from("127.0.0.2")) {
            waiting.send(Queries.query("www.example.org"));
            await().until(() -> proxy.tcp.inFlight() == 1);
            try (TcpClient newcomer = from("127.0.0.3")) {
                assertThat(newcomer.awaitEnd()).isNotNull();
            }
            assertThat(waiting.receiveMessage().getRcode()).isEqualTo(Rcode.NOERROR);
        }
        assertThat(proxy.tcp.refused()).isEqualTo(1);
    }

    @Row("T8")
    @Test
    void noMoreQueriesAreTakenThanTheBoundAndNoneIsLost() throws Exception {
        startOwn(new TcpSettings(1, LONG, CONNECTIONS, CONNECTIONS, 4));
        AtomicInteger most = new AtomicInteger();
        resolver.answer(query -> {
            most.accumulateAndGet(proxy.tcp.inFlight(), Math::max);
            return Reply.right().after(Duration.ofMillis(15));
        });
        try (TcpClient client = TcpClient.to(proxy.address())) {
            client.send(queries(50));

            assertThat(receive(client, 50)).containsExactlyInAnyOrderElementsOf(upTo(50));
            assertThat(most).hasValueLessThanOrEqualTo(4);
        }
    }

    @Test
    void aSlowQueryOfAFullConnectionHoldsNoAnswerBack() throws Exception {
        startOwn(new TcpSettings(1, LONG, CONNECTIONS, CONNECTIONS, 2));
        resolver.answer(query -> query.isFor("n0.example.org") ? Reply.none() : Reply.right());
        try (TcpClient client = TcpClient.to(proxy.address())) {
            client.send(queries(20));

            List<Integer> ids = receive(client, 19);

            assertThat(ids).doesNotContain(0);
            assertThat(proxy.tcp.inFlight()).isEqualTo(1);

            resolver.answer(ScriptedResolver.HONEST);
            resolver.endConnections(Ending.FIN); // so that the slow one is asked again at once
            assertThat(receive(client, 1)).containsExactly(0);
        }
    }

    @Test
    void whatIsRefusedAtOnceDoesNotWaitForTheSlowOnesBehindIt() throws Exception {
        startOwn(new TcpSettings(1, LONG, CONNECTIONS, CONNECTIONS, 2));
        resolver.pauseReading();
        try (TcpClient client = TcpClient.to(proxy.address())) {
            List<Message> messages = new ArrayList<>(List.of(Queries.query("example.org", Type.AXFR)));
            messages.addAll(List.of(queries(20)));

            client.send(messages.toArray(Message[]::new));

            client.patience(Duration.ofSeconds(2)); // less than the upstream's total timeout
            assertThat(client.receiveMessage().getRcode()).isEqualTo(Rcode.REFUSED);
            assertThat(proxy.tcp.inFlight()).isEqualTo(2);

            resolver.resumeReading();
            assertThat(receive(client, 20)).containsExactlyInAnyOrderElementsOf(upTo(20));
        }
    }

    @Row("T12")
    @Test
    void aClientThatTakesNoAnswersHoldsUpOnlyItselfAndLittleMemory() throws Exception {
        startOwn(DEFAULT);
        int count = 400; // of 60 kB each: 24 MB, were they all rendered
        try (TcpClient stubborn = TcpClient.over(smallReceiver());
                TcpClient other = TcpClient.to(proxy.address())) {
            long before = directOctets();
            Message[] many = IntStream.range(0, count)
                    .mapToObj(i -> Queries.query("huge.example.org", Type.TXT))
                    .toArray(Message[]::new);
            for (int i = 0; i < count; i++) {
                many[i].getHeader().setID(i);
            }

            stubborn.send(many);

            await().until(() -> proxy.tcp.counters().queries() > 0 && proxy.tcp.inFlight() == 0);
            assertThat(other.ask(Queries.query("huge.example.org", Type.TXT)).getRcode())
                    .isEqualTo(Rcode.NOERROR);
            assertThat(proxy.tcp.counters().responses(Rcode.NOERROR)).isLessThan(count / 2);
            assertThat(directOctets() - before).isLessThan(4 << 20);

            assertThat(receive(stubborn, count)).containsExactlyInAnyOrderElementsOf(upTo(count));
        }
    }

    @Test
    void aClientThatTakesNoAnswersIsIdleInTheEnd() throws Exception {
        startOwn(new TcpSettings(1, SHORT, CONNECTIONS, CONNECTIONS, QUERIES));
        try (TcpClient stubborn = TcpClient.over(smallReceiver())) {
            stubborn.send(Collections.nCopies(400, Queries.query("huge.example.org", Type.TXT))
                    .toArray(Message[]::new));

            await().until(() -> proxy.tcp.idleClosedCount() == 1 && proxy.tcp.connections() == 0);

            assertThat(ClientMessageTests.answeredOrDropped(proxy.tcp.counters()))
                    .isEqualTo(proxy.tcp.counters().queries());
            assertThat(proxy.tcp.counters().drops(Drop.CLIENT_GONE)).isPositive();
        }
    }

    // ------------

    private Socket smallReceiver() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(proxy.address());
        return socket;
    }

    private TcpClient from(String address) throws IOException {
        return TcpClient.over(
                new Socket(proxy.address().getAddress(), proxy.address().getPort(), InetAddress.ofLiteral(address), 0));
    }

    private static void assertServed(TcpClient client) throws IOException {
        assertThat(client.ask(Queries.query("www.example.org")).getRcode()).isEqualTo(Rcode.NOERROR);
    }

    private static Message[] queries(int count) {
        Message[] queries = new Message[count];
        for (int i = 0; i < count; i++) {
            queries[i] = Queries.query("n" + i + ".example.org");
            queries[i].getHeader().setID(i);
        }
        return queries;
    }

    private static List<Integer> receive(TcpClient client, int count) throws IOException {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(client.receiveMessage().getHeader().getID());
        }
        return ids;
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static long directOctets() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }
}
