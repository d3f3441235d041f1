package io.dnsproxy.fuzz;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Honest clients by UDP that ask at a steady rate, repeat a query after a second without an answer as stub resolvers do, and check each
 * answer. A thread of its own.
 */
public final class HonestDatagrams implements AutoCloseable {

    private static final int SOCKETS = 8;
    private static final int IDS = 1 << 16;
    private static final int BUFFER_OCTETS = 4 << 20;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int TRIES = 6;

    /** After a pause of this thread, no more than so many leave at once: that would be a flood. */
    private static final int BURST = 64;

    private final Names names;
    private final Selector selector = Selector.open();
    private final DatagramChannel[] sockets = new DatagramChannel[SOCKETS];
    private final @Nullable Asked[] waiting = new @Nullable Asked[SOCKETS * IDS];
    private final ArrayDeque<Asked> inOrder = new ArrayDeque<>();
    private final ByteBuffer octets = ByteBuffer.allocate(4_096);
    private final Tally tally = new Tally();
    private final Thread thread =
            Thread.ofPlatform().name("honest-udp").daemon().unstarted(this::run);
    private int next;
    private long sent;
    private volatile double queriesPerSecond;
    private volatile boolean enough;

    /**
     * Opens the sockets.
     *
     * @param known the share of names that are asked for again and again, from 0 to 1
     */
    public HonestDatagrams(InetSocketAddress proxy, double known, double queriesPerSecond, SplittableRandom random)
            throws IOException {
        names = new Names(known, random);
        this.queriesPerSecond = queriesPerSecond;
        for (int i = 0; i < SOCKETS; i++) {
            sockets[i] = DatagramChannel.open();
            sockets[i].setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_OCTETS);
            sockets[i].connect(proxy);
            sockets[i].configureBlocking(false);
            sockets[i].register(selector, SelectionKey.OP_READ, i);
        }
    }

    /** Begins to ask. */
    public void start() {
        thread.start();
    }

    /** Asks at another rate from now on. Any thread. */
    public void rate(double perSecond) {
        queriesPerSecond = perSecond;
    }

    /** The rate of now. Any thread. */
    public double rate() {
        return queriesPerSecond;
    }

    /** Asks no more, waits for what is still to come, and tells what was seen. */
    public Tally.Figures finish() throws InterruptedException {
        enough = true;
        thread.join();
        return tally.figures();
    }

    /** Datagrams sent, repeated ones too; after {@link #finish}. */
    public long sent() {
        return sent;
    }

    private static final class Asked {

        private final int slot;
        private final long number;
        private final byte[] query;
        private final long firstNanos;
        private long lastNanos;
        private int tries = 1;

        Asked(int slot, long number, long nowNanos) {
            this.slot = slot;
            this.number = number;
            this.query = Names.query(number, slot / SOCKETS);
            this.firstNanos = nowNanos;
            this.lastNanos = nowNanos;
        }
    }

    private void run() {
        long lastNanos = System.nanoTime();
        double due = 0;
        try {
            while (!enough || !inOrder.isEmpty()) {
                long now = System.nanoTime();
                due = Math.min(BURST, due + (now - lastNanos) * queriesPerSecond / 1e9);
                lastNanos = now;
                for (; due >= 1 && !enough; due--) {
                    ask(now);
                }
                selector.select(this::receive, 1);
                repeatOverdue(System.nanoTime());
            }
        } catch (IOException e) {
            throw new IllegalStateException("an honest client cannot ask", e);
        }
    }

    private void ask(long nowNanos) throws IOException {
        int slot = next;
        next = (next + 1) % waiting.length;
        if (waiting[slot] == null) {
            Asked asked = new Asked(slot, names.next(), nowNanos);
            waiting[slot] = asked;
            inOrder.add(asked);
            tally.ask();
            send(asked);
        }
    }

    private void send(Asked asked) throws IOException {
        try {
            sent += sockets[asked.slot % SOCKETS].write(ByteBuffer.wrap(asked.query)) > 0 ? 1 : 0;
        } catch (PortUnreachableException _) {
            // of an earlier one; this one is repeated like any that is lost
        }
    }

    private void receive(SelectionKey key) {
        int socket = (int) key.attachment();
        try {
            octets.clear();
            while (sockets[socket].read(octets) > 0) {
                received(socket, Arrays.copyOf(octets.array(), octets.position()), System.nanoTime());
                octets.clear();
            }
        } catch (IOException _) {
            // a port that is unreachable: what is lost is repeated
        }
    }

    private void received(int socket, byte[] answer, long nowNanos) {
        int slot = answer.length < 2 ? -1 : FrameStream.u16(answer, 0) * SOCKETS + socket;
        Asked asked = slot < 0 ? null : waiting[slot];
        if (asked != null) {
            waiting[slot] = null;
            tally.judge(asked.number, answer, nowNanos - asked.firstNanos);
        } else if (!tally.hasRepeated()) {
            tally.stray(); // else it may be the answer to one that was repeated
        }
    }

    private void repeatOverdue(long nowNanos) throws IOException {
        for (Asked asked = inOrder.peek(); asked != null; asked = inOrder.peek()) {
            if (waiting[asked.slot] == asked) {
                if (nowNanos - asked.lastNanos < PATIENCE_NANOS) {
                    return;
                }
                if (asked.tries == TRIES) {
                    waiting[asked.slot] = null;
                    tally.miss(1);
                } else {
                    asked.tries++;
                    asked.lastNanos = nowNanos;
                    inOrder.add(asked);
                    tally.repeat();
                    send(asked);
                }
            }
            inOrder.remove();
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
        for (DatagramChannel socket : sockets) {
            socket.close();
        }
        selector.close();
    }
}
