package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.listener.ClientNetworks;
import io.dnsproxy.listener.ClientRules;
import io.dnsproxy.listener.ListenerCounters;
import io.dnsproxy.listener.ListenerCounters.Drop;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.UdpClient;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;

/** What becomes of messages, well-formed and not, seen by a client and by the resolver (rows M1 to M8 and M16). */
class ClientMessageTests {

    private static final int HEADER_OCTETS = 12;

    /** The largest payload of a datagram over IPv4: 65,535 less 20 of IP and 8 of UDP header. */
    private static final int DATAGRAM_OCTETS_MAX = 65_507;

    private static ScriptedResolver resolver;
    private static TestProxy proxy;
    private UdpClient udp;
    private TcpClient tcp;

    @BeforeAll
    static void startProxy() throws Exception {
        resolver = ScriptedResolver.start();
        proxy = TestProxy.asking(resolver);
    }

    @AfterAll
    static void stopProxy() {
        proxy.close();
        resolver.close();
    }

    @BeforeEach
    void start() throws Exception {
        resolver.answer(ScriptedResolver.HONEST);
        resolver.forgetQueries();
        udp = UdpClient.to(proxy.address());
        tcp = TcpClient.to(proxy.address());
    }

    @AfterEach
    void stop() throws Exception {
        tcp.close();
        udp.close();
    }

    @Row({"M1", "M14"})
    @Test
    void theReplyCarriesTheIdAndTheBitsOfTheQuery() throws Exception {
        for (int id : new int[] {0, 1, 0x00ff, 0xff00, 0x8000, 0xffff}) {
            for (boolean recursion : new boolean[] {true, false}) {
                Message query = Queries.query("www.example.org");
                query.getHeader().setID(id);
                if (!recursion) {
                    query.getHeader().unsetFlag(Flags.RD);
                }

                for (Message reply : List.of(udp.ask(query), tcp.ask(query))) {
                    assertThat(reply.getHeader().getID()).isEqualTo(id);
                    assertThat(reply.getHeader().getOpcode()).isEqualTo(Opcode.QUERY);
                    assertThat(reply.getHeader().getFlag(Flags.QR)).isTrue();
                    assertThat(reply.getHeader().getFlag(Flags.RA)).isTrue();
                    assertThat(reply.getHeader().getFlag(Flags.AA)).isFalse();
                    assertThat(reply.getHeader().getFlag(Flags.RD)).isEqualTo(recursion);
                }
            }
        }
    }

    @Row({"M2", "M5"})
    @Test
    void responsesAndFragmentsOfAHeaderAreNeverAnsweredOverUdpButCounted() throws Exception {
        ListenerCounters counters = proxy.udp.counters();
        long queriesBefore = counters.queries();
        long dropsBefore = counters.drops(Drop.UNANSWERABLE);
        Message response = Queries.query("www.example.org");
        response.getHeader().setFlag(Flags.QR);
        udp.send(response.toWire());
        for (int octets = 1; octets < HEADER_OCTETS; octets++) {
            udp.send(new byte[octets]);
        }
        Message query = Queries.query("mail.example.org");

        assertThat(udp.ask(query).getHeader().getID())
                .isEqualTo(query.getHeader().getID());
        assertThat(counters.drops(Drop.UNANSWERABLE) - dropsBefore).isEqualTo(12);
        assertThat(counters.queries() - queriesBefore).isEqualTo(13);
        assertThat(resolver.queries()).hasSize(1);
    }

    @Row("M2")
    @Test
    void aResponseOverTcpIsNotAnsweredAndTheConnectionGoesOn() throws Exception {
        long dropsBefore = proxy.tcp.counters().drops(Drop.UNANSWERABLE);
        Message response = Queries.query("www.example.org");
        response.getHeader().setFlag(Flags.QR);
        Message query = Queries.query("mail.example.org");

        tcp.send(response, query);

        assertThat(tcp.receiveMessage().getHeader().getID())
                .isEqualTo(query.getHeader().getID());
        assertThat(proxy.tcp.counters().drops(Drop.UNANSWERABLE) - dropsBefore).isEqualTo(1);
    }

