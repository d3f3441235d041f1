package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.DnsproxyApplication;
import io.dnsproxy.listener.TcpListener;
import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.PlainResolver;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.testkit.Tools;
import io.dnsproxy.testkit.UdpClient;
import io.dnsproxy.testkit.Unbound;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The application with routes, between a client, a resolver for everybody, and two of somebody's own. */
@ExtendWith(OutputCaptureExtension.class)
class RouteTests {

    private final ThrowawayAuthority authority = ThrowawayAuthority.create();
    private ScriptedResolver everybodys;
    private ScriptedResolver overTls;
    private PlainResolver inClear;
    private ConfigurableApplicationContext context;
    private UdpClient client;

    @BeforeEach
    void start() throws Exception {
        everybodys = ScriptedResolver.start(authority);
        overTls = ScriptedResolver.start(authority);
        inClear = PlainResolver.start();
        startProxy(inClear.text());
    }

    private void startProxy(String plain) throws Exception {
        Map<String, String> settings = new TreeMap<>();
        settings.put("server.port", "0");
        settings.put("dnsproxy.listen.address", "127.0.0.1");
        settings.put("dnsproxy.listen.port", "0");
        settings.put("dnsproxy.listen.tls.ssl-bundle", ""); // blank is none
        settings.put("dnsproxy.upstream.servers", serverOf(everybodys));
        settings.put("dnsproxy.upstream.ssl-bundle", "test");
        settings.put("dnsproxy.upstream.total-timeout", "2s");
        settings.put("spring.ssl.bundle.pem.test.truststore.certificate", authority.pem());
        settings.put("dnsproxy.routes[0].suffix", "corp.local");
        settings.put("dnsproxy.routes[0].servers", plain);
        settings.put("dnsproxy.routes[1].suffix", "10.in-addr.arpa");
        settings.put("dnsproxy.routes[1].servers", plain);
        settings.put("dnsproxy.routes[2].suffix", "lab.corp.local");
        settings.put("dnsproxy.routes[2].servers", serverOf(overTls));
        SpringApplication application = new SpringApplication(DnsproxyApplication.class);
        application.setRegisterShutdownHook(false);
        context = application.run(settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new));
        client = UdpClient.to(dns());
    }

    private InetSocketAddress dns() {
        return context.getBean(TcpListener.class).localAddresses().getFirst();
    }

    private static String serverOf(ScriptedResolver resolver) {
        return "127.0.0.1@" + resolver.port() + "#" + ScriptedResolver.NAME;
    }

    @AfterEach
    void stop() {
        stopProxy();
        inClear.close();
        overTls.close();
        everybodys.close();
    }

    private void stopProxy() {
        client.close();
        context.close();
    }

    private Message ask(String name, int type) throws Exception {
        return client.ask(Queries.withEdns(Queries.query(name, type), 1232, 0));
    }

    /** Those that somebody asked for: a resolver may be sent queries of the proxy's own. */
    private static boolean knows(ScriptedResolver resolver, String name) {
        return !resolver.queries(name).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"corp.local", "www.Corp.Local", "1.2.3.10.in-addr.arpa"})
    void namesWithARouteAreAskedForThereSpecialOrNot(String name) throws Exception {
        assertThat(ask(name, Type.PTR).getRcode()).isEqualTo(Rcode.NOERROR);

        assertThat(inClear.byUdp()) // more than one where the first took long
                .isNotEmpty()
                .allSatisfy(query -> assertThat(query.isFor(name)).isTrue());
        assertThat(knows(everybodys, name)).isFalse();
        assertThat(knows(overTls, name)).isFalse();
    }

    @Test
    void theLongestSuffixWinsAndOtherNamesGoWhereAllNamesGo() throws Exception {
        ask("www.lab.corp.local", Type.A);
        ask("www.example.org", Type.A);
        assertThat(ask("printer.local", Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(ask("1.0.168.192.in-addr.arpa", Type.PTR).getRcode()).isEqualTo(Rcode.NXDOMAIN);

        assertThat(knows(overTls, "www.lab.corp.local")).isTrue();
        assertThat(knows(everybodys, "www.example.org")).isTrue();
        assertThat(knows(everybodys, "www.lab.corp.local")).isFalse();
        assertThat(inClear.byUdp()).isEmpty();
    }

    @Test
    void answersAreKeptAndComeByTcpToo() throws Exception {
        ask("www.corp.local", Type.A);

        try (TcpClient tcp = TcpClient.to(dns())) {
            assertThat(tcp.ask(Queries.query("www.corp.local")).getSection(Section.ANSWER))
                    .isEqualTo(ask("www.corp.local", Type.A).getSection(Section.ANSWER))
                    .isNotEmpty();
        }
        assertThat(inClear.byUdp()).hasSize(1);
    }

    @Test
    void aTruncatedAnswerIsFetchedWhole() throws Exception {
        inClear.answer(query -> Reply.edited(answer -> {
            answer.removeAllRecords(Section.ANSWER);
            answer.getHeader().setFlag(Flags.TC);
            return answer;
        }));
        inClear.answerByTcp(query -> Reply.right());

        try (TcpClient tcp = TcpClient.to(dns())) {
            Message answer = tcp.ask(Queries.query("big.corp.local", Type.TXT));
            assertThat(answer.getHeader().getFlag(Flags.TC)).isFalse();
            assertThat(answer.getSection(Section.ANSWER)).isNotEmpty();
        }
    }

    @Test
    void aLostDatagramCostsAMoment() throws Exception {
        inClear.answer(query -> inClear.byUdp().size() == 1 ? Reply.none() : Reply.right());

        assertThat(ask("www.corp.local", Type.A).getRcode()).isEqualTo(Rcode.NOERROR);

        assertThat(inClear.byUdp()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRouteThatFailsIsAnErrorAndNobodyElseIsAskedAndHealthStaysUp(boolean silent, CapturedOutput output)
            throws Exception {
        ask("www.example.org", Type.A); // ready
        String name = inClear.text();
        overTls.stopListening();
        overTls.endConnections(Ending.FIN);
        if (silent) {
            inClear.answer(query -> Reply.none());
        } else {
            inClear.close();
        }

        for (String asked : List.of("www.corp.local", "www.lab.corp.local")) {
            Message answer = ask(asked, Type.A);
            assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL);
            assertThat(answer.getOPT().getOptions())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            ExtendedErrorCodeOption.class,
                            error -> assertThat(error.getErrorCode())
                                    .isIn(
                                            ExtendedErrorCodeOption.NO_REACHABLE_AUTHORITY,
                                            ExtendedErrorCodeOption.NETWORK_ERROR));
            assertThat(knows(everybodys, asked)).isFalse();
        }
        if (silent) {
            assertThat(inClear.byUdp()).hasSize(3); // RFC 9520 3.1
            assertThat(output).doesNotContain(name + " is not usable"); // it may have been the name
            ask("mail.corp.local", Type.A);
        }
        assertThat(output).containsOnlyOnce("upstream " + name + " is not usable");
        HealthEndpoint health = context.getBean(HealthEndpoint.class);
        assertThat(health.health().getStatus().getCode()).isEqualTo("UP");
        assertThat(Objects.requireNonNull(health.healthForPath("readiness"))
                        .getStatus()
                        .getCode())
                .isEqualTo("UP");
        assertThat(((IndicatedHealthDescriptor) Objects.requireNonNull(health.healthForPath("upstreams"))).getDetails())
                .extractingByKey("routes")
                .asString()
                .contains("lab.corp.local={", "corp.local={" + name + "={usable=false");
    }

    @Test
    void theLogSaysWhatLeavesInClear(CapturedOutput output) {
        assertThat(output)
                .contains("WARN")
                .contains("names under corp.local leave in plain DNS, to " + inClear.text())
                .contains("names under lab.corp.local are asked for at 127.0.0.1@" + overTls.port());
    }

    @Test
    void aRealUnboundAnswersForItsZone() throws Exception {
        Tools.assumeInstalled("unbound");
        stopProxy();
        try (Unbound unbound = Unbound.inClear(List.of("www.corp.local. 300 IN A 192.0.2.7"))) {
            startProxy("udp://127.0.0.1:" + unbound.port());

            assertThat(ask("www.corp.local", Type.A).getSection(Section.ANSWER))
                    .singleElement()
                    .satisfies(answer -> assertThat(answer.rdataToString()).isEqualTo("192.0.2.7"));
            assertThat(ask("none.corp.local", Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);
        }
        assertThat(knows(everybodys, "none.corp.local")).isFalse();
    }
}
