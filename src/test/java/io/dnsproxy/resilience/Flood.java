package io.dnsproxy.resilience;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Asks for new names over UDP, more of them than {@link Clients} can keep track of, and only counts what comes back. One thread asks and counts. */
final class Flood implements AutoCloseable {

    private static final int SOCKETS = 4;
    private static final int BUFFER_OCTETS = 4 << 20;
    private static final int DIGITS_AT = 12 + 2;
    private static final int DIGITS = 9;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int queriesPerSecond;
    private final List<DatagramChannel> sockets = new ArrayList<>();
    private final ByteBuffer query = ByteBuffer.wrap(queryOf("f" + "0".repeat(DIGITS) + ".example.org."));
    private final ByteBuffer answer = ByteBuffer.allocate(4_096);
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong servfail = new AtomicLong();
    private final AtomicLong others = new AtomicLong();
    private final Thread thread = Thread.ofPlatform().name("flood").daemon().unstarted(this::run);
    private volatile boolean enough;
    private volatile boolean over;

    Flood(InetSocketAddress proxy, int queriesPerSecond) throws IOException {
        this.queriesPerSecond = queriesPerSecond;
        for (int i = 0; i < SOCKETS; i++) {
            DatagramChannel socket = DatagramChannel.open();
            socket.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_OCTETS);
            socket.connect(proxy);
            socket.configureBlocking(false);
            sockets.add(socket);
        }
    }

    void start() {
        thread.start();
    }

    /** Asks no more; what is still to come is counted. */
    void stop() {
        enough = true;
    }

    long sent() {
        return sent.get();
    }

    /** Answers that say SERVFAIL. */
    long servfail() {
        return servfail.get();
    }

    /** Other answers. */
    long others() {
        return others.get();
    }

    private void run() {
        long startNanos = System.nanoTime();
        try {
            while (!over) {
                long due = (System.nanoTime() - startNanos) * queriesPerSecond / SECOND_NANOS;
                while (!enough && sent.get() < due) {
                    send((int) sent.getAndIncrement());
                }
                receive();
                LockSupport.parkNanos(200_000);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot ask", e);
        }
    }

    private void send(int number) throws IOException {
        query.putShort(0, (short) number);
        query.put(DIGITS_AT, String.format("%0" + DIGITS + "d", number).getBytes(StandardCharsets.US_ASCII));
        query.rewind();
        try {
            sockets.get(number % SOCKETS).write(query);
        } catch (PortUnreachableException _) {
            // the proxy is gone: it gets no answer, and that is counted
        }
    }

    private void receive() throws IOException {
        for (DatagramChannel socket : sockets) {
            answer.clear();
            while (socket.read(answer) > 0) {
                ((answer.get(3) & 0xf) == Rcode.SERVFAIL ? servfail : others).incrementAndGet();
                answer.clear();
            }
        }
    }

    private static byte[] queryOf(String name) {
        return Message.newQuery(Record.newRecord(Name.fromConstantString(name), Type.A, DClass.IN))
                .toWire();
    }

    @Override
    public void close() throws IOException {
        enough = true;
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (DatagramChannel socket : sockets) {
            socket.close();
        }
    }
}
