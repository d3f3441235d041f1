package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.listener.ClientNetworks;
import io.dnsproxy.listener.ClientRules;
import io.dnsproxy.listener.ListenerCounters.Drop;
import io.dnsproxy.listener.RateLimit;
import io.dnsproxy.listener.RateLimitSettings;
import io.dnsproxy.listener.ServerCookies;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.UdpClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** Clients that ask more than their share, and those that only seem to. */
class ClientRateLimitTests {

    private static final int COOKIE = 10;
    private static final int ASKED = 1_000;

    /** One a second, and ten at once: so slow that no test sees the next one. */
    private static final int AT_ONCE = 10;

    private static final int SLIP = 4;

    private ScriptedResolver resolver;
    private TestProxy proxy;
    private UdpClient udp;

    @BeforeEach
    void start() throws Exception {
        resolver = ScriptedResolver.start();
        proxy = startOne(SLIP);
        udp = UdpClient.to(proxy.address());
    }

    @AfterEach
    void stop() {
        udp.close();
        proxy.close();
        resolver.close();
    }

    private TestProxy startOne(int slip) throws Exception {
        return TestProxy.start(TestProxy.Settings.asking(TestProxy.serverOf(resolver))
                .withCookies(new ServerCookies(List.of(), false, () -> System.currentTimeMillis() / 1_000))
                .withRateLimit(new RateLimit(new RateLimitSettings(
                        1, Duration.ofSeconds(AT_ONCE), slip, 32, 56, 1_024, ClientNetworks.of(List.of())))));
    }

    private static Message with(byte[] cookie) {
        Message query = Queries.query("www.example.org");
        query.addRecord(
                new OPTRecord(1232, 0, 0, 0, List.of(new GenericEDNSOption(COOKIE, cookie))), Section.ADDITIONAL);
        return query;
    }

    private void flood(UdpClient client) throws Exception {
        for (int i = 0; i < ASKED; i++) {
            client.send(Queries.query("www.example.org").toWire());
        }
    }

    @Row("P4")
    @Test
    void overTheLimitEverySoManiethIsToldToComeByTcpAndTheOthersGetNothing() throws Exception {
        flood(udp);
        await().until(() -> proxy.udp.counters().queries() == ASKED && proxy.udp.inFlight() == 0);

        long dropped = proxy.udp.counters().drops(Drop.LIMITED);
        long answered = ASKED - dropped;
        assertThat(dropped).isBetween(ASKED * (SLIP - 1) / SLIP - 20L, ASKED * (SLIP - 1) / SLIP + 1L);
        int cut = 0;
        for (long i = 0; i < answered; i++) {
            Message reply = new Message(udp.receive());
            cut += reply.getHeader().getFlag(Flags.TC) ? 1 : 0;
            assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(reply.getQuestion().getName()).hasToString("www.example.org.");
        }
        assertThat(cut).isBetween((ASKED - AT_ONCE) / SLIP - 5, ASKED / SLIP);
        assertThat(ClientMessageTests.answeredOrDropped(proxy.udp.counters())).isEqualTo(ASKED);
    }

    @Row("P4")
    @Test
    void whatIsSentToAFloodIsLessThanWhatCame() throws Exception {
        byte[] query = Queries.query("www.example.org").toWire();
        flood(udp);
        await().until(() -> proxy.udp.counters().queries() == ASKED && proxy.udp.inFlight() == 0);

        long octets = 0;
        for (long i = ASKED - proxy.udp.counters().drops(Drop.LIMITED); i > 0; i--) {
            octets += udp.receive().length;
        }

        assertThat(octets).isLessThan((long) query.length * ASKED / 2);
    }

    @Test
    void byTcpThereIsNoLimit() throws Exception {
        flood(udp);
        try (TcpClient tcp = TcpClient.to(proxy.address())) {
            for (int i = 0; i < 100; i++) {
                assertThat(tcp.ask(Queries.query("www.example.org")).getSection(Section.ANSWER))
                        .hasSize(1);
            }
        }
    }

    @Test
    void whoShowsAGoodCookieHasNoLimit() throws Exception {
        byte[] option = udp.ask(with(new byte[8]))
                .getOPT()
                .getOptions(COOKIE)
                .getFirst()
                .toWire();
        byte[] cookie = Arrays.copyOfRange(option, 4, option.length);
        try (UdpClient other = UdpClient.to(proxy.address())) {
            flood(other);
        }

        for (int i = 0; i < 100; i++) {
            assertThat(udp.ask(with(cookie)).getSection(Section.ANSWER)).hasSize(1);
        }
    }

    @Test
    void whoIsCutGetsTheCookieThatFreesIt() throws Exception {
        try (TestProxy telling = startOne(1);
                UdpClient client = UdpClient.to(telling.address())) {
            for (int i = 0; i < AT_ONCE; i++) {
                client.ask(Queries.query("www.example.org"));
            }

            Message reply = client.ask(with(new byte[8]));

            assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
            byte[] option = reply.getOPT().getOptions(COOKIE).getFirst().toWire();
            assertThat(client.ask(with(Arrays.copyOfRange(option, 4, option.length)))
                            .getSection(Section.ANSWER))
                    .hasSize(1);
        }
    }

    @Row("P3")
    @Test
    void whoIsNotServedGetsNothingWhereThatIsWished() throws Exception {
        ClientRules rules = new ClientRules(ClientNetworks.of(List.of("192.0.2.0/24")), true, null, null);
        try (TestProxy silent = TestProxy.start(
                        TestProxy.Settings.asking(TestProxy.serverOf(resolver)).with(rules));
                UdpClient client = UdpClient.to(silent.address());
                TcpClient tcp = TcpClient.to(silent.address())) {
            client.send(Queries.query("www.example.org").toWire());

            await().until(() -> silent.udp.counters().drops(Drop.PROHIBITED) == 1);
            assertThat(tcp.awaitEnd()).isNotNull();
        }
        assertThat(resolver.queries()).isEmpty();
    }
}
