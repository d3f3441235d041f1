package io.dnsproxy.listener;

import java.time.Duration;

/**
 * How TCP clients are served.
 *
 * @param threads that serve the connections
 * @param idleTimeout a connection with no query and no pending answer is closed after this long (RFC 1035 4.2.2: order of two
 *     minutes)
 * @param readTimeout time for a message to come to its end, from its first octet
 * @param maxConnections open at one time, in all
 * @param maxConnectionsPerClient open at one time from one IPv4 address, or one /56 of IPv6
 * @param maxQueriesPerConnection unanswered on one connection; beyond, it is not read until answers have gone out
 */
public record TcpSettings(
        int threads,
        Duration idleTimeout,
        Duration readTimeout,
        int maxConnections,
        int maxConnectionsPerClient,
        int maxQueriesPerConnection) {

    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);

    /** With 10 s for a message to come to its end. */
    public TcpSettings(
            int threads,
            Duration idleTimeout,
            int maxConnections,
            int maxConnectionsPerClient,
            int maxQueriesPerConnection) {
        this(threads, idleTimeout, READ_TIMEOUT, maxConnections, maxConnectionsPerClient, maxQueriesPerConnection);
    }
}
