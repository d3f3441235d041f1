package io.dnsproxy.upstream;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * What holds for every upstream.
 *
 * @param connectTimeout for TCP and TLS handshake together
 * @param attemptTimeout after this long without an answer a query is asked elsewhere, and a connection on which nothing at
 *     all arrived is no longer used
 * @param totalTimeout after this long nobody waits for an answer any more
 * @param idleTimeout an unused connection is closed after this long (RFC 7766 6.2.3)
 * @param maxConnections per upstream; a second is opened only when the first has no room or is in doubt (RFC 7766 6.2.2)
 * @param maxQueriesPerConnection unanswered queries on one connection
 * @param maxWaiting queries per upstream that wait for a connection
 * @param sourceAddresses the local address to dial from, at most one of each family; empty: the system chooses
 * @param keepWarm whether a connection is opened again when the last one was closed, before a query asks for it
 */
public record UpstreamSettings(
        Duration connectTimeout,
        Duration attemptTimeout,
        Duration totalTimeout,
        Duration idleTimeout,
        int maxConnections,
        int maxQueriesPerConnection,
        int maxWaiting,
        List<InetAddress> sourceAddresses,
        boolean keepWarm) {

    public UpstreamSettings {
        sourceAddresses = List.copyOf(sourceAddresses);
    }

    /** The defaults of the configuration contract. */
    public static UpstreamSettings defaults() {
        return new UpstreamSettings(
                Duration.ofSeconds(2),
                Duration.ofMillis(1500),
                Duration.ofSeconds(4),
                Duration.ofSeconds(8),
                4,
                512,
                16_384,
                List.of(),
                false);
    }
}
