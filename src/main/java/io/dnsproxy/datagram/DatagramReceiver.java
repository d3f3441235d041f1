package io.dnsproxy.datagram;

/** Takes the datagrams of {@link DatagramEndpoint#receive}, on the thread that called it. */
@FunctionalInterface
public interface DatagramReceiver {

    /**
     * Takes one datagram. The buffer and the peer are reused for the next one: copy what outlives the call. An exception
     * reaches the caller of {@link DatagramEndpoint#receive}, and the rest of the batch is lost.
     *
     * @param length octets of payload, 0 for an empty datagram
     */
    void received(byte[] buffer, int offset, int length, Peer peer);
}
