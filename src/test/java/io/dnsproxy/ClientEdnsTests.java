package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ReceivedQuery;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.UdpClient;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.CookieOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.TcpKeepaliveOption;
import org.xbill.DNS.Type;

/** EDNS and the size of answers, seen by a client and by the resolver (RFC 6891; rows E1 to E15, M11 to M13). */
class ClientEdnsTests {

    private static final int RECORD_OCTETS = 16;
    private static final int NSID = 3;
    private static final int KEEPALIVE = 11;
    private static final int PADDING = 12;

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

    @Row("E1")
    @Test
    void anAnswerIsCutTo512OctetsWithoutEdnsAndTcpHasTheWhole() throws Exception {
        manyRecords(200);
        Message query = Queries.query("many.example.org");
        long cutBefore = proxy.udp.counters().truncated();

        byte[] cut = udp.ask(query.toWire());
        Message whole = tcp.ask(query);

        assertThat(cut.length).isBetween(512 - RECORD_OCTETS, 512);
        assertThat(new Message(cut).getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(whole.getSection(Section.ANSWER)).hasSize(200);
        assertThat(proxy.udp.counters().truncated()).isEqualTo(cutBefore + 1);
    }

    @Row({"E2", "E3"})
    @ParameterizedTest
    @CsvSource({"0, 512", "100, 512", "511, 512", "512, 512", "700, 700", "1232, 1232", "1233, 1232", "65535, 1232"})
    void anAnswerIsCutToWhatTheClientOffersWithinLimits(int offered, int limit) throws Exception {
        manyRecords(200);

        byte[] cut = udp.ask(
                Queries.withEdns(Queries.query("many.example.org"), offered, 0).toWire());

        assertThat(cut.length).isBetween(limit - RECORD_OCTETS, limit);
        Message answer = new Message(cut);
        assertThat(answer.getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(answer.getOPT().getPayloadSize()).isEqualTo(1232);
    }

    @Test
    void anAnswerThatFitsExactlyIsNotCut() throws Exception {
        // 12 of header, 17 of name, 4 of type and class, then records
        manyRecords((512 - 33) / RECORD_OCTETS);

        Message answer = udp.ask(Queries.query("all.example.org"));

        assertThat(answer.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(answer.getSection(Section.ANSWER)).hasSize((512 - 33) / RECORD_OCTETS);
    }

    @Row("E4")
    @Test
    void whatTheResolverCutStaysMarkedAsCut() throws Exception {
        resolver.answer(query -> Reply.edited(answer -> {
            answer.getHeader().setFlag(Flags.TC);
            return answer;
        }));

        assertThat(udp.ask(Queries.query("www.example.org")).getHeader().getFlag(Flags.TC))
                .isTrue();
        assertThat(tcp.ask(Queries.query("www.example.org")).getHeader().getFlag(Flags.TC))
                .isTrue();
    }

    @Row("E5")
    @ParameterizedTest
    @CsvSource({
        "www.example.org, A, NOERROR",
        "nxdomain.example.org, A, NXDOMAIN",
        "servfail.example.org, A, SERVFAIL",
        "refused.example.org, A, REFUSED",
        "example.org, AXFR, REFUSED",
        "example.org, IXFR, REFUSED"
    })
    void theReplyHasAnOptRecordIfAndOnlyIfTheQueryHas(String name, String type, String rcode) throws Exception {
        Message plain = Queries.query(name, Type.value(type));
        Message withEdns = Queries.withEdns(plain, 1232, 0);

        for (Message query : List.of(plain, withEdns)) {
            for (Message reply : List.of(udp.ask(query), tcp.ask(query))) {
                assertThat(Rcode.string(reply.getRcode())).isEqualTo(rcode);
                assertThat(reply.getOPT() != null).isEqualTo(query.getOPT() != null);
            }
        }
    }

    @Row("E5")
    @Test
    void aMalformedQueryWithOptGetsFormerrWithOpt() throws Exception {
        Message two = Queries.withEdns(Queries.query("www.example.org"), 1232, 0);
        two.addRecord(new OPTRecord(1232, 0, 0, 0), Section.ADDITIONAL);

        Message reply = udp.ask(two);

        assertThat(reply.getRcode()).isEqualTo(Rcode.FORMERR);
        assertThat(reply.getHeader().getID()).isEqualTo(two.getHeader().getID());
        assertThat(reply.getOPT()).isNotNull();
        assertThat(resolver.queries()).isEmpty();
    }

    @Row({"E7", "M19"})
    @ParameterizedTest
    @ValueSource(ints = {1, 100, 255})
    void anotherVersionOfEdnsGetsBadversWithVersionZero(int version) throws Exception {
        Message query = Queries.query("www.example.org");
        query.addRecord(new OPTRecord(1232, 0, version, 0), Section.ADDITIONAL);

        for (Message reply : List.of(udp.ask(query), tcp.ask(query))) {
            assertThat(reply.getRcode()).isEqualTo(Rcode.BADVERS);
            assertThat(reply.getOPT().getVersion()).isZero();
        }
        assertThat(resolver.queries()).isEmpty();
    }

    @Row({"E8", "E9", "E13", "M19", "P1", "T11"})
    @Test
    void noOptionOfTheClientIsEchoedOrPassedOn() throws Exception {
        List<EDNSOption> options = List.of(
                new GenericEDNSOption(NSID, new byte[0]),
                new ClientSubnetOption(24, InetAddress.ofLiteral("192.0.2.0")),
                new CookieOption(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}),
                new TcpKeepaliveOption(),
                new GenericEDNSOption(PADDING, new byte[31]),
                new GenericEDNSOption(65_001, new byte[] {42}));
        Message query = Queries.query("www.example.org");
        query.addRecord(new OPTRecord(1232, 0, 0, 0x1fff, options), Section.ADDITIONAL);

        Message overUdp = udp.ask(query);
        Message overTcp = tcp.ask(query);

        assertThat(overUdp.getOPT().getOptions()).isEmpty();
        assertThat(overTcp.getOPT().getOptions())
                .singleElement()
                .isInstanceOfSatisfying(
                        TcpKeepaliveOption.class, // not the client's, which says no time
                        own -> assertThat(own.getTimeout()).isPresent());
        for (Message reply : List.of(overUdp, overTcp)) {
            assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(reply.getOPT().getFlags()).isZero();
        }
        assertThat(resolver.queries()).hasSize(2).allSatisfy(ClientEdnsTests::hasOurOptionsAndNothingElse);
    }

    @Row({"E8", "E11", "E12"})
    @Test
    void aQueryWithoutEdnsGoesOutWithOurOwnAndPadded() throws Exception {
        udp.ask(Queries.query("www.example.org"));
        udp.ask(Queries.query("a-rather-long-name-that-needs-more-octets-than-others.and-two-labels.example.org"));

        assertThat(resolver.queries()).hasSize(2).allSatisfy(ClientEdnsTests::hasOurOptionsAndNothingElse);
    }

    @Row("E10")
    @Test
    void noPaddingOfTheResolverReachesAClientInClear() throws Exception {
        Message query = Queries.withEdns(Queries.query("www.example.org"), 1232, 0);

        assertThat(udp.ask(query).getOPT().getOptions()).isEmpty();
        assertThat(tcp.ask(query).getOPT().getOptions()).isEmpty();
    }

    @Row({"M11", "M13"})
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void doAndCdArePassedAndCopied(boolean dnssecOk, boolean checkingDisabled) throws Exception {
        Message query = Queries.withEdns(Queries.query("www.example.org"), 1232, dnssecOk ? ExtendedFlags.DO : 0);
        if (checkingDisabled) {
            query.getHeader().setFlag(Flags.CD);
        }

        Message reply = udp.ask(query);

        assertThat((reply.getOPT().getFlags() & ExtendedFlags.DO) != 0).isEqualTo(dnssecOk);
        assertThat(reply.getHeader().getFlag(Flags.CD)).isEqualTo(checkingDisabled);
        Message seen = resolver.queries().getFirst().message();
        assertThat((seen.getOPT().getFlags() & ExtendedFlags.DO) != 0).isEqualTo(dnssecOk);
        assertThat(seen.getHeader().getFlag(Flags.CD)).isEqualTo(checkingDisabled);
    }

    @Row("M12")
    @ParameterizedTest
    @CsvSource({"false, false, false", "true, false, true", "false, true, true", "true, true, true"})
    void adIsForThoseWhoAskedWithAdOrDo(boolean ad, boolean dnssecOk, boolean expected) throws Exception {
        Message query = Queries.query("secure.example.org");
        if (dnssecOk) {
            query = Queries.withEdns(query, 1232, ExtendedFlags.DO);
        }
        if (ad) {
            query.getHeader().setFlag(Flags.AD);
        }

        Message reply = udp.ask(query);

        assertThat(reply.getHeader().getFlag(Flags.AD)).isEqualTo(expected);
        assertThat(reply.getSectionRRsets(Section.ANSWER).getFirst().sigs()).hasSize(dnssecOk ? 1 : 0);
        assertThat(udp.ask(Queries.query("www.example.org")).getHeader().getFlag(Flags.AD))
                .isFalse();
    }

    @Row("E15")
    @Test
    void theReasonOfAFailureIsForClientsWithEdns() throws Exception {
        Message plain = Queries.query("bogus.example.org");

        Message told = udp.ask(Queries.withEdns(plain, 1232, 0));
        Message notTold = udp.ask(plain);

        assertThat(told.getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(told.getOPT().getOptions())
                .singleElement()
                .isInstanceOfSatisfying(
                        ExtendedErrorCodeOption.class,
                        error -> assertThat(error.getErrorCode()).isEqualTo(ExtendedErrorCodeOption.DNSSEC_BOGUS));
        assertThat(notTold.getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(notTold.getOPT()).isNull();
    }

    private void manyRecords(int count) {
        resolver.answer(query -> Reply.edited(answer -> {
            answer.removeAllRecords(Section.ANSWER);
            for (int i = 0; i < count; i++) {
                answer.addRecord(
                        new ARecord(
                                answer.getQuestion().getName(), DClass.IN, 300, InetAddress.ofLiteral("192.0.2." + i)),
                        Section.ANSWER);
            }
            return answer;
        }));
    }

    private static void hasOurOptionsAndNothingElse(ReceivedQuery query) {
        assertThat(query.length() % 128).isZero();
        OPTRecord opt = query.message().getOPT();
        assertThat(opt.getVersion()).isZero();
        assertThat(opt.getFlags()).isZero();
        assertThat(opt.getOptions()).extracting(EDNSOption::getCode).containsExactly(KEEPALIVE, PADDING);
        assertThat(opt.getOptions()).allSatisfy(option -> {
            byte[] data = option.toWire();
            assertThat(Arrays.copyOfRange(data, 4, data.length)).matches(ClientEdnsTests::isZero);
        });
        assertThat(opt.getOptions().getFirst().toWire()).hasSize(4); // no TIMEOUT (RFC 7828 3.2.1)
    }

    private static boolean isZero(byte[] data) {
        return Arrays.equals(data, new byte[data.length]);
    }
}
