package io.dnsproxy.datagram;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * One worker's share of UDP: a bound socket for each listen address.
 *
 * <p>One thread receives, a platform thread, since it sleeps in the kernel. Any thread may send, through a sender of
 * its own.
 */
public interface DatagramEndpoint extends AutoCloseable {

    /** The bound addresses with their real ports, in the order of the settings. */
    List<InetSocketAddress> localAddresses();

    /**
     * Hands the datagrams that are there to the receiver, at most one batch from each socket. The rest waits for the
     * next call. Called by one thread at a time.
     *
     * @param waitForFirst whether to wait for the first datagram, up to 250 ms, or not at all
     * @return how many were handed over, 0 when the wait ended without any
     * @throws java.nio.channels.ClosedChannelException if the endpoint was closed before the call
     * @throws IOException if the sockets cannot be read any more; what the network does to one datagram is counted,
     *     never thrown
     */
    int receive(DatagramReceiver receiver, boolean waitForFirst) throws IOException;

    /** A new sender with buffers of its own, for one thread at a time. After {@link #close} it only counts failures. */
    DatagramSender sender();

    /** What this endpoint lost, for any thread to read, also after {@link #close}. */
    DatagramCounters counters();

    /**
     * Closes the sockets once the receiving call and all flushes in progress are done, so that no late reply can reach
     * a descriptor that means something else by then. Returns when that is so, normally within 250 ms. Called from
     * within the receiver it returns at once, and the sockets close when the receiver returns. Idempotent.
     */
    @Override
    void close();
}
