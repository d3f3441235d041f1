package io.dnsproxy.upstream;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * What a look-up found.
 *
 * @param addresses in the order to try them; empty when there is none
 * @param ttl how long they need not be looked up again
 */
public record HostAddresses(List<InetAddress> addresses, Duration ttl) {

    public HostAddresses {
        addresses = List.copyOf(addresses);
    }
}
