package io.dnsproxy.datagram;

import java.util.concurrent.atomic.LongAdder;

/** What an endpoint lost, counted since it was opened. Any thread may read. */
public final class DatagramCounters {

    private final LongAdder socketDrops = new LongAdder();
    private final LongAdder sendFailures = new LongAdder();
    private final LongAdder truncated = new LongAdder();
    private final LongAdder receiveErrors = new LongAdder();

    DatagramCounters() {}

    /**
     * Datagrams that the kernel threw away because the receive buffer was full. The kernel tells it along with the next
     * datagram that it delivers. Always 0 with NIO, which cannot see them.
     */
    public long socketDrops() {
        return socketDrops.sum();
    }

    /** Datagrams that could not be sent: send buffer full, peer unreachable, or the endpoint closed. */
    public long sendFailures() {
        return sendFailures.sum();
    }

    /** Received datagrams that were longer than the buffer, and dropped. */
    public long truncated() {
        return truncated.sum();
    }

    /** Errors that the network reported instead of a datagram, as an ICMP message does. */
    public long receiveErrors() {
        return receiveErrors.sum();
    }

    void addSocketDrops(long count) {
        socketDrops.add(count);
    }

    void addSendFailures(long count) {
        sendFailures.add(count);
    }

    void addTruncated() {
        truncated.increment();
    }

    void addReceiveError() {
        receiveErrors.increment();
    }
}
