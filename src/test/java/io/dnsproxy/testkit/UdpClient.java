package io.dnsproxy.testkit;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xbill.DNS.Message;

/** A stub resolver's UDP side: one connected socket, so it hears only the server it asked, at the address it asked. One thread. */
public final class UdpClient implements AutoCloseable {

    /** Room for hundreds of answers that come while a client is still asking; the system may grant less. */
    private static final int RECEIVE_BUFFER_OCTETS = 4 << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final DatagramSocket socket;

    private UdpClient(DatagramSocket socket) {
        this.socket = socket;
    }

    /** Opens a socket on a port of its own. */
    public static UdpClient to(InetSocketAddress server) throws SocketException {
        DatagramSocket socket = new DatagramSocket();
        socket.connect(server);
        socket.setReceiveBufferSize(RECEIVE_BUFFER_OCTETS);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return new UdpClient(socket);
    }

    /** How long {@link #receive()} waits; 5 seconds until told otherwise. */
    public void patience(Duration duration) throws SocketException {
        socket.setSoTimeout((int) duration.toMillis());
    }

    /** Sends octets as one datagram. */
    public void send(byte[] message) throws IOException {
        socket.send(new DatagramPacket(message, message.length));
    }

    /**
     * Waits for the next datagram.
     *
     * @throws SocketTimeoutException when none came in time
     */
    public byte[] receive() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[Message.MAXLENGTH], Message.MAXLENGTH);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    /** Sends octets and waits for the next datagram. */
    public byte[] ask(byte[] message) throws IOException {
        send(message);
        return receive();
    }

    /** Sends a query and waits for the next message; whether it is the answer is for the caller to judge. */
    public Message ask(Message query) throws IOException {
        return new Message(ask(query.toWire()));
    }

    /**
     * Sends all queries before it listens, and waits for as many answers.
     *
     * @param queries with ids that differ
     * @return the answers by id, in the order in which they came
     */
    public Map<Integer, Message> askAll(List<Message> queries) throws IOException {
        for (Message query : queries) {
            send(query.toWire());
        }
        Map<Integer, Message> answers = new LinkedHashMap<>();
        while (answers.size() < queries.size()) {
            Message answer = new Message(receive());
            answers.put(answer.getHeader().getID(), answer);
        }
        return answers;
    }

    /** Whether nothing comes for so long: for what must never be answered. Takes all of that time. */
    public boolean hearsNothingFor(Duration duration) throws IOException {
        int before = socket.getSoTimeout();
        socket.setSoTimeout((int) duration.toMillis());
        try {
            receive();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            socket.setSoTimeout(before);
        }
    }

    /** The client's own address: what the server sees. */
    public InetSocketAddress localAddress() {
        return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
    }

    @Override
    public void close() {
        socket.close();
    }
}
