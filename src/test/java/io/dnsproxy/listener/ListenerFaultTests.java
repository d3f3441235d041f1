package io.dnsproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.listener.ListenerCounters.Drop;
import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.resolver.Resolver;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.UdpClient;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import io.dnsproxy.wire.ResponseReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/** What listeners do when something behind them fails, or an address cannot be had. */
@ExtendWith(OutputCaptureExtension.class)
class ListenerFaultTests {

    private static final List<InetSocketAddress> ANY_PORT =
            List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

    /** Throws for the types MX and NS, breaks its promise for TXT, answers the others. */
    private static final Resolver FAULTY = query -> switch (query.type()) {
        case Type.MX -> throw new IllegalStateException("secret.example.org");
        case Type.NS -> throw new StackOverflowError("secret.example.org");
        case Type.TXT -> CompletableFuture.completedFuture(answerToAnotherQuestion());
        default -> CompletableFuture.completedFuture(Answer.failure(Rcode.NXDOMAIN));
    };

    private final ClientRules everyone = ClientRules.serving(ClientNetworks.of(List.of("0.0.0.0/0", "::/0")));
    private final Forwarder forwarder = new Forwarder(null, FAULTY);
    private final UdpListener udp = new UdpListener(
            new UdpSettings(1, 1 << 16, 1 << 16, AnyQueries.MINIMAL), everyone, forwarder, new LateReplies());
    private final TcpListener tcp =
            new TcpListener(new TcpSettings(1, Duration.ofMinutes(2), 10, 10, 10), everyone, forwarder);

    @AfterEach
    void stop() {
        udp.close();
        tcp.close();
    }

    @Test
    void aFaultCostsOneDatagramAndIsLoggedOnceWithoutNames(CapturedOutput output) throws Exception {
        udp.start(ANY_PORT);
        try (UdpClient client = UdpClient.to(udp.localAddresses().getFirst())) {
            for (int i = 0; i < 10; i++) {
                assertThat(new Message(client.ask(query(Type.MX))).getRcode()).isEqualTo(Rcode.SERVFAIL);
                assertThat(new Message(client.ask(query(Type.NS))).getRcode()).isEqualTo(Rcode.SERVFAIL);
                client.send(query(Type.TXT));

                assertThat(new Message(client.ask(query(Type.A))).getRcode()).isEqualTo(Rcode.NXDOMAIN);
            }
        }
        assertThat(udp.counters().drops(Drop.FAULT)).isEqualTo(10);
        await().until(() -> udp.inFlight() == 0);
        assertThat(udp.isAlive()).isTrue();
        assertThat(output).contains("a fault of this program").doesNotContain("secret.example.org");
    }

    @Test
    void aFaultCostsOneQueryOfATcpConnectionAndIsLoggedOnceWithoutNames(CapturedOutput output) throws Exception {
        tcp.start(ANY_PORT);
        try (TcpClient client = TcpClient.to(tcp.localAddresses().getFirst())) {
            for (int i = 0; i < 10; i++) {
                client.send(query(Type.MX), query(Type.NS), query(Type.TXT), query(Type.A));

                assertThat(client.receiveMessage().getRcode()).isEqualTo(Rcode.SERVFAIL);
                assertThat(client.receiveMessage().getRcode()).isEqualTo(Rcode.SERVFAIL);
                assertThat(client.receiveMessage().getRcode()).isEqualTo(Rcode.NXDOMAIN);
            }
        }
        assertThat(tcp.counters().drops(Drop.FAULT)).isEqualTo(10);
        assertThat(tcp.inFlight()).isZero();
        await().until(() -> tcp.connections() == 0);
        assertThat(output).contains("a fault of this program").doesNotContain("secret.example.org");
    }

    @Test
    void anAddressInUseIsNamedAndNothingStaysBound() throws Exception {
        tcp.start(ANY_PORT);
        InetSocketAddress taken = tcp.localAddresses().getFirst();
        try (TcpListener second =
                new TcpListener(new TcpSettings(1, Duration.ofMinutes(2), 10, 10, 10), everyone, forwarder)) {
            assertThatThrownBy(() -> second.start(List.of(ANY_PORT.getFirst(), taken)))
                    .isInstanceOfSatisfying(
                            TcpListener.BindFailure.class,
                            failure -> assertThat(failure.address()).isEqualTo(taken))
                    .hasMessageContaining("in use");
            assertThat(second.localAddresses()).isEmpty();
            assertThat(second.isAlive()).isFalse();
        }
    }

    @Test
    void whatWasNeverStartedCanBeClosedTwice() {
        udp.close();
        udp.close();
        tcp.close();
        tcp.close();

        assertThat(udp.isAlive()).isFalse();
        assertThat(tcp.isAlive()).isFalse();
    }

    private static byte[] query(int type) {
        return Queries.query("secret.example.org", type).toWire();
    }

    private static Answer answerToAnotherQuestion() {
        byte[] query = Queries.query("other-name.example.org").toWire();
        byte[] answer = query.clone();
        answer[2] |= (byte) 0x80;
        Answer read = ResponseReader.read(answer, answer.length, Query.of(query));
        if (read == null) {
            throw new AssertionError("not an answer");
        }
        return read;
    }
}
