package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.listener.ServerCookies;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.UdpClient;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.CookieOption;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** DNS Cookies as a client sees them (RFC 7873, RFC 9018). */
class ClientCookieTests {

    private static final int COOKIE = 10;
    private static final byte[] CLIENT = {1, 2, 3, 4, 5, 6, 7, 8};

    /** As long as the client's and a server's cookie of RFC 9018. */
    private static final int WHOLE_OCTETS = 24;

    private ScriptedResolver resolver;
    private TestProxy lenient;
    private TestProxy strict;
    private UdpClient udp;
    private UdpClient udpToStrict;

    @BeforeEach
    void start() throws Exception {
        resolver = ScriptedResolver.start();
        lenient = startOne(false);
        strict = startOne(true);
        udp = UdpClient.to(lenient.address());
        udpToStrict = UdpClient.to(strict.address());
    }

    private TestProxy startOne(boolean enforced) throws Exception {
        return TestProxy.start(TestProxy.Settings.asking(TestProxy.serverOf(resolver))
                .keeping(CacheSettings.defaults())
                .withCookies(new ServerCookies(
                        List.of(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f")),
                        enforced,
                        () -> System.currentTimeMillis() / 1_000)));
    }

    @AfterEach
    void stop() {
        udp.close();
        udpToStrict.close();
        lenient.close();
        strict.close();
        resolver.close();
    }

    private static Message with(Message query, byte[] cookie) {
        Message copy = query.clone();
        copy.addRecord(
                new OPTRecord(1232, 0, 0, 0, List.of(new GenericEDNSOption(COOKIE, cookie))), Section.ADDITIONAL);
        return copy;
    }

    private static byte[] cookieOf(Message reply) {
        return reply.getOPT().getOptions(COOKIE).stream()
                .map(CookieOption.class::cast)
                .map(cookie -> {
                    byte[] wire = cookie.toWire();
                    return java.util.Arrays.copyOfRange(wire, 4, wire.length);
                })
                .findFirst()
                .orElseThrow();
    }

    @Row("E17")
    @Test
    void everyAnswerToAClientWithACookieHasOneOfOursThatIsGood() throws Exception {
        Message query = Queries.query("www.example.org");
        try (TcpClient tcp = TcpClient.to(lenient.address())) {
            for (Message reply : List.of(
                    udp.ask(with(query, CLIENT)), // from the upstream
                    udp.ask(with(query, CLIENT)), // from the cache
                    udp.ask(with(Queries.query("servfail.example.org"), CLIENT)),
                    tcp.ask(with(query, CLIENT)))) {
                byte[] cookie = cookieOf(reply);
                assertThat(cookie).hasSize(WHOLE_OCTETS).startsWith(CLIENT);
                assertThat(udpToStrict.ask(with(query, cookie)).getRcode()).isEqualTo(Rcode.NOERROR);
            }
        }
        assertThat(resolver.queries())
                .allSatisfy(seen ->
                        assertThat(seen.message().getOPT().getOptions(COOKIE)).isEmpty());
    }

    @Test
    void aClientWithoutCookieGetsNone() throws Exception {
        Message reply = udp.ask(Queries.withEdns(Queries.query("www.example.org"), 1232, 0));

        assertThat(reply.getOPT().getOptions()).isEmpty();
    }

    @Row("E17")
    @Test
    void whereTheyAreEnforcedAClientLearnsItsCookieFirst() throws Exception {
        Message query = Queries.query("www.example.org");

        Message refused = udpToStrict.ask(with(query, CLIENT));

        assertThat(refused.getRcode()).isEqualTo(Rcode.BADCOOKIE);
        assertThat(refused.getSection(Section.ANSWER)).isEmpty();
        assertThat(resolver.queries()).isEmpty();

        Message reply = udpToStrict.ask(with(query, cookieOf(refused)));

        assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(reply.getSection(Section.ANSWER)).hasSize(1);
    }

    @Test
    void whereTheyAreEnforcedOneThatIsNotOursIsWorthNothing() throws Exception {
        byte[] forged = HexFormat.of().parseHex("0102030405060708" + "01000000" + "00000000" + "1122334455667788");

        assertThat(udpToStrict
                        .ask(with(Queries.query("www.example.org"), forged))
                        .getRcode())
                .isEqualTo(Rcode.BADCOOKIE);
        assertThat(resolver.queries()).isEmpty();
    }

    @Test
    void whereTheyAreEnforcedTcpAndClientsThatKnowNoneAreServed() throws Exception {
        try (TcpClient tcp = TcpClient.to(strict.address())) {
            assertThat(tcp.ask(with(Queries.query("www.example.org"), CLIENT)).getRcode())
                    .isEqualTo(Rcode.NOERROR);
        }
        assertThat(udpToStrict.ask(Queries.query("www.example.org")).getRcode()).isEqualTo(Rcode.NOERROR);
    }

    @Row("E17")
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 9, 15, 41, 60})
    void anImpossibleLengthIsMalformed(int octets) throws Exception {
        Message query = with(Queries.query("www.example.org"), new byte[octets]);

        assertThat(udp.ask(query).getRcode()).isEqualTo(Rcode.FORMERR);
        assertThat(resolver.queries()).isEmpty();
    }

    @Test
    void withoutCookiesTheyAreIgnoredWhateverTheyAre() throws Exception {
        try (TestProxy without = TestProxy.asking(resolver);
                UdpClient client = UdpClient.to(without.address())) {
            for (byte[] cookie : List.of(CLIENT, new byte[3], new byte[24])) {
                Message reply = client.ask(with(Queries.query("www.example.org"), cookie));
                assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
                assertThat(reply.getOPT().getOptions()).isEmpty();
            }
        }
    }

    @Test
    void aClientMayAskForACookieAlone() throws Exception {
        Message reply = udp.ask(with(new Message(4711), CLIENT));

        assertThat(reply.getHeader().getID()).isEqualTo(4711);
        assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(reply.getSection(Section.QUESTION)).isEmpty();
        assertThat(cookieOf(reply)).hasSize(WHOLE_OCTETS);
        try (TestProxy without = TestProxy.asking(resolver);
                UdpClient client = UdpClient.to(without.address())) {
            assertThat(client.ask(with(new Message(4711), CLIENT)).getRcode()).isEqualTo(Rcode.FORMERR);
        }
    }

    @Row("E17")
    @Test
    void aClientMayAskWhetherItsCookieIsGood() throws Exception {
        byte[] good = cookieOf(udp.ask(with(new Message(4711), CLIENT)));
        byte[] bad = good.clone();
        bad[WHOLE_OCTETS - 1]++;
        try (TcpClient tcp = TcpClient.to(lenient.address())) {
            for (Message reply : List.of(udp.ask(with(new Message(1), bad)), tcp.ask(with(new Message(1), bad)))) {
                assertThat(reply.getRcode()).isEqualTo(Rcode.BADCOOKIE);
                assertThat(cookieOf(reply)).hasSize(WHOLE_OCTETS).startsWith(CLIENT);
            }
            for (Message reply : List.of(
                    udp.ask(with(new Message(1), good)),
                    tcp.ask(with(new Message(1), good)),
                    tcp.ask(with(new Message(1), CLIENT)))) {
                assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
            }
        }
    }
}
