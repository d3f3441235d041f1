package io.dnsproxy.fuzz;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * An honest client by TCP or TLS: opens a connection, asks a few queries one after the other, then as many at once, and closes it. A query
 * counts as unanswered when its connection fails. A thread of its own.
 */
public final class HonestStreams implements AutoCloseable {

    private static final int IN_TURN = 5;
    private static final int AT_ONCE = 5;

    private final Connector connector;
    private final Names names;
    private final double connectionsPerSecond;
    private final Tally tally = new Tally();
    private final Thread thread =
            Thread.ofPlatform().name("honest-tcp").daemon().unstarted(this::run);
    private int nextId;
    private volatile boolean enough;

    /**
     * Opens nothing yet.
     *
     * @param known the share of names that are asked for again and again, from 0 to 1
     */
    public HonestStreams(Connector connector, double known, double connectionsPerSecond, SplittableRandom random) {
        this.connector = connector;
        this.names = new Names(known, random);
        this.connectionsPerSecond = connectionsPerSecond;
    }

    /** Begins to ask. */
    public void start() {
        thread.start();
    }

    /** Asks no more, and tells what was seen. */
    public Tally.Figures finish() throws InterruptedException {
        enough = true;
        thread.join();
        return tally.figures();
    }

    private record Asked(long number, long sentNanos) {}

    private void run() {
        long beginNanos = System.nanoTime();
        for (long connection = 1; !enough; connection++) {
            Map<Integer, Asked> waiting = new HashMap<>();
            try (Connector.Connection opened = connector.connect(null)) {
                DataInputStream in = new DataInputStream(opened.socket().getInputStream());
                for (int i = 0; i < IN_TURN; i++) {
                    opened.socket().getOutputStream().write(frames(1, waiting));
                    receive(in, waiting);
                }
                opened.socket().getOutputStream().write(frames(AT_ONCE, waiting));
                while (!waiting.isEmpty()) {
                    receive(in, waiting);
                }
            } catch (IOException e) {
                tally.miss(Math.max(1, waiting.size()));
            }
            long dueNanos = beginNanos + (long) (connection * 1e9 / connectionsPerSecond);
            LockSupport.parkNanos(dueNanos - System.nanoTime());
        }
    }

    private byte[] frames(int count, Map<Integer, Asked> waiting) {
        byte[] frames = {};
        for (int i = 0; i < count; i++) {
            nextId = (nextId + 1) & 0xffff;
            long number = names.next();
            waiting.put(nextId, new Asked(number, System.nanoTime()));
            tally.ask();
            frames = FrameStream.joined(frames, FrameStream.framed(Names.query(number, nextId)));
        }
        return frames;
    }

    private void receive(DataInputStream in, Map<Integer, Asked> waiting) throws IOException {
        byte[] answer = new byte[in.readUnsignedShort()];
        in.readFully(answer);
        if (answer.length < 2) {
            throw new EOFException("no message");
        }
        Asked asked = waiting.remove(FrameStream.u16(answer, 0));
        if (asked == null) {
            tally.stray();
        } else {
            tally.judge(asked.number, answer, System.nanoTime() - asked.sentNanos);
        }
    }

    @Override
    public void close() {
        enough = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
