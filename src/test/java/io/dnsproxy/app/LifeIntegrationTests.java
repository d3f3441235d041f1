package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.testkit.UdpClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** The packaged program from its start to its end, with upstreams that come and go. */
class LifeIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ThrowawayAuthority authority = ThrowawayAuthority.create();

    @TempDir
    private Path folder;

    private Path authorityPem;

    @BeforeEach
    void writeAuthority() throws IOException {
        authorityPem = authority.writePem(folder);
    }

    @Row("P6")
    @Test
    void answersAllThatIsInFlightWhenItIsTerminated() throws Exception {
        try (ScriptedResolver resolver = ScriptedResolver.start(authority);
                Jar jar = Jar.asking(authorityPem, resolver)
                        .and("DNSPROXY_SHUTDOWN_DELAY", "2s")
                        .and("DNSPROXY_UPSTREAM_CONNECT_TIMEOUT", "4s")
                        .and("DNSPROXY_UPSTREAM_TOTAL_TIMEOUT", "6s")
                        .and("DNSPROXY_UPSTREAM_ATTEMPT_TIMEOUT", "6s")
                        .start();
                UdpClient udp = UdpClient.to(jar.dns());
                UdpClient late = UdpClient.to(jar.dns());
                TcpClient tcp = TcpClient.to(jar.dns())) {
            await().atMost(PATIENCE).until(() -> jar.readiness() == 200);
            resolver.answer(query -> query.name().startsWith("late")
                    ? Reply.right()
                    : Reply.right().after(Duration.ofMillis(3_200)));
            List<Message> queries = queries("udp", 100);
            for (Message query : queries) {
                udp.send(query.toWire());
            }
            tcp.send(queries("tcp", 10).toArray(Message[]::new));
            await().atMost(PATIENCE).until(() -> resolver.queries().size() >= 110);

            long startNanos = System.nanoTime();
            jar.signal("TERM");
            await().pollInterval(Duration.ofMillis(5)).until(() -> jar.readiness() == 503);
            Duration untilNotReady = Duration.ofNanos(System.nanoTime() - startNanos);
            int alive = jar.liveness();
            Message duringDelay = late.ask(Queries.query("late.example.org"));
            List<Integer> livenesses = livenessesUntilTheEnd(jar);

            assertThat(jar.exitCode()).isEqualTo(143);
            assertThat(untilNotReady).isLessThan(Duration.ofMillis(1_900));
            assertThat(alive).isEqualTo(200);
            assertThat(livenesses).isNotEmpty().containsOnly(200);
            assertThat(duringDelay.getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(answersOf(udp, 100).values())
                    .hasSize(100)
                    .allMatch(answer -> answer.getRcode() == Rcode.NOERROR);
            for (int i = 0; i < 10; i++) {
                assertThat(tcp.receiveMessage().getRcode()).isEqualTo(Rcode.NOERROR);
            }
            assertThat(tcp.awaitEnd()).isEqualTo(Ending.FIN);
            assertThat(resolver.lastConnection().ending()).isEqualTo(Ending.CLOSE_NOTIFY);
            assertThat(jar.stderr()).isEmpty();
            assertThat(jar.stdout().lines())
                    .hasSizeLessThanOrEqualTo(6)
                    .allMatch(line -> line.contains(" INFO "))
                    .noneMatch(line -> line.contains("springframework") || line.contains("apache"));
        }
    }

    @Row("P7")
    @Test
    void livesWithoutUpstreamsAndRecoversByItself() throws Exception {
        try (ScriptedResolver resolver = ScriptedResolver.start(authority)) {
            resolver.stopListening();
            try (Jar jar = Jar.asking(authorityPem, resolver).inHaste().start();
                    UdpClient client = UdpClient.to(jar.dns())) {
                assertThat(jar.liveness()).isEqualTo(200);
                assertThat(jar.readiness()).isEqualTo(503);
                assertThat(jar.status("/actuator/health")).isEqualTo(503);
                long startNanos = System.nanoTime();
                Message failed = client.ask(Queries.withEdns(Queries.query("www.example.org"), 1232, 0));
                assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(3));
                assertThat(failed.getRcode()).isEqualTo(Rcode.SERVFAIL);
                assertThat(failed.getOPT().getOptions(EDNSOption.Code.EDNS_EXTENDED_ERROR))
                        .singleElement()
                        .satisfies(option -> assertThat(((ExtendedErrorCodeOption) option).getErrorCode())
                                .isIn(22, 23));

                resolver.listenAgain();
                await().atMost(PATIENCE).until(() -> jar.readiness() == 200);
                assertThat(client.ask(Queries.query("www.example.org")).getRcode())
                        .isEqualTo(Rcode.NOERROR);

                resolver.stopListening();
                resolver.endConnections(Ending.RESET);
                await().atMost(PATIENCE)
                        .until(() ->
                                client.ask(Queries.query("gone.example.org")).getRcode() == Rcode.SERVFAIL);
                assertThat(jar.status("/actuator/health")).isEqualTo(503);
                assertThat(jar.readiness()).isEqualTo(200);

                assumeTrue(hearsInterrupts(jar), "Ctrl-C is ignored where this test runs");
                jar.signal("INT");
                jar.signal("INT");
                assertThat(jar.exitCode()).isEqualTo(130);
                assertThat(jar.stdout()).contains("stopped").doesNotContain("\tat ", "example.org");
                assertThat(jar.stderr()).isEmpty();
            }
        }
    }

    @Test
    void followsItsUpstreamsAndTheirCertificatesWithoutARestart() throws Exception {
        ThrowawayAuthority next = ThrowawayAuthority.create();
        try (ScriptedResolver resolver = ScriptedResolver.start(authority);
                Jar jar = Jar.with("DNSPROXY_UPSTREAM_SERVERS_0_HOST", "127.0.0.1")
                        .and("DNSPROXY_UPSTREAM_SERVERS_0_PORT", resolver.port())
                        .and("DNSPROXY_UPSTREAM_SERVERS_0_NAME", ScriptedResolver.NAME)
                        .and("DNSPROXY_UPSTREAM_SERVERS_0_PINS_0", "A".repeat(43) + "=")
                        .and(
                                "DNSPROXY_UPSTREAM_SERVERS_0_PINS_1",
                                resolver.certificate().pin())
                        .and("DNSPROXY_READINESS", "upstream")
                        .trusting(authorityPem)
                        .and("SPRING_SSL_BUNDLE_PEM_INTERNAL_RELOADONUPDATE", "true")
                        .and("SPRING_SSL_BUNDLE_WATCH_FILE_QUIETPERIOD", "200ms")
                        .inHaste()
                        .start();
                UdpClient client = UdpClient.to(jar.dns())) {
            await().atMost(PATIENCE).until(() -> jar.readiness() == 200);
            assertThat(client.ask(Queries.query("www.example.org")).getRcode()).isEqualTo(Rcode.NOERROR);

            resolver.certificate(next.request()
                    .subjectAlternativeName(ScriptedResolver.NAME)
                    .key(resolver.certificate().keyPair())
                    .issue());
            resolver.endConnections(Ending.FIN);
            assertThat(client.ask(Queries.query("untrusted.example.org")).getRcode())
                    .isEqualTo(Rcode.SERVFAIL);
            assertThat(jar.readiness()).isEqualTo(503);
            assertThat(resolver.queries("untrusted.example.org")).isEmpty();
            Files.writeString(authorityPem, "no certificate\n");
            await().atMost(PATIENCE).until(() -> jar.stdout().contains("internal cannot be reloaded"));
            next.writePem(folder);
            await().atMost(PATIENCE)
                    .until(() ->
                            client.ask(Queries.query("trusted.example.org")).getRcode() == Rcode.NOERROR);
            assertThat(jar.readiness()).isEqualTo(200);
            assertThat(jar.stdout()).doesNotContain("\tat ", "example.org");

            jar.signal("TERM");
            assertThat(jar.exitCode()).isEqualTo(143);
        }
    }

    @Test
    void doesNotWaitForAHostNameAndFindsItLater() throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.9 other.example.net\n");
        // The JDK remembers for 10 seconds that a name was not found.
        Path quickToForget =
                Files.writeString(folder.resolve("java.security"), "networkaddress.cache.negative.ttl=0\n");
        try (ScriptedResolver resolver = ScriptedResolver.start(authority);
                Jar jar = Jar.with("RESOLVER_HOST", ScriptedResolver.NAME)
                        .and("RESOLVER_PORT", resolver.port())
                        .and("DNSPROXY_READINESS", "always")
                        .trusting(authorityPem)
                        .jvm("-Djdk.net.hosts.file=" + hosts)
                        .jvm("-Djava.security.properties=" + quickToForget)
                        .inHaste()
                        .start();
                UdpClient client = UdpClient.to(jar.dns())) {
            assertThat(jar.readiness()).isEqualTo(200);
            assertThat(client.ask(Queries.query("www.example.org")).getRcode()).isEqualTo(Rcode.SERVFAIL);

            Files.writeString(hosts, "127.0.0.1 " + ScriptedResolver.NAME + "\n");

            await().atMost(PATIENCE)
                    .until(() -> client.ask(Queries.query("www.example.org")).getRcode() == Rcode.NOERROR);
            assertThat(resolver.lastConnection().serverName()).isEqualTo(ScriptedResolver.NAME);
        }
    }

    @Test
    void endsWhenItIsTerminatedWhileItStarts() throws Exception {
        try (ScriptedResolver resolver = ScriptedResolver.start(authority);
                Jar jar = Jar.asking(authorityPem, resolver)
                        .and("DNSPROXY_SHUTDOWN_GRACE", "1s")
                        .and("LOGGING_LEVEL_ORG_SPRINGFRAMEWORK_BOOT_TOMCAT", "info")
                        .inHaste()
                        .launch()) {
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> jar.stdout().contains("Tomcat initialized"));

            jar.signal("TERM");

            assertThat(jar.exitCode()).isEqualTo(143);
            assertThat(jar.stdout()).doesNotContain("\tat ", "ERROR");
            assertThat(jar.stderr()).isEmpty();
        }
    }

    private static List<Integer> livenessesUntilTheEnd(Jar jar) {
        List<Integer> all = new ArrayList<>();
        while (jar.isAlive()) {
            try {
                all.add(jar.liveness());
            } catch (IOException e) {
                return all; // the web server is the last to go
            }
        }
        return all;
    }

    private static List<Message> queries(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    Message query = Queries.query(prefix + i + ".example.org");
                    query.getHeader().setID(i);
                    return query;
                })
                .toList();
    }

    private static Map<Integer, Message> answersOf(UdpClient client, int count) throws IOException {
        Map<Integer, Message> answers = new HashMap<>();
        for (int i = 0; i < count; i++) {
            Message answer = new Message(client.receive());
            answers.put(answer.getHeader().getID(), answer);
        }
        return answers;
    }

    /** A process that was started in the background of a shell without job control inherits that SIGINT is ignored. */
    private static boolean hearsInterrupts(Jar jar) throws IOException {
        Path status = Path.of("/proc", Long.toString(jar.pid()), "status");
        if (!Files.isReadable(status)) {
            return true;
        }
        Matcher ignored = Pattern.compile("SigIgn:\\s*([0-9a-f]+)").matcher(Files.readString(status));
        return !ignored.find() || (Long.parseUnsignedLong(ignored.group(1), 16) & 0b10) == 0;
    }
}
