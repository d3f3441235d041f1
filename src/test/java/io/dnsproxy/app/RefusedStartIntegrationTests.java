package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts of the packaged program that the system refuses: one message, exit code 1, no stack trace. */
class RefusedStartIntegrationTests {

    private static final Path FIRST_FREE_PORT = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");

    @Test
    void namesAPortThatAnotherTcpServerHas() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Jar jar =
                        Jar.with("SERVER_PORT", other.getLocalPort()).inHaste().launch()) {
            assertRefused(
                    jar,
                    "SERVER_PORT (dnsproxy.listen.port) is " + other.getLocalPort()
                            + ", but another program listens on 127.0.0.1 port " + other.getLocalPort() + " already.",
                    "take another port by SERVER_PORT");
        }
    }

    @Test
    void namesAPortThatAnotherUdpServerHas() throws Exception {
        try (DatagramSocket other = udpWithFreeTcp();
                Jar jar =
                        Jar.with("SERVER_PORT", other.getLocalPort()).inHaste().launch()) {
            assertRefused(
                    jar,
                    "SERVER_PORT (dnsproxy.listen.port) is " + other.getLocalPort()
                            + ", but another program listens on 127.0.0.1 port " + other.getLocalPort() + " already.",
                    "take another port by SERVER_PORT");
        }
    }

    @Test
    void namesAnAddressThatTheMachineDoesNotHave() {
        try (Jar jar = Jar.with("SERVER_ADDRESS", "192.0.2.1").inHaste().launch()) {
            assertRefused(
                    jar,
                    "SERVER_ADDRESS (dnsproxy.listen.address) has 192.0.2.1, an address that this machine does not have.",
                    "Write an address of this machine");
        }
    }

    @Test
    void saysHowAnOrdinaryUserGetsPort53() throws IOException {
        assumeTrue(Files.isReadable(FIRST_FREE_PORT), "not Linux");
        // In one read: in small ones the kernel cuts it short.
        int firstFree = Integer.parseInt(Files.readAllLines(FIRST_FREE_PORT).getFirst());
        assumeTrue(firstFree > 53, "port 53 is free for all here");
        Jar.Settings settings = Jar.with("SERVER_PORT", "53").inHaste();
        if (Tools.run("id", "-u").text().strip().equals("0")) {
            Tools.assumeInstalled("setpriv");
            settings.under(
                    Tools.find("setpriv").orElseThrow().toString(),
                    "--bounding-set=-net_bind_service",
                    "--inh-caps=-net_bind_service");
        }
        try (Jar jar = settings.launch()) {
            assertRefused(
                    jar,
                    "SERVER_PORT (dnsproxy.listen.port) is 53, and this user has no permission to listen on 127.0.0.1"
                            + " port 53.",
                    "SERVER_PORT=1053");
        }
    }

    /** In a mount namespace, where resolv.conf is one of our own. */
    @Test
    void refusesToAskItselfWhereItsUpstreamIs(@TempDir Path folder) throws IOException {
        Path resolvConf = Files.writeString(folder.resolve("resolv.conf"), "nameserver 127.0.0.1\n");
        String[] withResolvConf = {
            "unshare", "-m", "sh", "-c", "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"", resolvConf.toString()
        };
        Tools.assumeInstalled("unshare", "mount");
        assumeTrue(
                Tools.run(Stream.concat(Stream.of(withResolvConf), Stream.of("true"))
                                        .toArray(String[]::new))
                                .exitCode()
                        == 0,
                "no right to mount here");
        try (Jar jar = Jar.with("RESOLVER_HOST", "dns.example.net")
                .and("SERVER_PORT", "53")
                .inHaste()
                .under(withResolvConf)
                .launch()) {
            assertRefused(
                    jar,
                    "dnsproxy.upstream.bootstrap is not set, but the upstream dns.example.net is a host name, and the"
                            + " system's resolver (127.0.0.1 in /etc/resolv.conf) is this proxy itself.",
                    "Set DNSPROXY_UPSTREAM_BOOTSTRAP to a DNS-over-TLS server given by address");
        }
    }

    static void assertRefused(Jar jar, String description, String action) {
        assertThat(jar.exitCode()).isEqualTo(1);
        assertThat(jar.stdout())
                .containsOnlyOnce("APPLICATION FAILED TO START")
                .containsOnlyOnce("ERROR")
                .doesNotContain("\tat ", "Exception", "WARN", "INFO")
                .contains("Description:\n\n" + description + "\n");
        assertThat(jar.stdout().substring(jar.stdout().indexOf("Action:"))).contains(action);
        assertThat(jar.stderr()).isEmpty();
    }

    private static DatagramSocket udpWithFreeTcp() throws IOException {
        return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), Jar.freePort()));
    }
}
