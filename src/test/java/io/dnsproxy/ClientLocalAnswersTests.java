package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.resolver.local.LocalAnswers;
import io.dnsproxy.resolver.local.ServerIdentity;
import io.dnsproxy.resolver.local.SpecialNames;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.UdpClient;
import java.util.List;
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
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What the proxy answers by itself and no resolver ever hears of, seen from both sides. */
class ClientLocalAnswersTests {

    private static ScriptedResolver resolver;
    private static TestProxy proxy;
    private UdpClient udp;
    private TcpClient tcp;

    @BeforeAll
    static void startProxy() throws Exception {
        resolver = ScriptedResolver.start();
        proxy = TestProxy.start(TestProxy.Settings.asking(TestProxy.serverOf(resolver))
                .keeping(CacheSettings.defaults())
                .answering(new LocalAnswers(
                        SpecialNames.except(List.of("corp.local", "1.10.in-addr.arpa")),
                        new ServerIdentity("a version", "a name"))));
    }

    @AfterAll
    static void stopProxy() {
        proxy.close();
        resolver.close();
    }

    @BeforeEach
    void start() throws Exception {
        resolver.forgetQueries();
        udp = UdpClient.to(proxy.address());
        tcp = TcpClient.to(proxy.address());
    }

    @AfterEach
    void stop() throws Exception {
        tcp.close();
        udp.close();
    }

    private List<Message> askBoth(Message query) throws Exception {
        return List.of(udp.ask(query), tcp.ask(query));
    }

    private static Message chaos(String name, int type) {
        return Message.newQuery(Record.newRecord(Name.fromConstantString(name), type, DClass.CH));
    }

    private static Message withoutRecursion(String name) {
        Message query = Queries.withEdns(Queries.query(name), 1232, 0);
        query.getHeader().unsetFlag(Flags.RD);
        return query;
    }

    @ParameterizedTest
    @ValueSource(ints = {DClass.ANY, DClass.HS})
    void aSpecialNameDoesNotLeaveInAnotherClassEither(int dnsClass) throws Exception {
        for (Message answer : askBoth(
                Message.newQuery(Record.newRecord(Name.fromConstantString("secret.onion."), Type.A, dnsClass)))) {
            assertThat(answer.getRcode()).isEqualTo(Rcode.REFUSED);
        }
        assertThat(resolver.queries()).isEmpty();
    }

    @Test
    void aQuestionAboutTheServerForAnyTypeIsAnsweredAlikeByUdpAndTcp() throws Exception {
        List<Message> answers = askBoth(chaos("version.bind.", Type.ANY));

        assertThat(answers.getFirst().getSection(Section.ANSWER))
                .isEqualTo(answers.getLast().getSection(Section.ANSWER))
                .isNotEmpty();
        assertThat(resolver.queries()).isEmpty();
    }

    @Row("M17")
    @ParameterizedTest
    @CsvSource({
        "invalid, 1, NXDOMAIN",
        "Secret.INVALID, 28, NXDOMAIN",
        "secret.test, 1, NXDOMAIN",
        "printer.local, 28, NXDOMAIN",
        "secret.onion, 65, NXDOMAIN",
        "secret.alt, 16, NXDOMAIN",
        "home.arpa, 1, NOERROR",
        "fridge.home.arpa, 1, NXDOMAIN",
        "_dns.resolver.arpa, 64, NOERROR",
        "resolver.arpa, 1, NOERROR",
        "1.2.3.10.in-addr.arpa, 12, NXDOMAIN",
        "1.0.0.127.in-addr.arpa, 12, NXDOMAIN",
        "16.172.in-addr.arpa, 12, NOERROR",
        "1.31.172.in-addr.arpa, 12, NXDOMAIN",
        "1.0.168.192.in-addr.arpa, 12, NXDOMAIN",
        "1.1.254.169.in-addr.arpa, 12, NXDOMAIN",
        "1.1.64.100.in-addr.arpa, 12, NXDOMAIN",
        "1.1.127.100.in-addr.arpa, 12, NXDOMAIN",
        "1.2.0.192.in-addr.arpa, 12, NXDOMAIN",
        "1.0.0.d.f.ip6.arpa, 12, NXDOMAIN",
        "1.0.0.8.e.f.ip6.arpa, 12, NXDOMAIN",
        "1.0.0.8.b.d.0.1.0.0.2.ip6.arpa, 12, NXDOMAIN",
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa, 12, NOERROR",
        "localhost, 16, NOERROR",
    })
    void aNameWithoutMeaningInThePublicDnsIsDeniedAndNotPassedOn(String name, int type, String rcode) throws Exception {
        Message query = Queries.withEdns(Queries.query(name, type), 1232, 0);

        for (Message reply : askBoth(query)) {
            assertThat(Rcode.string(reply.getRcode())).isEqualTo(rcode);
            assertThat(reply.getQuestion()).isEqualTo(query.getQuestion());
            assertThat(reply.getSection(Section.ANSWER)).isEmpty();
            assertThat(reply.getSection(Section.AUTHORITY))
                    .singleElement()
                    .isInstanceOfSatisfying(SOARecord.class, soa -> {
                        assertThat(query.getQuestion().getName().subdomain(soa.getName()))
                                .isTrue();
                        assertThat(soa.getTTL()).isEqualTo(10_800);
                        assertThat(soa.getMinimum()).isEqualTo(10_800);
                    });
            assertThat(reply.getHeader().getFlag(Flags.RA)).isTrue();
        }
        assertThat(resolver.queries()).isEmpty();
    }