    @Row({"M4", "M5", "E6"})
    @ParameterizedTest
    @ValueSource(
            strings = {
                "4711 0100 0001 0000 0000 0000", // no question where one is announced
                "4711 0100 0001 0000 0000 0000 03777777", // ends within the name
                "4711 0100 0001 0000 0000 0000 0377777700 0001", // ends before the class
                "4711 0100 0001 0000 0000 0000 c00c 0001 0001", // a name that points at itself
                "4711 0100 0001 0000 0000 0000 80 0001 0001", // a label type that does not exist
                "4711 0100 0000 0000 0000 0000", // no question
                "4711 0100 0002 0000 0000 0000 00 0001 0001 00 0001 0001", // two questions
                "4711 0100 0001 0000 0000 0001 00 0001 0001", // an additional record that is not there
                "4711 0100 0001 0000 0000 0001 00 0001 0001 00 0029 04d0 00000000 0009", // options that are not there
                "4711 0100 0001 0000 0000 0001 00 0001 0001 0161 00 0029 04d0 00000000 0000" // OPT with an owner
            })
    void aMalformedQueryGetsFormerrWithItsId(String hex) throws Exception {
        byte[] malformed = HexFormat.of().parseHex(hex.replace(" ", ""));

        tcp.send(malformed);
        for (Message reply : List.of(new Message(udp.ask(malformed)), tcp.receiveMessage())) {
            assertThat(reply.getHeader().getID()).isEqualTo(0x4711);
            assertThat(reply.getRcode()).isEqualTo(Rcode.FORMERR);
            assertThat(reply.getHeader().getFlag(Flags.QR)).isTrue();
        }
        assertThat(resolver.queries()).isEmpty();
    }

