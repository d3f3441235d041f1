package io.dnsproxy.fuzz;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that are no good, at a steady rate: they send mutants by UDP and are gone before the answers come, or write by TCP or TLS, never
 * read, and vanish with a reset, some of them only after a while. A thread of its own.
 */
public final class RudeClients implements AutoCloseable {

    private static final int DATAGRAMS = 10;
    private static final int EACH_TLS = 10;
    private static final int LINGERING_MAX = 50;

    private final PackagedProxy proxy;
    private final double perSecond;
    private final SplittableRandom random;
    private final Mutations mutations;
    private final byte[] scratch = new byte[Mutations.OCTETS_MAX];
    private final Deque<Connector.Connection> lingering = new ArrayDeque<>();
    private final Thread thread = Thread.ofPlatform().name("rude").daemon().unstarted(this::run);
    private volatile boolean enough;
    private volatile long visits;

    /**
     * Opens nothing yet.
     *
     * @param perSecond so many of each sort
     */
    public RudeClients(PackagedProxy proxy, double perSecond, SplittableRandom random) {
        this(proxy, perSecond, random, Corpus.queries());
    }

    private RudeClients(PackagedProxy proxy, double perSecond, SplittableRandom random, List<byte[]> corpus) {
        this.proxy = proxy;
        this.perSecond = perSecond;
        this.random = random;
        this.mutations = new Mutations(random.split(), corpus);
    }

    /** Begins. */
    public void start() {
        thread.start();
    }

    /** How many have come, of both sorts. */
    public long visits() {
        return visits;
    }

    private void run() {
        long beginNanos = System.nanoTime();
        for (long visit = 1; !enough; visit++) {
            try {
                sendAndVanish();
                writeAndLinger(visit % EACH_TLS == 0 ? proxy.tls() : proxy.tcp());
            } catch (IOException _) {
                // whoever is rude may be refused
            }
            visits = 2 * visit;
            LockSupport.parkNanos(beginNanos + (long) (visit * 1e9 / perSecond) - System.nanoTime());
        }
    }

    private void sendAndVanish() throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(proxy.address());
            for (int i = 0; i < DATAGRAMS; i++) {
                socket.send(new DatagramPacket(scratch, mutations.next(scratch)));
            }
        }
    }

    private void writeAndLinger(Connector connector) throws IOException {
        FrameStream stream = FrameStream.next(random, mutations, scratch, true);
        Connector.Connection connection = connector.connect(null);
        lingering.add(connection);
        connection.socket().getOutputStream().write(stream.octets());
        while (lingering.size() > random.nextInt(LINGERING_MAX)) {
            lingering.remove().reset();
        }
    }

    @Override
    public void close() throws IOException {
        enough = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Connector.Connection connection : lingering) {
            connection.close();
        }
    }
}
