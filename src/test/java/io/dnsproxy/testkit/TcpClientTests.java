package io.dnsproxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client, seen from the server's end of its socket. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class TcpClientTests {

    private static final byte[] HELLO = {1, 2, 3};
    private static final byte[] WORLD = {4, 5};

    private ServerSocket listener;
    private TcpClient client;
    private Socket server;

    @BeforeEach
    void connect() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        client = TcpClient.to((InetSocketAddress) listener.getLocalSocketAddress());
        server = listener.accept();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
        listener.close();
    }

    @Test
    void pipelinesMessagesInOneWrite() throws IOException {
        client.send(HELLO, WORLD);

        byte[] buffer = new byte[100];
        assertThat(server.getInputStream().read(buffer)).isEqualTo(9);
        assertThat(buffer).startsWith(0, 3, 1, 2, 3, 0, 2, 4, 5);
    }

    @Test
    void splitsMessagesAnywhere() throws IOException {
        client.sendInPieces(1, HELLO, WORLD);

        assertThat(server.getInputStream().readNBytes(9)).containsExactly(0, 3, 1, 2, 3, 0, 2, 4, 5);
    }

    @Test
    void listensOnAfterItsHalfClose() throws IOException {
        client.send(HELLO);
        client.halfClose();

        assertThat(server.getInputStream().readAllBytes()).hasSize(5);
        server.getOutputStream().write(Frames.framed(WORLD));
        assertThat(client.receive()).isEqualTo(WORLD);
    }

    @Test
    void tellsFinFromReset() throws IOException {
        server.getOutputStream().write(1);
        server.close();
        assertThat(client.awaitEnd()).isEqualTo(Ending.FIN);

        close();
        connect();
        server.setSoLinger(true, 0);
        server.close();
        assertThat(client.awaitEnd()).isEqualTo(Ending.RESET);
    }

    @Test
    void resets() throws IOException {
        client.reset();

        Assertions.assertThatThrownBy(() -> new DataInputStream(server.getInputStream()).readByte())
                .isInstanceOf(SocketException.class);
    }
}
