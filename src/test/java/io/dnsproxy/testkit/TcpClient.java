package io.dnsproxy.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.xbill.DNS.Message;

/**
 * A client of DNS over a stream that can be polite, hasty or slow: pipelines, splits its writes, closes half, resets. Works over any socket,
 * a TLS one too. One thread; whoever made it closes it, the socket with it.
 */
public final class TcpClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;

    private TcpClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
    }

    /** Connects. */
    public static TcpClient to(InetSocketAddress server) throws IOException {
        Socket socket = new Socket();
        socket.connect(server, (int) PATIENCE.toMillis());
        return new TcpClient(socket);
    }

    /** Speaks over a connected socket, which is closed with this client. */
    public static TcpClient over(Socket socket) throws IOException {
        return new TcpClient(socket);
    }

    /** How long {@link #receive()} and {@link #awaitEnd()} wait; 5 seconds until told otherwise. */
    public void patience(Duration duration) throws SocketException {
        socket.setSoTimeout((int) duration.toMillis());
    }

    /** Sends messages, all of them in one write. */
    public void send(Message... messages) throws IOException {
        byte[][] octets = new byte[messages.length][];
        for (int i = 0; i < messages.length; i++) {
            octets[i] = messages[i].toWire();
        }
        send(octets);
    }

    /** Sends messages, all of them in one write. */
    public void send(byte[]... messages) throws IOException {
        sendStream(stream(messages));
    }

    /** Sends messages in pieces of so many octets, each in a segment of its own. */
    public void sendInPieces(int pieceOctets, byte[]... messages) throws IOException {
        byte[] stream = stream(messages);
        for (int at = 0; at < stream.length; at += pieceOctets) {
            out.write(stream, at, Math.min(pieceOctets, stream.length - at));
            out.flush();
        }
    }

    /** Sends octets as they are, in one write. */
    public void sendStream(byte[] octets) throws IOException {
        out.write(octets);
        out.flush();
    }

    /**
     * Waits for the next message.
     *
     * @throws java.io.EOFException when the server ended the connection instead
     * @throws SocketTimeoutException when nothing came in time
     */
    public byte[] receive() throws IOException {
        byte[] message = new byte[in.readUnsignedShort()];
        in.readFully(message);
        return message;
    }

    /** Waits for the next message and parses it; see {@link #receive()}. */
    public Message receiveMessage() throws IOException {
        return new Message(receive());
    }

    /** Sends one query and waits for the next message. */
    public Message ask(Message query) throws IOException {
        send(query);
        return receiveMessage();
    }

    /** Says that there will be no more queries (FIN), and goes on listening. */
    public void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    /**
     * Reads until the server ends the connection; what comes before is thrown away.
     *
     * @return {@link Ending#FIN}, also when close_notify came before it, or {@link Ending#RESET}
     * @throws SocketTimeoutException when the server did not end it in time
     */
    public Ending awaitEnd() throws IOException {
        try {
            in.transferTo(OutputStream.nullOutputStream());
            return Ending.FIN;
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return Ending.RESET;
        }
    }

    /** Ends the connection with RST. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** The socket itself. */
    public Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static byte[] stream(byte[]... messages) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            stream.writeBytes(Frames.framed(message));
        }
        return stream.toByteArray();
    }
}
