package io.dnsproxy.fuzz;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients by TCP and TLS that write {@link FrameStream}s: at once, in two parts cut at each octet in turn, in pieces; who then wait for all
 * answers, break off in the midst of a frame, or reset. Others send garbage where TLS should be. Several threads.
 */
final class StreamAttack {

    private static final int THREADS = 4;
    private static final int EACH_TLS = 64;
    private static final int EACH_TLS_GARBAGE = 100;
    private static final int PIECES_MAX = 20;
    private static final int GARBAGE_OCTETS_MAX = 2_000;

    private final Connector tcp;
    private final Connector tls;
    private final Connector tlsGarbage;
    private final Findings findings;
    private final List<byte[]> corpus;
    private final AtomicLong frames = new AtomicLong();
    private final AtomicLong cuts = new AtomicLong();
    private final LongAdder connections = new LongAdder();
    private final LongAdder resets = new LongAdder();
    private final LongAdder answers = new LongAdder();
    private final LongAdder missing = new LongAdder();

    /** @param tlsGarbage connects to where TLS is spoken, and speaks none */
    StreamAttack(Connector tcp, Connector tls, Connector tlsGarbage, List<byte[]> corpus, Findings findings) {
        this.tcp = tcp;
        this.tls = tls;
        this.tlsGarbage = tlsGarbage;
        this.corpus = corpus;
        this.findings = findings;
    }

    /**
     * Sends so many frames.
     *
     * @param untilNanos when to end before that, by {@link System#nanoTime}
     */
    Figures run(long wanted, long untilNanos, SplittableRandom random) throws InterruptedException {
        long beginNanos = System.nanoTime();
        long until = frames.get() + wanted;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom own = random.split();
            threads.add(Thread.ofPlatform()
                    .name("stream-" + i)
                    .daemon()
                    .start(() -> new Client(own).run(until, untilNanos)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return new Figures(
                frames.get() - until + wanted,
                connections.sumThenReset(),
                resets.sumThenReset(),
                answers.sumThenReset(),
                missing.sumThenReset(),
                System.nanoTime() - beginNanos);
    }

    private final class Client {

        private final SplittableRandom random;
        private final Mutations mutations;
        private final Replies replies = new Replies(findings);
        private final byte[] scratch = new byte[Mutations.OCTETS_MAX];

        Client(SplittableRandom random) {
            this.random = random;
            this.mutations = new Mutations(random.split(), corpus);
        }

        void run(long until, long untilNanos) {
            for (int i = 1; frames.get() < until && System.nanoTime() - untilNanos < 0; i++) {
                try {
                    if (i % EACH_TLS_GARBAGE == 0) {
                        garble();
                    } else {
                        converse(i % EACH_TLS == 0 ? tls : tcp);
                    }
                } catch (SocketTimeoutException e) {
                    findings.add("a connection that does not come to its end");
                } catch (IOException e) {
                    findings.add("a connection that failed: " + e.getMessage());
                }
            }
        }

        private void converse(Connector connector) throws IOException {
            int manner = random.nextInt(10);
            FrameStream stream = FrameStream.next(random, mutations, scratch, manner == 8);
            connections.increment();
            try (Connector.Connection connection = connector.connect(somewhere())) {
                boolean whole = write(connection, stream.octets(), manner);
                frames.addAndGet(Math.max(1, stream.queries()));
                if (manner == 9) {
                    connection.reset();
                    resets.increment();
                    return;
                }
                if (whole) {
                    endOutput(connection);
                }
                Map<Integer, Integer> waiting = stream.answers();
                readAll(connection, waiting);
                if (!waiting.isEmpty()) {
                    missing.add(waiting.size());
                    if (!stream.ends()) {
                        findings.add("frames by TCP or TLS without an answer", stream.octets(), new byte[0]);
                    }
                }
            }
        }

        /** @return false if the proxy has ended the connection meanwhile, as it may after a message without header */
        private boolean write(Connector.Connection connection, byte[] octets, int manner) {
            try {
                OutputStream out = connection.socket().getOutputStream();
                int pieces = manner < 4 ? 1 : manner < 6 ? 2 : 1 + random.nextInt(PIECES_MAX);
                int at = 0;
                for (int i = 1; i < pieces && at < octets.length; i++) {
                    int length = pieces == 2
                            ? (int) (cuts.getAndIncrement() % octets.length)
                            : random.nextInt(octets.length - at);
                    out.write(octets, at, length);
                    out.flush();
                    at += length;
                }
                out.write(octets, at, octets.length - at);
                out.flush();
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        private void endOutput(Connector.Connection connection) {
            try {
                connection.socket().shutdownOutput();
            } catch (IOException _) {
                // the proxy was faster
            }
        }

        private void readAll(Connector.Connection connection, Map<Integer, Integer> waiting) throws IOException {
            DataInputStream in = new DataInputStream(
                    new BufferedInputStream(connection.socket().getInputStream()));
            try {
                while (true) {
                    byte[] reply = new byte[in.readUnsignedShort()];
                    in.readFully(reply);
                    received(reply, waiting);
                }
            } catch (EOFException e) {
                return;
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException e) {
                resets.increment(); // by the proxy, which has closed before it read all
            }
        }

        private void received(byte[] reply, Map<Integer, Integer> waiting) {
            answers.increment();
            int id = reply.length < 2 ? -1 : FrameStream.u16(reply, 0);
            Integer left = waiting.get(id);
            if (left == null) {
                replies.toNothing(reply);
                return;
            }
            if (left == 1) {
                waiting.remove(id);
            } else {
                waiting.put(id, left - 1);
            }
            replies.judgeAlone(reply);
        }

        /** Something else than TLS where TLS is spoken, at times with the beginning of a handshake's record. */
        private void garble() throws IOException {
            byte[] octets = new byte[1 + random.nextInt(GARBAGE_OCTETS_MAX)];
            random.nextBytes(octets);
            if (octets.length > 5 && random.nextBoolean()) {
                byte[] handshake = {22, 3, 1, 0, (byte) Math.min(127, octets.length - 5), 1};
                System.arraycopy(handshake, 0, octets, 0, Math.min(handshake.length, octets.length));
            }
            try (Connector.Connection connection = tlsGarbage.connect(somewhere())) {
                write(connection, octets, 0);
                connection.reset();
            }
        }

        /** Many clients, so that the bounds of one do not spare the proxy. */
        private InetSocketAddress somewhere() {
            return new InetSocketAddress(InetAddress.ofLiteral("127.0.0." + (2 + random.nextInt(250))), 0);
        }
    }

    /**
     * What was seen.
     *
     * @param frames messages that a server finds in what was written
     * @param resets connections that one side has reset
     * @param missing answers that did not come because the proxy stopped reading
     */
    record Figures(long frames, long connections, long resets, long answers, long missing, long tookNanos) {

        double perSecond() {
            return tookNanos == 0 ? 0 : frames * 1e9 / tookNanos;
        }
    }
}