    @Row("M3")
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 15})
    void anUnknownOpcodeGetsNotimpWithItsOpcode(int opcode) throws Exception {
        Message query = Queries.withEdns(Queries.query("www.example.org"), 1232, 0);
        query.getHeader().setOpcode(opcode);

        byte[] reply = udp.ask(query.toWire());

        assertThat(reply).hasSize(HEADER_OCTETS);
        Message notImplemented = new Message(reply);
        assertThat(notImplemented.getHeader().getID())
                .isEqualTo(query.getHeader().getID());
        assertThat(notImplemented.getHeader().getOpcode()).isEqualTo(opcode);
        assertThat(notImplemented.getRcode()).isEqualTo(Rcode.NOTIMP);
        assertThat(resolver.queries()).isEmpty();
    }

    @Row({"M6", "P1"})
    @ParameterizedTest
    @CsvSource({"65534, 1", "65280, 1", "1234, 1", "1, 3", "65400, 254", "1, 255"})
    void unknownTypesAndClassesPassByteForByte(int type, int dnsClass) throws Exception {
        long seed = Long.getLong("dnsproxy.test.seed", System.nanoTime());
        byte[] data = new byte[64];
        new Random(seed).nextBytes(data);
        Name name = Name.fromConstantString("odd.example.org.");
        Message answer = Message.newQuery(Record.newRecord(name, type, dnsClass));
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        int recordType = type == Type.A ? 65_534 : type;
        int recordClass = dnsClass == DClass.ANY ? DClass.IN : dnsClass;
        answer.addRecord(Record.newRecord(name, recordType, recordClass, 60, data), Section.ANSWER);
        byte[] scripted = answer.toWire();
        resolver.answer(query -> Reply.of(scripted));
        Message query = Message.newQuery(Record.newRecord(name, type, dnsClass));

        byte[] overUdp = udp.ask(query.toWire());
        tcp.send(query);

        assertThat(withoutId(overUdp)).as("seed %d", seed).isEqualTo(withoutId(scripted));
        assertThat(withoutId(tcp.receive())).as("seed %d", seed).isEqualTo(withoutId(scripted));
        assertThat(questionOf(resolver.queries().getFirst().octets(), query.toWire().length))
                .isEqualTo(questionOf(query.toWire(), query.toWire().length));
    }

    @Row("M7")
    @Test
    void compressedNamesInsideAnswersStayRight() throws Exception {
        Message plain = Queries.query("www.example.org", Type.MX);
        Message withEdns = Queries.withEdns(plain, 1232, 0);

        for (Message reply : List.of(udp.ask(plain), udp.ask(withEdns), tcp.ask(withEdns))) {
            assertThat(reply.getSection(Section.ANSWER))
                    .extracting(Record::rdataToString)
                    .containsExactlyInAnyOrder("10 mail.example.org.", "20 www.example.org.");
        }
    }

    @Row("M8")
    @Test
    void theQuestionComesBackInTheClientsOwnSpelling() throws Exception {
        byte[] mixed = Queries.query("wWw.ExAmPlE.oRG").toWire();
        byte[] lower = Queries.query("www.example.org").toWire();
        resolver.answer(query -> Reply.of(renamed(query.message())));

        byte[] reply = udp.ask(mixed);
        byte[] other = udp.ask(lower);

        assertThat(questionOf(reply, mixed.length)).isEqualTo(questionOf(mixed, mixed.length));
        assertThat(questionOf(other, lower.length)).isEqualTo(questionOf(lower, lower.length));
        assertThat(new Message(reply).getSection(Section.ANSWER)).hasSize(1);
    }

    @Row("P2")
    @Test
    void aSignedMessagePassesVerbatimBothWays() throws Exception {
        TSIG key = new TSIG(TSIG.HMAC_SHA256, "key.example.org.", "c2VjcmV0IHNlY3JldCBzZWNyZXQ=");
        resolver.answer(query -> {
            Message answer = new Message(query.id());
            answer.getHeader().setFlag(Flags.QR);
            answer.addRecord(query.message().getQuestion(), Section.QUESTION);
            key.apply(answer, query.message().getTSIG());
            return Reply.of(answer);
        });
        Message query = Queries.query("www.example.org");
        key.apply(query, null);
        byte[] signed = query.toWire();

        for (byte[] reply : List.of(udp.ask(signed), askOverTcp(signed))) {
            assertThat(key.verify(new Message(reply), reply, query.getTSIG())).isEqualTo(Rcode.NOERROR);
        }
        assertThat(resolver.queries())
                .hasSize(2)
                .allSatisfy(seen -> assertThat(withoutId(seen.octets())).isEqualTo(withoutId(signed)));
    }

    @Row("M16")
    @Test
    void aTransferIsRefusedAndNotPassedOn() throws Exception {
        for (int type : new int[] {Type.AXFR, Type.IXFR}) {
            Message query = Queries.withEdns(Queries.query("example.org", type), 1232, 0);
            for (Message reply : List.of(udp.ask(query), tcp.ask(query))) {
                assertThat(reply.getRcode()).isEqualTo(Rcode.REFUSED);
                assertThat(errorCode(reply)).isEqualTo(ExtendedErrorCodeOption.NOT_SUPPORTED);
                assertThat(reply.getQuestion()).isEqualTo(query.getQuestion());
            }
        }
        assertThat(resolver.queries()).isEmpty();
    }

    @Row("P3")
    @Test
    void aClientOfAnotherNetworkIsRefusedAndCounted() throws Exception {
        Message query = Queries.withEdns(Queries.query("www.example.org"), 1232, 0);
        try (TestProxy elsewhere = TestProxy.start(TestProxy.Settings.asking(TestProxy.serverOf(resolver))
                        .allowing("192.0.2.0/24", "2001:db8::/32"));
                UdpClient overUdp = UdpClient.to(elsewhere.address());
                TcpClient overTcp = TcpClient.to(elsewhere.address())) {
            for (Message reply : List.of(overUdp.ask(query), overTcp.ask(query))) {
                assertThat(reply.getRcode()).isEqualTo(Rcode.REFUSED);
                assertThat(errorCode(reply)).isEqualTo(ExtendedErrorCodeOption.PROHIBITED);
            }
            assertThat(elsewhere.udp.counters().prohibited()).isEqualTo(1);
            assertThat(elsewhere.tcp.counters().prohibited()).isEqualTo(1);
        }
        assertThat(resolver.queries()).isEmpty();
    }

    @Row("P3")
    @Test
    void otherNetworksMayAlsoGetNothingAndAreCounted() throws Exception {
        ClientRules silent = new ClientRules(ClientNetworks.of(List.of("192.0.2.0/24")), true, null, null);
        try (TestProxy elsewhere = TestProxy.start(
                        TestProxy.Settings.asking(TestProxy.serverOf(resolver)).with(silent));
                UdpClient byUdp = UdpClient.to(elsewhere.address());
                TcpClient byTcp = TcpClient.to(elsewhere.address())) {
            byUdp.send(Queries.query("www.example.org").toWire());

            assertThat(byTcp.awaitEnd()).isNotNull();
            await().until(() -> elsewhere.udp.counters().drops(Drop.PROHIBITED) == 1);
            assertThat(elsewhere.udp.counters().prohibited()).isEqualTo(1);
            assertThat(elsewhere.tcp.counters().prohibited()).isEqualTo(1);
        }
    }

    @Test
    void theLargestDatagramIsAnsweredLikeAnyOther() throws Exception {
        Message query = Queries.query("www.example.org");
        int others = query.toWire().length + 11 + 4;
        query.addRecord(
                new OPTRecord(
                        1232, 0, 0, 0, List.of(new GenericEDNSOption(12, new byte[DATAGRAM_OCTETS_MAX - others]))),
                Section.ADDITIONAL);
        byte[] largest = query.toWire();

        Message reply = new Message(udp.ask(largest));

        assertThat(largest).hasSize(DATAGRAM_OCTETS_MAX);
        assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(resolver.queries())
                .singleElement()
                .satisfies(seen -> assertThat(seen.length()).isEqualTo(128));
    }

    @Row("P9")
    @Test
    void everyQueryOfAMixedRunIsAResponseOrACountedDrop() throws Exception {
        long seed = Long.getLong("dnsproxy.test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] message = Queries.query(i % 3 == 0 ? "servfail.example.org" : "n" + i + ".example.org")
                    .toWire();
            for (int damage = random.nextInt(4); damage > 0; damage--) {
                message[random.nextInt(message.length)] = (byte) random.nextInt();
            }
            byte[] sent = random.nextInt(8) == 0 ? Arrays.copyOf(message, random.nextInt(message.length)) : message;
            udp.send(sent);
            if (sent.length >= HEADER_OCTETS) {
                tcp.send(sent); // shorter ones end the connection
            }
            if (i % 100 == 0) {
                udp.send(randomOctets(random));
            }
        }

        try (UdpClient another = UdpClient.to(proxy.address())) {
            assertThat(another.ask(Queries.query("www.example.org")).getRcode()).isEqualTo(Rcode.NOERROR);
        }
        await("seed " + seed).untilAsserted(() -> {
            assertThat(proxy.udp.inFlight() + proxy.tcp.inFlight()).isZero();
            assertThat(proxy.tcp.counters().queries()).isGreaterThan(1_000);
            assertThat(answeredOrDropped(proxy.udp.counters()))
                    .isEqualTo(proxy.udp.counters().queries());
            assertThat(answeredOrDropped(proxy.tcp.counters()))
                    .isEqualTo(proxy.tcp.counters().queries());
        });
        assertThat(proxy.udp.counters().drops(Drop.FAULT)).as("seed %d", seed).isZero();
        assertThat(proxy.tcp.counters().drops(Drop.FAULT)).as("seed %d", seed).isZero();
        assertThat(proxy.udp.isAlive()).isTrue();
    }

    static long answeredOrDropped(ListenerCounters counters) {
        long sum = 0;
        for (int bucket = 0; bucket < io.dnsproxy.wire.Rcode.BUCKETS; bucket++) {
            sum += counters.responses(bucket);
        }
        for (Drop reason : Drop.values()) {
            sum += counters.drops(reason);
        }
        return sum;
    }

    private byte[] askOverTcp(byte[] message) throws Exception {
        tcp.send(message);
        return tcp.receive();
    }

    /** An answer under a spelling of the name that nobody sent. */
    private static Message renamed(Message query) {
        Message answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        Name name = Name.fromConstantString("WWW.example.ORG.");
        answer.addRecord(query.getQuestion().withName(name), Section.QUESTION);
        answer.addRecord(
                Record.newRecord(name, Type.A, DClass.IN, 60, new byte[] {(byte) 192, 0, 2, 1}), Section.ANSWER);
        return answer;
    }

    private static int errorCode(Message reply) {
        return ((ExtendedErrorCodeOption) reply.getOPT().getOptions().getFirst()).getErrorCode();
    }

    private static byte[] questionOf(byte[] message, int plainQueryOctets) {
        return Arrays.copyOfRange(message, HEADER_OCTETS, plainQueryOctets);
    }

    private static byte[] withoutId(byte[] message) {
        return Arrays.copyOfRange(message, 2, message.length);
    }

    private static byte[] randomOctets(Random random) {
        byte[] octets = new byte[random.nextInt(1_500)];
        random.nextBytes(octets);
        return octets;
    }
}
