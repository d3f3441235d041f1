package io.dnsproxy.testkit;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.Message;

/**
 * A server of plain DNS on 127.0.0.1, by UDP and TCP at one port, that does what a test tells it and tells what it received: the clear
 * sister of {@link ScriptedResolver}. Until told otherwise it is honest. Scripts may be changed while it runs, from any thread; by UDP there
 * is nothing to end, so endings count by TCP alone.
 */
public final class PlainResolver implements AutoCloseable {

    private static final int BIND_TRIES = 5;

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final Queue<ReceivedQuery> byUdp = new ConcurrentLinkedQueue<>();
    private final Queue<ReceivedQuery> byTcp = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Script script = ScriptedResolver.HONEST;
    private volatile Script tcpScript = query -> script.answer(query);

    private PlainResolver(DatagramSocket udp, ServerSocket tcp) {
        this.udp = udp;
        this.tcp = tcp;
        Thread.ofVirtual().start(this::readDatagrams);
        Thread.ofVirtual().start(this::accept);
    }

    /** Starts on a port that is free for both. */
    public static PlainResolver start() throws IOException {
        for (int tries = 1; ; tries++) {
            DatagramSocket udp = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try {
                return new PlainResolver(udp, new ServerSocket(udp.getLocalPort(), 50, udp.getLocalAddress()));
            } catch (IOException e) {
                udp.close();
                if (tries == BIND_TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Where it listens on 127.0.0.1. */
    public int port() {
        return udp.getLocalPort();
    }

    /** How the settings name it: {@code udp://127.0.0.1:5353}. */
    public String text() {
        return "udp://127.0.0.1:" + port();
    }

    /** Answers by this script from the next query on. */
    public void answer(Script next) {
        script = next;
    }

    /** Answers queries by TCP by a script of their own. */
    public void answerByTcp(Script next) {
        tcpScript = next;
    }

    /** What came by UDP, with the client's port as its connection. */
    public List<ReceivedQuery> byUdp() {
        return List.copyOf(byUdp);
    }

    /** What came by TCP. */
    public List<ReceivedQuery> byTcp() {
        return List.copyOf(byTcp);
    }

    /** Accepts no more connections; there is still UDP. */
    public void stopListening() {
        try {
            tcp.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a datagram from its own address and port, whatever it says. */
    public void send(byte[] octets, int clientPort) {
        try {
            udp.send(new DatagramPacket(octets, octets.length, udp.getLocalAddress(), clientPort));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void readDatagrams() {
        byte[] buffer = new byte[Message.MAXLENGTH];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                udp.receive(packet);
                ReceivedQuery query = new ReceivedQuery(
                        packet.getPort(), 1, System.nanoTime(), Arrays.copyOf(packet.getData(), packet.getLength()));
                byUdp.add(query);
                Reply reply = script.answer(query);
                Thread.ofVirtual()
                        .start(() -> play(reply, query, frame -> {
                            send(
                                    Arrays.copyOfRange(frame, Math.min(2, frame.length), frame.length),
                                    query.connection());
                        }));
            }
        } catch (IOException _) {
            // closed
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = tcp.accept();
                int number = connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket, number));
            }
        } catch (IOException _) {
            // closed
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            for (int i = 1; ; i++) {
                byte[] message = in.readNBytes(in.readUnsignedShort());
                ReceivedQuery query = new ReceivedQuery(number, i, System.nanoTime(), message);
                byTcp.add(query);
                if (!play(tcpScript.answer(query), query, socket.getOutputStream()::write)) {
                    return;
                }
            }
        } catch (EOFException _) {
            // the client is done
        } catch (IOException _) {
            // or gone
        }
    }

    private interface Sender {
        void send(byte[] octets) throws IOException;
    }

    /** @return false when the script ends the connection */
    private static boolean play(Reply reply, ReceivedQuery query, Sender sender) {
        try {
            for (Reply.Step step : reply.steps()) {
                switch (step) {
                    case Reply.Step.Wait(var delay) -> Thread.sleep(delay);
                    case Reply.Step.Send(var octets, int _) -> sender.send(octets.apply(query));
                    case Reply.Step.End _ -> {
                        return false;
                    }
                }
            }
            return true;
        } catch (IOException | UncheckedIOException _) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        stopListening();
        udp.close();
    }
}
