package io.dnsproxy.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Passes TCP connections on to a server on 127.0.0.1, whose octets come back as late as a test says. Any thread. */
public final class SlowRelay implements AutoCloseable {

    private final ServerSocket listener;
    private final int server;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private volatile Duration delay = Duration.ZERO;

    private SlowRelay(int server) throws IOException {
        this.server = server;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("relay").start(this::accept);
    }

    /** Passes on to this port. */
    public static SlowRelay to(int server) throws IOException {
        return new SlowRelay(server);
    }

    /** Where it listens on 127.0.0.1. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Each read of the server's octets is passed on so much later, from the next one on. */
    public void delay(Duration each) {
        delay = each;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
                sockets.add(client);
                sockets.add(behind);
                Thread.ofVirtual().start(() -> pass(client, behind, false));
                Thread.ofVirtual().start(() -> pass(behind, client, true));
            }
        } catch (IOException _) {
            // closed
        }
    }

    private void pass(Socket from, Socket to, boolean late) {
        byte[] octets = new byte[8_192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(octets); read >= 0; read = in.read(octets)) {
                if (late) {
                    Thread.sleep(delay);
                }
                out.write(octets, 0, read);
            }
        } catch (IOException | InterruptedException _) {
            // one side has ended; the other one ends with it
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
