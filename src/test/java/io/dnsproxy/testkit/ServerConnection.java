package io.dnsproxy.testkit;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link ScriptedResolver}, from its acceptance to its end. A thread of its own reads; a reply with a wait in it gets
 * one more, so that no reply holds up another.
 */
final class ServerConnection {

    private static final int HANDSHAKE_RECORD = 22;

    /** A ServerHello: TLS 1.1, 32 octets of "random", no session, ECDHE-RSA with AES-256-CBC-SHA, no compression. */
    private static final byte[] TLS_1_1_SERVER_HELLO =
            HexFormat.of().parseHex("160302002a" + "02000026" + "0302" + "5a".repeat(32) + "00" + "c014" + "00");

    private static final byte[] CLEAR_TEXT = "220 no TLS is spoken here\r\n".getBytes(StandardCharsets.US_ASCII);

    private final int number;
    private final Socket socket;
    private final ScriptedResolver resolver;
    private final ClientHello hello = new ClientHello();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Frames frames = new Frames();
    private final TlsRecords records = new TlsRecords();

    private volatile @Nullable TlsPeer tls;
    private long helloMillis;
    private volatile boolean frozen;
    private volatile boolean startedTls;
    private volatile boolean handshakeCompleted;
    private volatile boolean resumed;
    private volatile @Nullable String alpnSelected;
    private volatile @Nullable String protocol;
    private final AtomicLong applicationOctets = new AtomicLong();
    private final AtomicInteger queries = new AtomicInteger();
    private volatile @Nullable Ending ending;
    private final AtomicBoolean endedByScript = new AtomicBoolean();
    private volatile @Nullable String alert;

    ServerConnection(int number, Socket socket, ScriptedResolver resolver) {
        this.number = number;
        this.socket = socket;
        this.resolver = resolver;
    }

    /** Welcomes the client and serves it until one side ends the connection. */
    void serve(Welcome welcome) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new GatedInput(socket.getInputStream());
            try {
                switch (welcome) {
                    case TLS -> speakTls(in);
                    case SILENCE -> {}
                    case CLEAR_TEXT -> socket.getOutputStream().write(CLEAR_TEXT);
                    case TLS_1_1 -> {
                        if (in.read(new byte[4096]) > 0) {
                            socket.getOutputStream().write(TLS_1_1_SERVER_HELLO);
                        }
                        hearAlert(in);
                    }
                    case FIN -> end(Ending.FIN);
                    case RESET -> end(Ending.RESET);
                }
            } catch (SSLException e) {
                alert = e.getMessage();
                socket.shutdownOutput();
            }
            in.transferTo(OutputStream.nullOutputStream());
            ended(Ending.FIN);
        } catch (IOException | UncheckedIOException e) {
            ended(Ending.RESET);
        } finally {
            over.countDown();
        }
    }

    SeenConnection seen() {
        return new SeenConnection(
                number,
                startedTls,
                handshakeCompleted,
                resumed,
                hello.serverName,
                hello.alpnOffered,
                alpnSelected,
                protocol,
                applicationOctets.get(),
                records.applicationData(),
                queries.get(),
                ending,
                endedByScript.get(),
                alert);
    }

    /** From now on this connection neither reads nor writes, as if the way to the client were cut. */
    void freeze() {
        frozen = true;
    }

    /** Ends the connection from this side. */
    void end(Ending how) {
        if (ending != null || !endedByScript.compareAndSet(false, true)) {
            return;
        }
        try {
            TlsPeer peer = tls;
            switch (how) {
                case CLOSE_NOTIFY -> {
                    if (peer != null && handshakeCompleted) {
                        peer.closeNotify();
                    }
                    socket.shutdownOutput();
                }
                case FIN -> socket.shutdownOutput();
                case RESET -> {
                    socket.setSoLinger(true, 0);
                    socket.close();
                }
            }
        } catch (IOException e) {
            ended(Ending.RESET);
        }
    }

    /** Ends the connection for good, whatever the client still has to say. */
    void close() {
        end(Ending.FIN);
        over.countDown();
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void speakTls(InputStream in) throws IOException {
        SSLEngine engine = resolver.tls().engine(hello);
        TlsPeer peer = new TlsPeer(socket, in, engine);
        tls = peer;
        if (!peer.handshake()) {
            return;
        }
        resumed = engine.getSession().getCreationTime() < helloMillis;
        protocol = engine.getSession().getProtocol();
        String selected = engine.getApplicationProtocol();
        alpnSelected = selected == null || selected.isEmpty() ? null : selected;
        handshakeCompleted = true;
        ByteBuffer octets = peer.read();
        while (octets != null) {
            long arrivalNanos = System.nanoTime();
            applicationOctets.addAndGet(octets.remaining());
            frames.add(octets);
            byte[] query = frames.next();
            while (query != null && !endedByScript.get()) {
                received(new ReceivedQuery(number, queries.incrementAndGet(), arrivalNanos, query));
                query = frames.next();
            }
            octets = peer.read();
        }
        if (peer.closeNotifyReceived()) {
            ended(Ending.CLOSE_NOTIFY);
            peer.closeNotify();
            socket.shutdownOutput();
        }
    }

    private void received(ReceivedQuery query) {
        List<Reply.Step> steps = resolver.received(query).steps();
        if (steps.stream().anyMatch(Reply.Step.Wait.class::isInstance)) {
            Thread.startVirtualThread(() -> play(steps, query));
        } else {
            play(steps, query);
        }
    }

    private void play(List<Reply.Step> steps, ReceivedQuery query) {
        try {
            for (Reply.Step step : steps) {
                switch (step) {
                    case Reply.Step.Wait(var delay) -> Thread.sleep(delay);
                    case Reply.Step.Send(var octets, var recordOctets) -> send(octets.apply(query), recordOctets);
                    case Reply.Step.End(var how) -> end(how);
                }
            }
        } catch (IOException _) {
            // the client, or another step of the script, has ended the connection: the reader tells how
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(byte[] octets, int recordOctets) throws IOException {
        TlsPeer peer = tls;
        if (peer != null && !frozen && !endedByScript.get()) {
            peer.write(octets, recordOctets);
        }
    }

    private void hearAlert(InputStream in) throws IOException {
        byte[] answer = in.readNBytes(7);
        if (answer.length == 7 && answer[0] == 21) {
            alert = "alert " + answer[6];
        }
    }

    private void ended(Ending how) {
        if (ending == null && !endedByScript.get()) {
            ending = how;
        }
    }

    /**
     * Waits for the clock to move on. A session made after it is told by its creation time from any that was there when the hello came:
     * that is how a resumed one is known, for the JDK's server does not say.
     */
    private static long nextMillisecond() {
        long before = System.currentTimeMillis();
        long now = before;
        while (now == before) {
            LockSupport.parkNanos(100_000);
            now = System.currentTimeMillis();
        }
        return now;
    }

    /** Hands octets on only while neither the connection nor the resolver is stopped from reading. */
    private final class GatedInput extends FilterInputStream {

        private boolean first = true;

        GatedInput(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] octets, int offset, int length) throws IOException {
            try {
                resolver.awaitReading();
                int count = super.read(octets, offset, length);
                resolver.awaitReading();
                if (frozen) {
                    over.await();
                    throw new SocketException("Frozen until the end");
                }
                if (first && count > 0) {
                    first = false;
                    startedTls = octets[offset] == HANDSHAKE_RECORD;
                    helloMillis = nextMillisecond();
                }
                if (startedTls && count > 0) {
                    records.add(octets, offset, count);
                }
                return count;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SocketException("Interrupted");
            }
        }
    }
}
