package io.dnsproxy.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS by the JDK's engine over a blocking socket. Unlike an {@code SSLSocket} it decides the size of each record, tells close_notify from
 * a bare FIN, and leaves the socket free to be reset. One thread reads; any thread writes.
 */
final class TlsPeer {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Object writing = new Object();
    private final SSLEngine engine;
    private final InputStream in;
    private final OutputStream out;
    private final ByteBuffer sealed;
    private final ByteBuffer open;
    private final ByteBuffer record;

    TlsPeer(Socket socket, InputStream in, SSLEngine engine) throws IOException {
        this.engine = engine;
        this.in = in;
        this.out = socket.getOutputStream();
        int recordOctets = engine.getSession().getPacketBufferSize();
        sealed = ByteBuffer.allocate(2 * recordOctets).flip();
        open = ByteBuffer.allocate(2 * engine.getSession().getApplicationBufferSize());
        record = ByteBuffer.allocate(recordOctets);
    }

    /**
     * Does the handshake; when it fails, the alert is sent first.
     *
     * @return false when the other side ended the connection in the midst of it
     * @throws SSLException when TLS fails, the other side's alert in its text
     */
    boolean handshake() throws IOException {
        engine.beginHandshake();
        try {
            while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
                if (needsUnwrap() && !unwrap()) {
                    return false;
                }
                settle();
            }
            return true;
        } catch (SSLException e) {
            settle();
            throw e;
        }
    }

    /**
     * Waits for octets.
     *
     * @return what came, valid until the next call; null when the other side ended the connection
     */
    @Nullable
    ByteBuffer read() throws IOException {
        open.clear();
        while (open.position() == 0) {
            if (!unwrap()) {
                return null;
            }
            settle();
        }
        return open.flip();
    }

    /** Whether the end came with close_notify. */
    boolean closeNotifyReceived() {
        return engine.isInboundDone();
    }

    /** Sends octets: as few records as possible in one write, or records of a given size, each in a write of its own. */
    void write(byte[] octets, int recordOctets) throws IOException {
        synchronized (writing) {
            ByteArrayOutputStream burst = new ByteArrayOutputStream(octets.length + 64);
            int at = 0;
            while (at < octets.length) {
                int length = Math.min(recordOctets, octets.length - at);
                ByteBuffer piece = ByteBuffer.wrap(octets, at, length);
                while (piece.hasRemaining()) {
                    wrap(piece, burst);
                }
                at += length;
                out.write(burst.toByteArray());
                burst.reset();
            }
        }
    }

    /** Sends close_notify. */
    void closeNotify() throws IOException {
        synchronized (writing) {
            engine.closeOutbound();
            ByteArrayOutputStream burst = new ByteArrayOutputStream();
            while (!engine.isOutboundDone() && wrap(NOTHING, burst) != HandshakeStatus.NEED_UNWRAP) {
                // TLS 1.3 may have more to say before close_notify
            }
            out.write(burst.toByteArray());
        }
    }

    private boolean needsUnwrap() {
        HandshakeStatus status = engine.getHandshakeStatus();
        return status == HandshakeStatus.NEED_UNWRAP || status == HandshakeStatus.NEED_UNWRAP_AGAIN;
    }

    /** Opens one record. @return false when there will be no more */
    private boolean unwrap() throws IOException {
        while (true) {
            SSLEngineResult result = engine.unwrap(sealed, open);
            switch (result.getStatus()) {
                case OK -> {
                    return true;
                }
                case CLOSED -> {
                    return false;
                }
                case BUFFER_OVERFLOW -> throw new IllegalStateException("A record larger than TLS allows");
                case BUFFER_UNDERFLOW -> {
                    sealed.compact();
                    int count = in.read(sealed.array(), sealed.position(), sealed.remaining());
                    sealed.position(sealed.position() + Math.max(count, 0)).flip();
                    if (count < 0) {
                        return false;
                    }
                }
            }
        }
    }

    /** Runs what the engine wants run and sends what it wants sent: handshake messages, tickets, key updates, alerts. */
    private void settle() throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    Runnable task = engine.getDelegatedTask();
                    if (task != null) {
                        task.run();
                    }
                }
                case NEED_WRAP -> {
                    synchronized (writing) {
                        ByteArrayOutputStream burst = new ByteArrayOutputStream();
                        while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && !engine.isOutboundDone()) {
                            wrap(NOTHING, burst);
                        }
                        out.write(burst.toByteArray());
                    }
                    if (engine.isOutboundDone()) {
                        return;
                    }
                }
                default -> {
                    return;
                }
            }
        }
    }

    private HandshakeStatus wrap(ByteBuffer octets, ByteArrayOutputStream burst) throws SSLException {
        record.clear();
        SSLEngineResult result = engine.wrap(octets, record);
        if (result.getStatus() == SSLEngineResult.Status.CLOSED && octets.hasRemaining()) {
            throw new SSLException("Closed");
        }
        burst.write(record.array(), 0, record.position());
        return result.getHandshakeStatus();
    }
}
