package io.dnsproxy.listener;

import java.time.Duration;

/**
 * How TCP clients are served.
 *
 * @param threads that serve the connections
 * @param idleTimeout a connection with no query and no pending answer is closed after this long (RFC 1035 4.2.2: order of two
 *     minutes)
 * @param maxConnections open at one time, in all
 * @param maxConnectionsPerClient open at one time from one address
 * @param maxQueriesPerConnection unanswered on one connection; beyond, it is not read until answers have gone out
 */
public record TcpSettings(
        int threads,
        Duration idleTimeout,
        int maxConnections,
        int maxConnectionsPerClient,
        int maxQueriesPerConnection) {}
