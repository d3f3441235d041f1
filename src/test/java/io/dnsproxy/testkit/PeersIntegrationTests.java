package io.dnsproxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** Whether the kit is an honest peer: a real kdig asks the scripted resolver, and a real Unbound answers a real kdig. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PeersIntegrationTests {

    private static final List<String> RECORDS =
            List.of("www.example.org. 300 IN A 192.0.2.80", "www.example.org. 300 IN TXT \"hello\"");

    private final ThrowawayAuthority authority = ThrowawayAuthority.create();

    @TempDir
    private Path folder;

    private Path authorityPem;

    @BeforeEach
    void writeAuthority() throws IOException {
        authorityPem = authority.writePem(folder);
    }

    @Test
    void kdigTrustsTheScriptedResolver() {
        Tools.assumeInstalled("kdig");
        try (ScriptedResolver resolver = ScriptedResolver.start(authority)) {
            Tools.Output output = kdig(resolver.address(), ScriptedResolver.NAME, "www.example.org", "A");

            assertThat(output.exitCode()).as(output.text()).isZero();
            assertThat(output.lines())
                    .containsExactly(ExampleZone.addressOf("www.example.org").getHostAddress());
            assertThat(resolver.lastConnection()).satisfies(seen -> {
                assertThat(seen.protocol()).isEqualTo("TLSv1.3");
                assertThat(seen.serverName()).isEqualTo(ScriptedResolver.NAME);
            });
        }
    }

    @Test
    void kdigReadsTheLargestAnswer() {
        Tools.assumeInstalled("kdig");
        try (ScriptedResolver resolver = ScriptedResolver.start(authority)) {
            resolver.answer(query -> Reply.right().inRecordsOf(1000));
            Tools.Output output = kdig(resolver.address(), ScriptedResolver.NAME, "huge.example.org", "TXT");

            assertThat(output.exitCode()).as(output.text()).isZero();
            assertThat(output.text().length()).isGreaterThan(60_000);
        }
    }

    @Test
    void kdigRefusesACertificateForAnotherName() {
        Tools.assumeInstalled("kdig");
        try (ScriptedResolver resolver = ScriptedResolver.start(authority, authority.issue("other.example.net"), 0)) {
            Tools.Output output = kdig(resolver.address(), ScriptedResolver.NAME, "www.example.org", "A");

            assertThat(output.exitCode()).as(output.text()).isNotZero();
            assertThat(resolver.applicationOctets()).isZero();
        }
    }

    @Test
    void unboundAnswersKdigOverTls() throws IOException {
        Tools.assumeInstalled("unbound", "kdig");
        try (Unbound unbound = Unbound.overTls(authority.issue("unbound.example.net"), RECORDS)) {
            Tools.Output output = kdig(unbound.address(), "unbound.example.net", "www.example.org", "A");

            assertThat(output.exitCode()).as(output.text() + unbound.log()).isZero();
            assertThat(output.lines()).containsExactly("192.0.2.80");
            assertThat(kdig(unbound.address(), "wrong.example.net", "www.example.org", "A")
                            .exitCode())
                    .isNotZero();
        }
    }

    @Test
    void unboundForwardsInPlainDns() throws IOException {
        Tools.assumeInstalled("unbound");
        try (DatagramSocket upstream = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                Unbound unbound = Unbound.forwardingTo((InetSocketAddress) upstream.getLocalSocketAddress());
                UdpClient client = UdpClient.to(unbound.address())) {
            Thread.startVirtualThread(() -> answerAll(upstream));

            assertThat(client.ask(Queries.query("www.example.org")).getSection(Section.ANSWER))
                    .singleElement()
                    .extracting(Record::rdataToString)
                    .isEqualTo(ExampleZone.addressOf("www.example.org").getHostAddress());
        }
    }

    private static void answerAll(DatagramSocket socket) {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        while (!socket.isClosed()) {
            try {
                socket.receive(packet);
                byte[] answer = ExampleZone.answer(Arrays.copyOf(packet.getData(), packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                assertThat(socket.isClosed()).isTrue();
            }
        }
    }

    private Tools.Output kdig(InetSocketAddress server, String name, String... question) {
        List<String> command =
                new ArrayList<>(List.of("kdig", "@" + server.getAddress().getHostAddress()));
        command.addAll(List.of("-p", Integer.toString(server.getPort()), "+tls", "+tls-ca=" + authorityPem));
        command.addAll(List.of("+tls-hostname=" + name, "+retry=0", "+time=5", "+short"));
        command.addAll(List.of(question));
        return Tools.run(command.toArray(String[]::new));
    }
}
