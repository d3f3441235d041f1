package io.dnsproxy.datagram;

/**
 * Sends datagrams in batches. It belongs to one thread at a time.
 *
 * <p>Nothing here blocks or throws for a datagram that cannot be sent: it is counted in
 * {@link DatagramCounters#sendFailures} and the next one has its turn.
 */
public interface DatagramSender extends AutoCloseable {

    /** What fits into the largest IPv4 packet: 65,535 less 20 octets of IP and 8 of UDP header (RFC 768, RFC 791). */
    int MAX_PAYLOAD_OCTETS = 65_535 - 20 - 8;

    /**
     * Adds one datagram to the batch; the octets are copied. A reply to a peer leaves from the address that the peer
     * asked. It may leave at any time until {@link #flush}: when the batch is full, the batch is sent first.
     *
     * @param length up to {@link #MAX_PAYLOAD_OCTETS}
     * @throws IndexOutOfBoundsException if the range is outside of the buffer, or longer than a datagram can be
     */
    void add(byte[] buffer, int offset, int length, Peer peer);

    /** Sends what was added, in one system call for each socket where the platform can. */
    void flush();

    /** Flushes. What is added later is a failure. */
    @Override
    void close();
}
