/**
 * Bytes from clients, bytes to clients: DNS over UDP and TCP.
 *
 * <p>{@link io.dnsproxy.listener.UdpListener} has one thread and socket for each worker;
 * {@link io.dnsproxy.listener.TcpListener} gives each connection a {@code TcpConnection} on an event loop. Both read the
 * query, ask the {@link io.dnsproxy.resolver.Forwarder} for what is known now, and only then copy the query and ask for
 * what must be found out. Answers of that kind come on other threads: UDP's leave by
 * {@link io.dnsproxy.listener.LateReplies}, together where they arrive together; TCP's go through the connection's loop.
 *
 * <p>Settings: {@code dnsproxy.listen.*}.
 *
 * <p>Metrics: {@code dnsproxy_queries_total}, {@code dnsproxy_responses_total}, {@code dnsproxy_drops_total},
 * {@code dnsproxy_truncated_total}, {@code dnsproxy_prohibited_total}, {@code dnsproxy_udp_*}, {@code dnsproxy_tcp_*}. For each
 * transport queries = responses + drops, but for those in flight; what a full socket dropped was never received.
 *
 * <p>RFCs kept: 1035 4.2, 6891 (payload sizes), 7766 and 9210 (TCP), 9715 (no fragments), 5358 (not an open resolver).
 *
 * <p>Limitations: no rate limiting and no cookies (RFC 7873) yet. A TCP client's edns-tcp-keepalive (RFC 7828) is not answered
 * yet.
 */
@NullMarked
package io.dnsproxy.listener;

import org.jspecify.annotations.NullMarked;
