package io.dnsproxy.resilience;

import io.dnsproxy.resilience.Outcome.Fate;
import io.dnsproxy.testkit.ExampleZone;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Clients that ask at a fixed rate over UDP and judge every answer by id, question and address. No id is used twice on a socket, so that
 * an answer, however late, is that of its own query. One thread asks, another one listens.
 */
final class Clients implements AutoCloseable {

    /** As long as a stub resolver waits before it asks again. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int SOCKETS = 8;
    private static final int IDS = 1 << 16;
    private static final int MOST_QUERIES = SOCKETS * IDS;
    private static final int BUFFER_OCTETS = 4 << 20;

    /** In pulses, clients ask for this part of a second and are quiet for the rest. */
    private static final double PULSE = 0.25;

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Names names;
    private final int queriesPerSecond;
    private final boolean inPulses;
    private final Selector selector = Selector.open();
    private final List<DatagramChannel> sockets = new ArrayList<>();
    private final Thread asking = Thread.ofPlatform().name("asking").daemon().unstarted(this::ask);
    private final Thread listening =
            Thread.ofPlatform().name("listening").daemon().unstarted(this::listen);

    private final long[] numbers = new long[MOST_QUERIES];
    private final long[] sentNanos = new long[MOST_QUERIES];
    private final long[] tookNanos = new long[MOST_QUERIES];
    private final Fate[] fates = new Fate[MOST_QUERIES];

    /** How many were asked; whoever has read it sees all that was noted of them. */
    private final AtomicInteger asked = new AtomicInteger();

    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger strays = new AtomicInteger();
    private volatile boolean enough;
    private volatile boolean over;

    /** @param inPulses a quarter of each second at the rate, then quiet */
    Clients(InetSocketAddress proxy, double known, int queriesPerSecond, boolean inPulses) throws IOException {
        names = new Names(known);
        this.queriesPerSecond = queriesPerSecond;
        this.inPulses = inPulses;
        Arrays.fill(fates, Fate.LOST);
        for (int i = 0; i < SOCKETS; i++) {
            DatagramChannel socket = DatagramChannel.open();
            socket.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_OCTETS);
            socket.connect(proxy);
            socket.configureBlocking(false);
            socket.register(selector, SelectionKey.OP_READ, i);
            sockets.add(socket);
        }
    }

    void start() {
        listening.start();
        asking.start();
    }

    /** Whether every query that was sent in this time has its right answer, which came soon. */
    boolean areWell(long fromNanos, long toNanos) {
        boolean answersSeen = answered.get() > 0; // the listener's notes of them are seen with it
        for (int query = asked.get() - 1; query >= 0 && sentNanos[query] - fromNanos >= 0; query--) {
            if (sentNanos[query] - toNanos < 0 && !Outcome.isWell(fates[query], tookNanos[query])) {
                return false;
            }
        }
        return answersSeen;
    }

    /** Asks no more, and waits for what is still to come, as long as a client would. */
    Outcome finish() {
        enough = true;
        join(asking);
        long endNanos = System.nanoTime();
        while (answered.get() < asked.get() && System.nanoTime() - endNanos < PATIENCE_NANOS) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        over = true;
        join(listening);
        int count = asked.get();
        return new Outcome(
                Arrays.copyOf(sentNanos, count),
                Arrays.copyOf(tookNanos, count),
                Arrays.copyOf(fates, count),
                strays.get(),
                endNanos);
    }

    private void ask() {
        long startNanos = System.nanoTime();
        try {
            while (!enough && asked.get() < MOST_QUERIES) {
                long now = System.nanoTime();
                while (asked.get() < due(now - startNanos) && asked.get() < MOST_QUERIES) {
                    send(asked.get());
                }
                LockSupport.parkNanos(250_000);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot ask", e);
        }
    }

    private long due(long passedNanos) {
        if (!inPulses) {
            return passedNanos * queriesPerSecond / SECOND_NANOS;
        }
        long seconds = passedNanos / SECOND_NANOS;
        double within = Math.min(PULSE, (double) (passedNanos % SECOND_NANOS) / SECOND_NANOS);
        return (long) ((seconds * PULSE + within) * queriesPerSecond);
    }

    private void send(int query) throws IOException {
        numbers[query] = names.next();
        ByteBuffer octets = ByteBuffer.wrap(queryFor(numbers[query], idOf(query)));
        sentNanos[query] = System.nanoTime();
        asked.setRelease(query + 1);
        try {
            sockets.get(query % SOCKETS).write(octets);
        } catch (PortUnreachableException _) {
            // that of an earlier one: the proxy is not there, and this query is lost as well
        }
    }

    private void listen() {
        ByteBuffer octets = ByteBuffer.allocate(4_096);
        try {
            while (!over) {
                selector.select(
                        key -> {
                            try {
                                receive((int) key.attachment(), octets);
                            } catch (IOException e) {
                                throw new IllegalStateException("cannot listen", e);
                            }
                        },
                        20);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot listen", e);
        }
    }

    private void receive(int socket, ByteBuffer octets) throws IOException {
        while (true) {
            octets.clear();
            try {
                if (sockets.get(socket).read(octets) <= 0) {
                    return;
                }
            } catch (PortUnreachableException _) {
                return;
            }
            long now = System.nanoTime();
            octets.flip();
            byte[] answer = new byte[octets.remaining()];
            octets.get(answer);
            judge(socket, answer, now);
        }
    }

    private void judge(int socket, byte[] octets, long nowNanos) {
        if (octets.length < 12) {
            strays.incrementAndGet();
            return;
        }
        int query = ((octets[0] & 0xff) << 8 | (octets[1] & 0xff)) * SOCKETS + socket;
        if (query >= asked.getAcquire() || fates[query] != Fate.LOST) {
            strays.incrementAndGet(); // to no query, or a second time
            return;
        }
        tookNanos[query] = nowNanos - sentNanos[query];
        if (tookNanos[query] <= PATIENCE_NANOS) {
            fates[query] = fate(Names.spelled(numbers[query]), octets);
            answered.incrementAndGet();
        }
    }

    private static Fate fate(String name, byte[] octets) {
        try {
            Message answer = new Message(octets);
            Record question = answer.getQuestion();
            if (!answer.getHeader().getFlag(Flags.QR)
                    || question == null
                    || question.getType() != Type.A
                    || !question.getName().toString(true).equals(name)) {
                return Fate.WRONG;
            }
            if (answer.getRcode() != Rcode.NOERROR) {
                boolean failed = answer.getRcode() == Rcode.SERVFAIL || answer.getRcode() == Rcode.REFUSED;
                return failed ? Fate.FAILED : Fate.WRONG;
            }
            List<Record> records = answer.getSection(Section.ANSWER);
            return records.size() == 1
                            && records.getFirst() instanceof ARecord address
                            && address.getAddress().equals(ExampleZone.addressOf(name))
                    ? Fate.RIGHT
                    : Fate.WRONG;
        } catch (IOException e) {
            return Fate.WRONG;
        }
    }

    private static int idOf(int query) {
        return query / SOCKETS;
    }

    private static byte[] queryFor(long number, int id) {
        Name name = Name.fromConstantString(Names.spelled(number) + '.');
        Message query = Message.newQuery(Record.newRecord(name, Type.A, DClass.IN));
        query.getHeader().setID(id);
        return query.toWire();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        enough = true;
        over = true;
        join(asking);
        join(listening);
        for (DatagramChannel socket : sockets) {
            socket.close();
        }
        selector.close();
    }
}
