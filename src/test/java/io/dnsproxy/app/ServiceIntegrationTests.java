package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.testkit.ExampleZone;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.testkit.Tools;
import io.dnsproxy.testkit.UdpClient;
import io.dnsproxy.testkit.Unbound;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The packaged program at work: one process, three upstreams of which one is down, and the clients and watchers of others. */
class ServiceIntegrationTests {

    private static final int DOWN_PORT = Jar.freePort();

    @TempDir
    private static Path folder;

    private static int dnsPort;
    private static int httpPort;
    private static ScriptedResolver first;
    private static ScriptedResolver second;
    private static Jar jar;

    @BeforeAll
    static void start() throws IOException {
        ThrowawayAuthority authority = ThrowawayAuthority.create();
        first = ScriptedResolver.start(authority);
        second = ScriptedResolver.start(authority);
        dnsPort = Jar.freePort();
        httpPort = Jar.freePort();
        jar = Jar.asking(Jar.writeAuthority(authority, folder), first, second)
                .and(
                        "RESOLVER_HOST",
                        Jar.serverOf(first) + "," + Jar.serverOf(second) + ",127.0.0.1@" + DOWN_PORT + "#"
                                + ScriptedResolver.NAME)
                .and("SERVER_PORT", dnsPort)
                .and("MANAGEMENT_SERVER_PORT", httpPort)
                .start();
        await().until(() -> jar.metric("dnsproxy_upstream_usable") == 2);
    }

    @AfterAll
    static void stop() {
        if (jar != null) {
            jar.close();
        }
        first.close();
        second.close();
    }

    @Test
    void serverPortIsThePortOfDnsAndNotOfActuator() throws Exception {
        InetSocketAddress dns = new InetSocketAddress(InetAddress.getLoopbackAddress(), dnsPort);
        try (UdpClient udp = UdpClient.to(dns);
                TcpClient tcp = TcpClient.to(dns)) {
            assertThat(addresses(udp.ask(Queries.query("www.example.org"))))
                    .isEqualTo(addresses(tcp.ask(Queries.query("www.example.org"))))
                    .isNotEmpty();
        }
        assertThat(jar.dns()).isEqualTo(dns);
        assertThat(jar.httpPort()).isEqualTo(httpPort);
        assertThat(jar.status("/actuator/health")).isEqualTo(200);
    }

    @Test
    void asksEveryUpstreamOfTheListInTurn() throws Exception {
        try (UdpClient client = UdpClient.to(jar.dns())) {
            for (int i = 0; i < 8; i++) {
                client.ask(Queries.query("turn" + i + ".example.org"));
            }
        }
        assertThat(first.queries().stream().filter(query -> query.name().startsWith("turn")))
                .hasSize(4);
        assertThat(second.queries().stream().filter(query -> query.name().startsWith("turn")))
                .hasSize(4);
    }

    @Test
    void isHealthyWithOneOfThreeUpstreamsDown() throws Exception {
        assertThat(jar.status("/actuator/health")).isEqualTo(200);
        assertThat(jar.get("/actuator/health").body())
                .contains("\"127.0.0.1@" + DOWN_PORT + "#resolver.example.net\":{\"usable\":false")
                .contains("\"reason\":\"connect\"");
        assertThat(jar.readiness()).isEqualTo(200);
        assertThat(jar.liveness()).isEqualTo(200);
    }

    @Test
    void tellsWhatItWasBuiltFrom() throws Exception {
        JsonNode info =
                JsonMapper.builder().build().readTree(jar.get("/actuator/info").body());

        assertThat(info.at("/build/version").asString()).isNotBlank();
        if (Files.exists(Path.of(".git"))) {
            assertThat(info.at("/git/commit/id").asString()).matches("[0-9a-f]{7,40}");
        }
        assertThat(jar.status("/actuator/sbom")).as("not exposed by default").isEqualTo(404);
    }

