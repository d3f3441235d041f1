package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dnsproxy.DnsproxyApplication;
import io.dnsproxy.app.settings.SettingException;
import io.dnsproxy.listener.TcpListener;
import io.dnsproxy.listener.UdpListener;
import io.dnsproxy.resolver.ResolverRoundRobin;
import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.UdpClient;
import io.dnsproxy.upstream.DotUpstreamPool;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.xbill.DNS.Rcode;

/** The application as a whole in this JVM: its beans, and its life where a start or a stop goes another way. */
@ExtendWith(OutputCaptureExtension.class)
class ApplicationTests {

    private ScriptedResolver resolver;

    @TempDir
    private Path folder;

    @BeforeEach
    void startResolver() {
        resolver = ScriptedResolver.start();
    }

    @AfterEach
    void stopResolver() {
        resolver.close();
    }

    @Test
    void hasABeanForEachPartOfTheWay() {
        try (ConfigurableApplicationContext context = run(Map.of())) {
            assertThat(context.getBean("udpListener")).isSameAs(context.getBean(UdpListener.class));
            assertThat(context.getBean("tcpListener")).isSameAs(context.getBean(TcpListener.class));
            assertThat(context.getBean("dotUpstreamPool")).isSameAs(context.getBean(DotUpstreamPool.class));
            assertThat(context.getBean("resolverRoundRobin")).isSameAs(context.getBean(ResolverRoundRobin.class));
        }
    }

    @Test
    void answersUntilTheContextIsClosedHoweverOftenItIsToldToStop() throws Exception {
        InetSocketAddress address;
        try (ConfigurableApplicationContext context = run(Map.of())) {
            address = context.getBean(TcpListener.class).localAddresses().getFirst();
            try (UdpClient client = UdpClient.to(address)) {
                context.pause();
                assertThat(client.ask(Queries.query("www.example.org")).getRcode())
                        .isEqualTo(Rcode.NOERROR);
                context.restart();
                assertThat(client.ask(Queries.query("mail.example.org")).getRcode())
                        .isEqualTo(Rcode.NOERROR);
            }
            DnsServer server = context.getBean(DnsServer.class);
            server.stop();
            server.stop();
            assertThat(server.isRunning()).isFalse();
            assertThatThrownBy(server::start).hasMessage("the proxy starts once");
        }

        assertFree(address.getPort());
        assertThat(resolver.connections()).noneMatch(seen -> seen.isOpen() || seen.ending() == Ending.RESET);
    }

    @Test
    void leavesNothingOpenWhenUdpCannotBeHad(CapturedOutput output) throws Exception {
        int port = Jar.freePort();
        try (DatagramSocket other = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> run(Map.of("dnsproxy.listen.port", "" + port)))
                    .hasRootCauseInstanceOf(SettingException.class);

            assertThat(other.isBound()).isTrue();
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        }
        assertThat(output).contains("another program listens on 127.0.0.1 port " + port + " already.");
        assertThat(threads()).isEmpty();
    }

    @Test
    void leavesNothingOpenWhenTheSecondAddressCannotBeHad(CapturedOutput output) throws Exception {
        int port = Jar.freePort();

        assertThatThrownBy(() -> run(
                        Map.of("dnsproxy.listen.address", "127.0.0.1,192.0.2.1", "dnsproxy.listen.port", "" + port)))
                .hasRootCauseInstanceOf(SettingException.class);

        assertFree(port);
        assertThat(output).contains("has 192.0.2.1, an address that this machine does not have.");
        assertThat(threads()).isEmpty();
    }

    @Test
    void leavesNothingOpenWhenTheManagementPortIsTaken(CapturedOutput output) throws Exception {
        int port = Jar.freePort();
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("0.0.0.0"))) {
            assertThatThrownBy(() ->
                            run(Map.of("dnsproxy.listen.port", "" + port, "server.port", "" + other.getLocalPort())))
                    .isNotNull();
            assertThat(output)
                    .contains("The management server cannot listen on port " + other.getLocalPort()
                            + ": another program does.")
                    .contains("another port by MANAGEMENT_SERVER_PORT");
        }

        assertFree(port);
        assertThat(threads()).isEmpty();
    }

    private ConfigurableApplicationContext run(Map<String, String> more) {
        SpringApplication application = new SpringApplication(DnsproxyApplication.class);
        application.setRegisterShutdownHook(false);
        Map<String, String> settings = new TreeMap<>(Map.of(
                "server.port", "0",
                "dnsproxy.listen.address", "127.0.0.1",
                "dnsproxy.listen.port", "0",
                "dnsproxy.upstream.servers", Jar.serverOf(resolver),
                "dnsproxy.upstream.ssl-bundle", "internal",
                "spring.ssl.bundle.pem.internal.truststore.certificate",
                        "file:" + Jar.writeAuthority(resolver.authority(), folder)));
        settings.putAll(more);
        return application.run(settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new));
    }

    private static void assertFree(int port) throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket tcp = new ServerSocket()) {
            tcp.setReuseAddress(true);
            tcp.bind(new InetSocketAddress(loopback, port));
            new DatagramSocket(port, loopback).close();
        }
    }

    /** Those of the proxy that still run. */
    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.matches("(udp|tcp|upstream)-[0-9].*|deadlines"))
                .toList();
    }
}
