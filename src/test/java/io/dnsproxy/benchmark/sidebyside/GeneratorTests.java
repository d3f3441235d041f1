package io.dnsproxy.benchmark.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class GeneratorTests {

    private static final int RIGHT = 0;
    private static final int WRONG_ADDRESS = 1;
    private static final int WRONG_QUESTION = 2;
    private static final int SERVFAIL = 3;
    private static final int NONE = 4;
    private static final int KINDS = 5;

    @Test
    void tellsRightAnswersFromWrongRefusedAndLostOnes() throws IOException {
        try (UnreliableServer server = new UnreliableServer()) {
            Measurement seen = GeneratorProcess.carryOut(new Order(
                    Load.UNCACHED_RATE.demand(),
                    server.port(),
                    ProcessHandle.current().pid(),
                    false,
                    0,
                    200));

            assertThat(server.count(NONE)).isPositive();
            assertThat(seen.rightInAll()).isEqualTo(server.count(RIGHT));
            assertThat(seen.wrong()).isEqualTo(server.count(WRONG_ADDRESS) + server.count(WRONG_QUESTION));
            assertThat(seen.refused()).isEqualTo(server.count(SERVFAIL));
            assertThat(seen.lost()).isEqualTo(server.count(NONE));
        }
    }

    @Test
    void findsTheQuantilesToThreePercent() {
        LogHistogram histogram = new LogHistogram();
        for (long nanos = 1_000; nanos <= 1_000_000; nanos += 1_000) {
            histogram.add(nanos);
        }

        assertThat(histogram.quantileNanos(0.5) / 500_000.0).isBetween(0.97, 1.03);
        assertThat(histogram.quantileNanos(0.99) / 990_000.0).isBetween(0.97, 1.03);
    }

    @Test
    void anOrderSurvivesItsLine() {
        Order order = new Order(Load.TCP_20.demand(), 853, 4711, true, 10, 20);

        assertThat(Order.parse(order.line())).isEqualTo(order);
    }

    /** Treats the queries in five ways, one after the other. */
    private static final class UnreliableServer implements AutoCloseable {

        private final DatagramSocket socket =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        private final AtomicIntegerArray counts = new AtomicIntegerArray(KINDS);

        UnreliableServer() throws IOException {
            Thread.startVirtualThread(this::serve);
        }

        int port() {
            return socket.getLocalPort();
        }

        long count(int kind) {
            return counts.get(kind);
        }

        private void serve() {
            byte[] buffer = new byte[Question.OCTETS + 16];
            try {
                for (int number = 0; ; number++) {
                    DatagramPacket packet = new DatagramPacket(buffer, Question.OCTETS);
                    socket.receive(packet);
                    int kind = number % KINDS;
                    counts.incrementAndGet(kind);
                    if (kind != NONE) {
                        answer(buffer, kind);
                        packet.setData(buffer);
                        socket.send(packet);
                    }
                }
            } catch (SocketException e) {
                return; // closed
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void answer(byte[] message, int kind) {
            byte[] record = {(byte) 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, (byte) 192, 0, 2, 1};
            System.arraycopy(record, 0, message, Question.OCTETS, record.length);
            message[2] |= (byte) 0x80;
            message[3] = (byte) (kind == SERVFAIL ? 2 : 0);
            message[7] = 1;
            if (kind == WRONG_ADDRESS) {
                message[message.length - 1]++;
            } else if (kind == WRONG_QUESTION) {
                message[20] ^= 1;
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