    @Test
    void tellsOfEachUpstreamHowItIsAndWhy() throws Exception {
        JsonNode report = JsonMapper.builder()
                .build()
                .readTree(jar.get("/actuator/upstreams").body());

        assertThat(report.at("/upstreams/0/name").asString()).isEqualTo(Jar.serverOf(first));
        assertThat(report.at("/upstreams/0/state").asString()).isIn("connected", "idle");
        assertThat(report.at("/upstreams/0/pins/0/pin").asString()).hasSize(44).endsWith("=");
        assertThat(report.at("/upstreams/2/state").asString()).isIn("backing_off", "failing");
        assertThat(report.at("/upstreams/2/lastError/reason").asString()).isEqualTo("connect");
        assertThat(report.at("/upstreams/2/lastError/at").asString()).startsWith("20");
        assertThat(report.get("changes")).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void logsNoNameAndNoClientOfQueriesThatFail() throws Exception {
        try (DatagramSocket client = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.9"));
                TcpClient tcp = TcpClient.to(jar.dns())) {
            client.setSoTimeout(5000);
            for (String name : List.of("servfail", "refused", "nxdomain", "bogus")) {
                byte[] query = Queries.query(name + ".example.org").toWire();
                client.send(new DatagramPacket(query, query.length, jar.dns()));
                client.receive(new DatagramPacket(new byte[4096], 4096));
            }
            tcp.send(new byte[] {0});
            tcp.awaitEnd();
        }

        assertThat(jar.stdout().lines())
                .noneMatch(line -> line.contains("example.org") || line.contains("127.0.0.9"))
                .noneMatch(line -> line.startsWith("\tat "))
                .hasSizeLessThanOrEqualTo(6);
        assertThat(jar.stderr()).isEmpty();
    }

    @Row("P5")
    @Test
    void countsWhatHappens() throws Exception {
        try (UdpClient udp = UdpClient.to(jar.dns());
                UdpClient other = UdpClient.to(jar.dns());
                TcpClient tcp = TcpClient.to(jar.dns())) {
            Counts before = Counts.now();
            udp.ask(Queries.query("counted1.example.org"));
            udp.ask(Queries.query("counted.nxdomain.example.org"));
            Message big = Queries.query("big.example.org", Type.TXT);
            big.getHeader().setFlag(Flags.CD); // so that nobody else has asked it before
            udp.ask(big);
            udp.send(new byte[] {1, 2, 3});
            tcp.ask(Queries.query("counted2.example.org"));
            tcp.ask(Queries.query("example.org", Type.AXFR));
            first.answer(query -> Reply.right().after(Duration.ofSeconds(1)));
            second.answer(query -> Reply.right().after(Duration.ofSeconds(1)));
            Message same = Queries.query("coalesced.example.org");
            udp.send(same.toWire());
            other.send(same.toWire());
            udp.receive();
            other.receive();
            first.answer(ScriptedResolver.HONEST);
            second.answer(ScriptedResolver.HONEST);
            await().untilAsserted(() ->
                    assertThat(Counts.now().minus(before)).isEqualTo(new Counts(6, 2, 4, 1, 1, 1, 5, 5, 5, 1, 1)));
        }
        assertThat(jar.metric("dnsproxy_upstream_handshakes_total", "kind=\"full\""))
                .isGreaterThanOrEqualTo(2);
        assertThat(jar.get("/actuator/prometheus").body())
                .contains("dnsproxy_upstream_handshakes_total{kind=\"resumed\"")
                .contains("dnsproxy_upstream_latency_seconds_bucket{");
        assertThat(jar.metric("dnsproxy_upstream_errors_total", "reason=\"connect\"", "@" + DOWN_PORT + "#"))
                .isPositive();
        assertThat(jar.metric("dnsproxy_upstream_connections", "@" + DOWN_PORT + "#"))
                .isZero();
        assertThat(jar.metric("dnsproxy_in_flight")).isZero();
        assertThat(jar.metric("dnsproxy_upstream_in_flight")).isZero();
    }

    /** What one known conversation must add to. */
    private record Counts(
            int udpQueries,
            int tcpQueries,
            int udpNoerror,
            int udpNxdomain,
            int tcpRefused,
            int unanswerable,
            int exchanges,
            int answers,
            int latencies,
            int coalesced,
            int truncated) {

        static Counts now() throws IOException {
            return new Counts(
                    count("dnsproxy_queries_total", "transport=\"udp\""),
                    count("dnsproxy_queries_total", "transport=\"tcp\""),
                    count("dnsproxy_responses_total", "transport=\"udp\"", "rcode=\"NOERROR\""),
                    count("dnsproxy_responses_total", "transport=\"udp\"", "rcode=\"NXDOMAIN\""),
                    count("dnsproxy_responses_total", "transport=\"tcp\"", "rcode=\"REFUSED\""),
                    count("dnsproxy_drops_total", "transport=\"udp\"", "reason=\"unanswerable\""),
                    count("dnsproxy_upstream_exchanges_total"),
                    count("dnsproxy_upstream_answers_total"),
                    count("dnsproxy_upstream_latency_seconds_count"),
                    count("dnsproxy_coalesced_total"),
                    count("dnsproxy_truncated_total", "transport=\"udp\""));
        }

        Counts minus(Counts before) {
            return new Counts(
                    udpQueries - before.udpQueries,
                    tcpQueries - before.tcpQueries,
                    udpNoerror - before.udpNoerror,
                    udpNxdomain - before.udpNxdomain,
                    tcpRefused - before.tcpRefused,
                    unanswerable - before.unanswerable,
                    exchanges - before.exchanges,
                    answers - before.answers,
                    latencies - before.latencies,
                    coalesced - before.coalesced,
                    truncated - before.truncated);
        }

        private static int count(String name, String... labels) throws IOException {
            return (int) jar.metric(name, labels);
        }
    }

    @Test
    void explainsEveryMeterAndKeepsItsLabelsBounded() throws Exception {
        String scraped = jar.get("/actuator/prometheus").body();
        Set<String> labels = new TreeSet<>();
        Pattern label = Pattern.compile("([a-z_]+)=\"");
        List<String> types = scraped.lines()
                .filter(line -> line.startsWith("# TYPE dnsproxy_"))
                .map(line -> line.substring("# TYPE ".length(), line.lastIndexOf(' ')))
                .toList();

        assertThat(types).hasSizeGreaterThan(20);
        for (String meter : types) {
            assertThat(scraped).containsPattern("# HELP " + Pattern.quote(meter) + " \\S+");
        }
        scraped.lines().filter(line -> line.startsWith("dnsproxy_")).forEach(line -> {
            Matcher found = label.matcher(line);
            while (found.find()) {
                labels.add(found.group(1));
            }
        });
        assertThat(labels).isSubsetOf("cache", "kind", "le", "rcode", "reason", "transport", "upstream");
        assertThat(scraped).doesNotContain("example.org", "127.0.0.9");
    }

    // ------------ a second one

    @Test
    void keepsASecondOneFromItsPort() {
        try (Jar another = Jar.with("SERVER_PORT", dnsPort).inHaste().launch()) {
            RefusedStartIntegrationTests.assertRefused(
                    another,
                    "SERVER_PORT (dnsproxy.listen.port) is " + dnsPort
                            + ", but another program listens on 127.0.0.1 port " + dnsPort + " already.",
                    "a second dnsproxy");
        }
    }

    // ------------ the clients of others

    @ParameterizedTest
    @ValueSource(
            strings = {"+notcp", "+tcp", "+bufsize=512", "+bufsize=4096", "+dnssec", "+noedns", "+ednsopt=65001:cafe"})
    void answersDig(String option) {
        Tools.assumeInstalled("dig");

        Tools.Output output = dig(option, "www.example.org", "A");

        assertThat(output.exitCode()).as(output.text()).isZero();
        assertThat(output.text())
                .contains("status: NOERROR", addressOf("www.example.org"))
                .doesNotContain("WARNING", "malformed", "OPT=", "mismatch");
    }

    @Test
    void givesDigACookieThatIsGood() {
        Tools.assumeInstalled("dig");

        Tools.Output output = dig("+cookie=0102030405060708", "www.example.org", "A");

        assertThat(output.text()).contains("status: NOERROR", "(good)").doesNotContain("echoed");
    }

    @Test
    void passesTheDnssecBitsToAndFromDig() {
        Tools.assumeInstalled("dig");

        assertThat(dig("+dnssec", "secure.example.org", "A").text())
                .contains("RRSIG")
                .containsPattern("flags: qr rd ra ad;")
                .contains("flags: do;");
        assertThat(dig("+nodnssec", "secure.example.org", "A").text()).doesNotContain("RRSIG");
    }

    @Test
    void letsDigAskAgainByTcpWhatWasTruncated() {
        Tools.assumeInstalled("dig");

        assertThat(dig("+ignore", "big.example.org", "TXT").text()).containsPattern("flags: qr tc rd ra");
        assertThat(dig("+noignore", "big.example.org", "TXT").text()).contains("bbbbb", "(TCP)");
    }

    @Test
    void answersDigWithoutAHitchForUnusualQuestions() {
        Tools.assumeInstalled("dig");

        assertThat(dig("+notcp", "www.example.org", "ANY").text()).contains("status: NOERROR");
        Tools.Output chaos = dig("+noall", "+comments", "version.bind", "TXT", "CH");
        assertThat(chaos.exitCode()).as(chaos.text()).isZero();
        assertThat(chaos.text()).containsPattern("status: (NOERROR|REFUSED|NOTIMP|NXDOMAIN|SERVFAIL)");
        assertThat(dig("nxdomain.example.org", "A").text()).contains("status: NXDOMAIN");
        assertThat(dig("+opcode=notify", "www.example.org", "A").text()).contains("status: NOTIMP");
        assertThat(dig("+edns=1", "+noednsnegotiation", "www.example.org", "A").text())
                .contains("status: BADVERS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+notcp", "+tcp", "+dnssec", "+cookie"})
    void answersKdig(String option) {
        Tools.assumeInstalled("kdig");

        Tools.Output output = Tools.run("kdig", "@127.0.0.1", "-p", port(), option, "www.example.org", "A");

        assertThat(output.exitCode()).as(output.text()).isZero();
        assertThat(output.text())
                .contains("status: NOERROR", addressOf("www.example.org"))
                .doesNotContain(";; WARNING", ";; ERROR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-vc", "-novc"})
    void answersNslookup(String transport) throws Exception {
        Tools.assumeInstalled("nslookup");
        double before =
                jar.metric("dnsproxy_queries_total", "transport=\"" + (transport.equals("-vc") ? "tcp" : "udp"));

        Tools.Output output = Tools.run("nslookup", transport, "-port=" + port(), "www.example.org", "127.0.0.1");

        assertThat(output.exitCode()).as(output.text()).isZero();
        assertThat(output.text()).contains(addressOf("www.example.org"));
        assertThat(jar.metric("dnsproxy_queries_total", "transport=\"" + (transport.equals("-vc") ? "tcp" : "udp")))
                .isGreaterThan(before);
    }

    @Test
    void answersARealUnboundThatForwards() throws Exception {
        Tools.assumeInstalled("unbound");
        try (Unbound unbound = Unbound.forwardingTo(jar.dns());
                UdpClient udp = UdpClient.to(unbound.address());
                TcpClient tcp = TcpClient.to(unbound.address())) {
            assertThat(addresses(udp.ask(Queries.query("forwarded.example.org"))))
                    .containsExactly(addressOf("forwarded.example.org"));
            assertThat(tcp.ask(Queries.query("big.example.org", Type.TXT)).getSection(Section.ANSWER))
                    .isNotEmpty();
        }
    }

    /** By IPv4 alone, since that machine may have nothing else: it then listens on 0.0.0.0. */
    @Test
    void asksARealUnboundOverTlsAndOnlyByItsName() throws Exception {
        Tools.assumeInstalled("unbound");
        ThrowawayAuthority authority = ThrowawayAuthority.create();
        Path own = Files.createDirectory(folder.resolve("unbound"));
        try (Unbound unbound = Unbound.overTls(
                        authority.issue("unbound.example.net"),
                        List.of("www.example.org. 300 IN A 192.0.2.80", "www.example.org. 300 IN TXT \"hello\""));
                Jar proxy = Jar.with("RESOLVER_HOST", "127.0.0.1#unbound.example.net,127.0.0.1#other.example.net")
                        .and("RESOLVER_PORT", unbound.port())
                        .without("SERVER_ADDRESS")
                        .trusting(Jar.writeAuthority(authority, own))
                        .jvm("-Djava.net.preferIPv4Stack=true")
                        .inHaste()
                        .start();
                UdpClient udp = UdpClient.to(proxy.dns());
                TcpClient tcp = TcpClient.to(proxy.dns())) {
            assertThat(proxy.stdout()).contains("answering on 0.0.0.0:");
            for (int i = 0; i < 4; i++) {
                assertThat(addresses(udp.ask(Queries.query("www.example.org")))).containsExactly("192.0.2.80");
            }
            assertThat(addresses(tcp.ask(Queries.query("www.example.org", Type.TXT))))
                    .containsExactly("hello");
            assertThat(proxy.get("/actuator/health").body())
                    .containsPattern("#other.example.net\":\\{\"usable\":false.*\"reason\":\"certificate\"");
            assertThat(proxy.metric("dnsproxy_upstream_exchanges_total", "#other.example.net"))
                    .isZero();
            assertThat(proxy.stdout()).doesNotContain("\tat ");
        }
    }

    private static Tools.Output dig(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("dig", "@127.0.0.1", "-p", port(), "+tries=1", "+time=5", "+nocookie"));
        command.addAll(List.of(arguments));
        return Tools.run(command.toArray(String[]::new));
    }

    private static String port() {
        return Integer.toString(dnsPort);
    }

    private static String addressOf(String name) {
        return ExampleZone.addressOf(name).getHostAddress();
    }

    private static List<String> addresses(Message answer) {
        return answer.getSection(Section.ANSWER).stream()
                .map(Record::rdataToString)
                .toList();
    }
}
