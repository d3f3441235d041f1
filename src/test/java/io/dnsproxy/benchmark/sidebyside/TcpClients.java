package io.dnsproxy.benchmark.sidebyside;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients that ask over TCP: each answer is followed by the next query at once, on the same connection; or, where there are more
 * connections than queries, on the one whose turn it is.
 */
final class TcpClients implements AutoCloseable {

    private static final int BUFFER_OCTETS = 1 << 17;

    /** For a connection with a query or two on its way. */
    private static final int SMALL_BUFFER_OCTETS = 1 << 11;

    private static final long SELECT_MILLIS = 100;

    private final Order order;
    private final Exchange exchange;
    private final Selector selector;
    private final List<Connection> connections = new ArrayList<>();
    private final boolean takesTurns;
    private int turn;
    private long nowNanos;
    private boolean asking = true;

    TcpClients(Order order, Exchange exchange) throws IOException {
        this.order = order;
        this.exchange = exchange;
        takesTurns = order.demand().sockets() > order.demand().inFlight();
        selector = Selector.open();
        try {
            for (int i = 0; i < order.demand().sockets(); i++) {
                connections.add(new Connection());
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /**
     * Asks and listens as ordered, then waits for what is still on its way.
     *
     * @throws IOException if the server closes a connection, too
     */
    Measurement run() throws IOException {
        nowNanos = System.nanoTime();
        Timing timing = new Timing(order, exchange, nowNanos);
        ask(order.demand().inFlight());
        while (timing.goesOn(nowNanos)) {
            turn();
            ask(timing.lost(nowNanos));
        }
        long rightInTime = exchange.right();
        asking = false;
        for (long end = nowNanos + Exchange.PATIENCE_NANOS; nowNanos < end && exchange.onTheirWay() > 0; ) {
            turn();
        }
        exchange.giveUp(System.nanoTime(), -1);
        return timing.measurement(rightInTime);
    }

    private void turn() throws IOException {
        selector.select(SELECT_MILLIS);
        for (SelectionKey key : selector.selectedKeys()) {
            nowNanos = System.nanoTime();
            ((Connection) key.attachment()).ready();
        }
        selector.selectedKeys().clear();
        nowNanos = System.nanoTime();
    }

    private void ask(int queries) throws IOException {
        for (int i = 0; i < queries; i++) {
            connections.get(i % connections.size()).ask();
        }
        turn = queries % connections.size();
        for (int i = 0; i < Math.min(queries, connections.size()); i++) {
            connections.get(i).write();
        }
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.channel.close();
        }
        selector.close();
    }

    private final class Connection {

        private final ByteBuffer in = ByteBuffer.allocate(takesTurns ? SMALL_BUFFER_OCTETS : BUFFER_OCTETS);
        private final ByteBuffer out = ByteBuffer.allocate(in.capacity());
        private final SocketChannel channel;
        private final SelectionKey key;

        Connection() throws IOException {
            channel = SocketChannel.open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), order.port()));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            key = channel.register(selector, SelectionKey.OP_READ, this);
        }

        void ready() throws IOException {
            if (key.isReadable()) {
                read();
            }
            write();
        }

        private void read() throws IOException {
            if (channel.read(in) < 0) {
                throw new EOFException("the server closed a connection");
            }
            in.flip();
            while (in.remaining() >= 2) {
                int length = in.getShort(in.position()) & 0xffff;
                if (in.remaining() < 2 + length) {
                    break;
                }
                if (exchange.answered(in.array(), in.position() + 2, length, nowNanos) && asking) {
                    askNext();
                }
                in.position(in.position() + 2 + length);
            }
            in.compact();
        }

        private void askNext() throws IOException {
            if (takesTurns) {
                Connection next = connections.get(turn);
                turn = (turn + 1) % connections.size();
                next.ask();
                next.write();
            } else {
                ask();
            }
        }

        void ask() {
            out.putShort((short) Question.OCTETS);
            exchange.ask(out.array(), out.position(), nowNanos);
            out.position(out.position() + Question.OCTETS);
        }

        /** Writes what the system takes, and asks to be told when it takes the rest. */
        void write() throws IOException {
            out.flip();
            if (out.hasRemaining()) {
                channel.write(out);
            }
            out.compact();
            key.interestOps(out.position() > 0 ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }
}
