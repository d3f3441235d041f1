package io.dnsproxy.datagram;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * How to open the sockets.
 *
 * <p>{@code ::} serves IPv6 and IPv4 (IPv4 alone on a host without IPv6), unless {@code 0.0.0.0} with the same port is
 * listed beside it; {@code 0.0.0.0} serves IPv4 alone. Port 0 is any free port.
 *
 * @param addresses at least one, resolved
 * @param receiveBufferOctets what to ask of the kernel for each socket (SO_RCVBUF); it may grant less, see
 *     {@code net.core.rmem_max}
 * @param sendBufferOctets the same for sending (SO_SNDBUF), see {@code net.core.wmem_max}
 * @param batch datagrams received or sent in one system call, 1 to 1,024
 */
public record DatagramSettings(
        List<InetSocketAddress> addresses, int receiveBufferOctets, int sendBufferOctets, int batch) {

    /** What the kernel takes in one sendmmsg (UIO_MAXIOV). */
    private static final int MAX_BATCH = 1_024;

    /** Checks and copies. */
    public DatagramSettings {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no address to listen on");
        }
        for (InetSocketAddress address : addresses) {
            if (address.isUnresolved()) {
                throw new IllegalArgumentException("unresolved: " + address);
            }
        }
        if (receiveBufferOctets <= 0 || sendBufferOctets <= 0) {
            throw new IllegalArgumentException("socket buffers must be positive");
        }
        if (batch < 1 || batch > MAX_BATCH) {
            throw new IllegalArgumentException("batch must be 1 to " + MAX_BATCH + ": " + batch);
        }
    }
}
