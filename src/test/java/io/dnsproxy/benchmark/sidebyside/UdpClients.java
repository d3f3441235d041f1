package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.datagram.ClientPeer;
import io.dnsproxy.datagram.DatagramEndpoint;
import io.dnsproxy.datagram.DatagramSender;
import io.dnsproxy.datagram.DatagramSettings;
import io.dnsproxy.datagram.Datagrams;
import io.dnsproxy.datagram.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that ask over UDP, by one endpoint with several sockets. Either each answer is followed by the next query at once, or a
 * thread of its own sends at a fixed rate, whether answers come or not.
 */
final class UdpClients implements AutoCloseable {

    private static final int BUFFER_OCTETS = 4 << 20;
    private static final int BATCH = 64;

    /** The system adds some 50 microseconds: at 20,000 queries a second, two or three leave together. */
    private static final long LEAST_PAUSE_NANOS = 50_000;

    private final Order order;
    private final Exchange exchange;
    private final DatagramEndpoint endpoint;
    private final DatagramSender sender;
    private final Peer[] server;
    private final byte[] query = new byte[Question.OCTETS];
    private int turn;
    private long nowNanos;
    private boolean asking = true;

    UdpClients(Order order, Exchange exchange) throws IOException {
        this.order = order;
        this.exchange = exchange;
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        int sockets = order.demand().sockets();
        endpoint = Datagrams.open(
                        new DatagramSettings(
                                Collections.nCopies(sockets, new InetSocketAddress(loopback, 0)),
                                BUFFER_OCTETS,
                                BUFFER_OCTETS,
                                BATCH),
                        1)
                .getFirst();
        sender = endpoint.sender();
        server = new Peer[sockets];
        for (int i = 0; i < sockets; i++) {
            server[i] = ClientPeer.of(new InetSocketAddress(loopback, order.port()), i);
        }
    }

    /** Asks and listens as ordered, then waits for what is still on its way. */
    Measurement run() throws IOException {
        nowNanos = System.nanoTime();
        Timing timing = new Timing(order, exchange, nowNanos);
        Pace pace = new Pace();
        if (order.demand().isSaturating()) {
            askAgain(order.demand().inFlight());
        } else {
            pace.start();
        }
        try {
            while (timing.goesOn(nowNanos)) {
                receive();
                if (order.demand().isSaturating()) {
                    askAgain(timing.lost(nowNanos));
                } else {
                    timing.lost(nowNanos);
                }
            }
        } finally {
            pace.end();
        }
        long rightInTime = exchange.right();
        asking = false;
        for (long end = nowNanos + Exchange.PATIENCE_NANOS; nowNanos < end && exchange.onTheirWay() > 0; ) {
            receive();
        }
        exchange.giveUp(System.nanoTime(), -1);
        return timing.measurement(rightInTime);
    }

    private void receive() throws IOException {
        nowNanos = 0;
        if (endpoint.receive(this::received, true) == 0) {
            nowNanos = System.nanoTime();
        }
        sender.flush();
    }

    /** All answers of one call have come when the first of them is taken out. */
    private void received(byte[] buffer, int offset, int length, Peer peer) {
        if (nowNanos == 0) {
            nowNanos = System.nanoTime();
        }
        if (exchange.answered(buffer, offset, length, nowNanos)
                && asking
                && order.demand().isSaturating()) {
            exchange.ask(query, 0, nowNanos);
            sender.add(query, 0, query.length, peer);
        }
    }

    private void askAgain(int queries) {
        for (int i = 0; i < queries; i++) {
            exchange.ask(query, 0, nowNanos);
            sender.add(query, 0, query.length, server[turn]);
            turn = (turn + 1) % server.length;
        }
        sender.flush();
    }

    @Override
    public void close() {
        sender.close();
        endpoint.close();
    }

    /** Sends what is due, then sleeps for a moment; what a late awakening has missed leaves at once. */
    private final class Pace {

        private final Thread thread = Thread.ofPlatform().name("pace").daemon().unstarted(this::keep);
        private volatile boolean over;

        void start() {
            thread.start();
        }

        void end() {
            over = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void keep() {
            byte[] next = new byte[Question.OCTETS];
            double nanosPerQuery = 1e9 / order.demand().queriesPerSecond();
            long startNanos = System.nanoTime();
            long sent = 0;
            int socket = 0;
            try (DatagramSender own = endpoint.sender()) {
                while (!over) {
                    long now = System.nanoTime();
                    for (long due = (long) ((now - startNanos) / nanosPerQuery); sent < due; sent++) {
                        exchange.ask(next, 0, now);
                        own.add(next, 0, next.length, server[socket]);
                        socket = (socket + 1) % server.length;
                    }
                    own.flush();
                    long nextNanos = startNanos + (long) ((sent + 1) * nanosPerQuery);
                    LockSupport.parkNanos(Math.max(LEAST_PAUSE_NANOS, nextNanos - System.nanoTime()));
                }
            }
        }
    }
}