    @Row("M17")
    @ParameterizedTest
    @CsvSource({"localhost, 1, 127.0.0.1", "www.LocalHost, 28, ::1"})
    void localhostIsLoopback(String name, int type, String address) throws Exception {
        for (Message reply : askBoth(Queries.query(name, type))) {
            assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(reply.getSection(Section.ANSWER)).singleElement().satisfies(answer -> {
                assertThat(answer.getName())
                        .isEqualTo(Queries.query(name).getQuestion().getName());
                assertThat(answer.rdataToString()).isEqualTo(address.equals("::1") ? "0:0:0:0:0:0:0:1" : address);
            });
        }
        assertThat(resolver.queries()).isEmpty();
    }

    @Test
    void anEmptyZoneHasItsOwnRecords() throws Exception {
        assertThat(udp.ask(Queries.query("10.in-addr.arpa", Type.SOA)).getSection(Section.ANSWER))
                .singleElement()
                .isInstanceOf(SOARecord.class);
        assertThat(udp.ask(Queries.query("10.in-addr.arpa", Type.NS)).getSection(Section.ANSWER))
                .singleElement()
                .satisfies(record -> assertThat(record.rdataToString()).isEqualTo("10.in-addr.arpa."));
        assertThat(resolver.queries()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost.example.org",
                "notinvalid",
                "arpa",
                "home.arpa.example.org",
                "nothome.arpa",
                "1.1.1.8.in-addr.arpa",
                "1.1.15.172.in-addr.arpa",
                "1.1.32.172.in-addr.arpa",
                "1.1.63.100.in-addr.arpa",
                "1.1.128.100.in-addr.arpa",
                "corp.local",
                "www.corp.local",
                "5.4.1.10.in-addr.arpa",
                "."
            })
    void otherNamesAndExceptedOnesAreAskedFor(String name) throws Exception {
        udp.ask(Queries.query(name, Type.PTR));

        assertThat(resolver.queries()).hasSize(1);
    }

    @Test
    void whatTheParentSaysOfAnEmptyZoneIsAskedFor() throws Exception {
        udp.ask(Queries.query("home.arpa", Type.DS));

        assertThat(resolver.queries()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"version.bind., a version", "Version.Server., a version", "id.server., a name", "hostname.bind., a name"
    })
    void tellsWhatItWasToldToTellAboutItself(String name, String text) throws Exception {
        for (Message reply : askBoth(chaos(name, Type.TXT))) {
            assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(reply.getSection(Section.ANSWER)).singleElement().satisfies(answer -> {
                assertThat(answer.getDClass()).isEqualTo(DClass.CH);
                assertThat(answer.rdataToString()).isEqualTo('"' + text + '"');
            });
        }
        assertThat(resolver.queries()).isEmpty();
    }

    @Test
    void tellsNothingElseAndNeverWhatTheResolverTells() throws Exception {
        assertThat(udp.ask(chaos("authors.bind.", Type.TXT)).getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(udp.ask(chaos("version.bind.", Type.A)).getRcode()).isEqualTo(Rcode.REFUSED);
        try (TestProxy untold = TestProxy.asking(resolver);
                UdpClient client = UdpClient.to(untold.address())) {
            assertThat(client.ask(chaos("version.bind.", Type.TXT)).getRcode()).isEqualTo(Rcode.REFUSED);
        }
        assertThat(resolver.queries()).isEmpty();
    }

    @Row("M18")
    @Test
    void whoeverWantsNoRecursionGetsWhatIsKnownOrARefusal() throws Exception {
        for (Message reply : askBoth(withoutRecursion("www.example.org"))) {
            assertThat(reply.getRcode()).isEqualTo(Rcode.REFUSED);
            assertThat(((ExtendedErrorCodeOption) reply.getOPT().getOptions().getFirst()).getErrorCode())
                    .isEqualTo(ExtendedErrorCodeOption.NOT_AUTHORITATIVE);
        }
        assertThat(resolver.queries()).isEmpty();

        udp.ask(Queries.query("www.example.org"));

        for (Message reply : askBoth(withoutRecursion("www.example.org"))) {
            assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(reply.getSection(Section.ANSWER)).hasSize(1);
        }
        assertThat(resolver.queries()).hasSize(1);
    }

    @Row("M15")
    @ParameterizedTest
    @ValueSource(strings = {"secret.test", "fridge.home.arpa"})
    void everyTypeOfASpecialNameThatDoesNotExistIsDeniedAsOneTypeIs(String name) throws Exception {
        for (Message reply : askBoth(Queries.query(name, Type.ANY))) {
            assertThat(reply.getRcode()).isEqualTo(Rcode.NXDOMAIN);
            assertThat(reply.getSection(Section.ANSWER)).isEmpty();
            assertThat(reply.getSection(Section.AUTHORITY)).hasSize(1);
        }
        assertThat(udp.ask(Queries.query("home.arpa", Type.ANY)).getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(resolver.queries()).isEmpty();
    }

    @Row("M15")
    @Test
    void everyTypeAtOnceIsOneSmallRecordByUdpAndAskedForByTcp() throws Exception {
        Message query = Queries.query("example.org", Type.ANY);

        byte[] reply = udp.ask(query.toWire());

        assertThat(new Message(reply).getSection(Section.ANSWER))
                .singleElement()
                .satisfies(record -> {
                    assertThat(record.getType()).isEqualTo(Type.HINFO);
                    assertThat(record.getTTL()).isEqualTo(3_600);
                    assertThat(record.rdataToString()).isEqualTo("\"RFC8482\" \"\"");
                });
        assertThat(reply.length).isLessThan(2 * query.toWire().length);
        assertThat(resolver.queries()).isEmpty();

        tcp.ask(query);

        assertThat(resolver.queries()).hasSize(1);
        assertThat(new Message(udp.ask(query.toWire())).getSection(Section.ANSWER))
                .singleElement()
                .satisfies(record -> assertThat(record.getType()).isEqualTo(Type.HINFO));
    }
}
