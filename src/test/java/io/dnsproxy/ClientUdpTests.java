package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dnsproxy.datagram.Datagrams;
import io.dnsproxy.testkit.ExampleZone;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.UdpClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** UDP clients: many of them, on every address, with answers that come late and together; and where the proxy listens. */
class ClientUdpTests {

    private ScriptedResolver resolver;

    @BeforeEach
    void start() {
        resolver = ScriptedResolver.start();
    }

    @AfterEach
    void stop() {
        resolver.close();
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 127.0.0.2",
        "0.0.0.0, 127.0.0.1",
        "::, 127.0.0.2",
        "::, ::1",
    })
    void aLateReplyLeavesFromTheAddressThatWasAsked(String listen, String asked) throws Exception {
        assumeTrue(!Datagrams.describe().startsWith("NIO"), "NIO cannot tell which address was asked");
        resolver.answer(query -> Reply.right().after(Duration.ofMillis(50)));
        try (TestProxy proxy = listeningOn(listen);
                UdpClient late = UdpClient.to(at(asked, proxy));
                UdpClient atOnce = UdpClient.to(at(asked, proxy))) {
            // the sockets are connected: a reply from any other address would not be heard
            assertThat(late.ask(Queries.query("www.example.org")).getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(atOnce.ask(Queries.query("example.org", Type.AXFR)).getRcode())
                    .isEqualTo(Rcode.REFUSED);
        }
    }

    @Test
    void allOfIpv4IsNotIpv6() throws Exception {
        try (TestProxy proxy = listeningOn("0.0.0.0");
                UdpClient overIpv4 = UdpClient.to(at("127.0.0.1", proxy));
                UdpClient overIpv6 = UdpClient.to(at("::1", proxy))) {
            assertThat(overIpv4.ask(Queries.query("www.example.org")).getRcode())
                    .isEqualTo(Rcode.NOERROR);
            assertThatThrownBy(() -> {
                        overIpv6.ask(Queries.query("www.example.org"));
                    })
                    .isInstanceOf(PortUnreachableException.class);
            assertThatThrownBy((ThrowingCallable) () -> TcpClient.to(at("::1", proxy)))
                    .isInstanceOf(ConnectException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void allOfIpv6IsIpv4Too(String address) throws Exception {
        try (TestProxy proxy = listeningOn("::");
                UdpClient udp = UdpClient.to(at(address, proxy));
                TcpClient tcp = TcpClient.to(at(address, proxy))) {
            assertThat(udp.ask(Queries.query("www.example.org")).getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(tcp.ask(Queries.query("www.example.org")).getRcode()).isEqualTo(Rcode.NOERROR);
        }
    }

    @Test
    void manyClientsAtOnceGetEachTheirOwnAnswers() throws Exception {
        try (TestProxy proxy = TestProxy.asking(resolver);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> work = new ArrayList<>();
            for (int client = 0; client < 50; client++) {
                String prefix = "c" + client % 25 + "-"; // each name is asked by two clients
                work.add(() -> {
                    askTwentyNames(proxy, prefix);
                    return null;
                });
            }

            for (Future<Void> done : clients.invokeAll(work)) {
                done.get();
            }

            assertThat(proxy.udp.counters().queries()).isEqualTo(1_000);
            assertThat(proxy.udp.counters().responses(Rcode.NOERROR)).isEqualTo(1_000);
            assertThat(proxy.udp.unsent()).isZero();
        }
    }

    private static void askTwentyNames(TestProxy proxy, String prefix) throws IOException {
        try (UdpClient udp = UdpClient.to(proxy.address())) {
            List<Message> queries = IntStream.range(0, 20)
                    .mapToObj(i -> Queries.query(prefix + i + ".example.org"))
                    .toList();
            IntStream.range(0, 20).forEach(i -> queries.get(i).getHeader().setID(i));
            Map<Integer, Message> answers = udp.askAll(queries);
            for (int i = 0; i < 20; i++) {
                String name = prefix + i + ".example.org";
                assertThat(answers.get(i))
                        .satisfies(answer -> assertThat(addressIn(answer)).isEqualTo(ExampleZone.addressOf(name)));
            }
        }
    }

    private static InetAddress addressIn(Message answer) {
        return ((ARecord) answer.getSection(Section.ANSWER).getFirst()).getAddress();
    }

    @Test
    void answersThatComeTogetherAllArrive() throws Exception {
        try (TestProxy proxy = TestProxy.asking(resolver);
                UdpClient udp = UdpClient.to(proxy.address())) {
            udp.ask(Queries.query("www.example.org"));
            resolver.pauseReading();
            List<Message> queries = IntStream.range(0, 150)
                    .mapToObj(i -> Queries.query("n" + i + ".example.org"))
                    .toList();
            IntStream.range(0, 150).forEach(i -> queries.get(i).getHeader().setID(i));
            for (Message query : queries) {
                udp.send(query.toWire());
            }
            await().until(() -> proxy.udp.inFlight() == 150);

            resolver.resumeReading();

            Set<Integer> ids = IntStream.range(0, 150)
                    .mapToObj(i -> receive(udp).getHeader().getID())
                    .collect(Collectors.toSet());
            assertThat(ids).hasSize(150);
            await().until(() -> proxy.udp.inFlight() == 0);
        }
    }

    @Test
    void drainingAnswersWhatHasArrivedAndThenReadsNoMore() throws Exception {
        resolver.answer(query -> Reply.right().after(Duration.ofMillis(200)));
        try (TestProxy proxy = TestProxy.asking(resolver);
                UdpClient udp = UdpClient.to(proxy.address())) {
            List<Message> queries = IntStream.range(0, 100)
                    .mapToObj(i -> Queries.query("n" + i + ".example.org"))
                    .toList();
            for (Message query : queries) {
                udp.send(query.toWire());
            }

            proxy.udp.drain();

            assertThat(proxy.udp.isAlive()).isFalse();
            await().until(() -> proxy.udp.inFlight() == 0);
            proxy.udp.close();
            for (int i = 0; i < 100; i++) {
                assertThat(receive(udp).getRcode()).isEqualTo(Rcode.NOERROR);
            }
            assertThat(proxy.udp.unsent()).isZero();
        }
    }

    @Test
    void drainingEndsUnderAFlood() throws Exception {
        byte[] query = Queries.query("example.org", Type.AXFR).toWire();
        try (TestProxy proxy = TestProxy.asking(resolver);
                UdpClient udp = UdpClient.to(proxy.address())) {
            Thread flood = Thread.ofPlatform().start(() -> {
                try {
                    while (!Thread.currentThread().isInterrupted()) {
                        udp.send(query);
                    }
                } catch (IOException e) {
                    // the port is closed: the flood has done its work
                }
            });
            await().until(() -> proxy.udp.counters().queries() > 1_000);

            Thread drain = Thread.ofPlatform().start(proxy.udp::drain);

            assertThat(drain.join(Duration.ofSeconds(4))).isTrue();
            flood.interrupt();
            flood.join();
        }
    }

    @Test
    void closingFreesPortsAndThreads() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        TestProxy proxy = listeningOn("0.0.0.0");
        InetSocketAddress address = proxy.address();
        try (TcpClient open = TcpClient.to(at("127.0.0.1", proxy))) {
            open.ask(Queries.query("www.example.org"));
            proxy.close();
        }

        try (ServerSocket tcp = new ServerSocket();
                DatagramSocket udp = new DatagramSocket(null)) {
            tcp.bind(address);
            udp.bind(address);
        }
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> !before.contains(thread) && !thread.isVirtual())
                        .map(Thread::getName)
                        .filter(name -> name.startsWith("udp-") || name.startsWith("tcp-") || name.equals("deadlines")))
                .isEmpty());
    }

    private TestProxy listeningOn(String address) throws IOException {
        return TestProxy.start(
                TestProxy.Settings.asking(TestProxy.serverOf(resolver)).listeningOn(InetAddress.ofLiteral(address)));
    }

    private static InetSocketAddress at(String address, TestProxy proxy) throws SocketException {
        InetAddress host = InetAddress.ofLiteral(address);
        if (host.getAddress().length > 4) {
            assumeTrue(hasIpv6(), "no IPv6 here");
        }
        return new InetSocketAddress(host, proxy.address().getPort());
    }

    private static boolean hasIpv6() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static Message receive(UdpClient udp) {
        try {
            return new Message(udp.receive());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
