package io.dnsproxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.Message;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class UdpClientTests {

    @Test
    void hasSeveralQueriesInFlight() throws IOException {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                UdpClient client = UdpClient.to((InetSocketAddress) server.getLocalSocketAddress())) {
            List<Message> queries = List.of(Queries.query("a.example.org"), Queries.query("b.example.org"));
            Thread.startVirtualThread(() -> answerInReverse(server));

            Map<Integer, Message> answers = client.askAll(queries);

            assertThat(answers).hasSize(2);
            for (Message query : queries) {
                assertThat(answers.get(query.getHeader().getID()))
                        .extracting(Message::getQuestion)
                        .isEqualTo(query.getQuestion());
            }
        }
    }

    @Test
    void tellsSilence() throws IOException {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                UdpClient client = UdpClient.to((InetSocketAddress) server.getLocalSocketAddress())) {
            assertThat(client.hearsNothingFor(Duration.ofMillis(50))).isTrue();
            server.send(new DatagramPacket(new byte[1], 1, client.localAddress()));
            assertThat(client.hearsNothingFor(Duration.ofSeconds(5))).isFalse();
        }
    }

    private static void answerInReverse(DatagramSocket server) {
        try {
            DatagramPacket first = new DatagramPacket(new byte[512], 512);
            DatagramPacket second = new DatagramPacket(new byte[512], 512);
            server.receive(first);
            server.receive(second);
            server.send(second);
            server.send(first);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
