/**
 * Bytes from clients, bytes to clients: DNS over UDP and TCP, and over TLS where that is set.
 *
 * <p>{@link io.dnsproxy.listener.UdpListener} has one thread for each worker, with a
 * socket of its own for each listen address;
 * {@link io.dnsproxy.listener.TcpListener} gives each connection a {@code TcpConnection} on an event loop. Both read the
 * query, ask the {@link io.dnsproxy.resolver.Forwarder} for what is known now, and only then copy the query and ask for
 * what must be found out. Answers of that kind come on other threads: UDP's leave by
 * {@link io.dnsproxy.listener.LateReplies}, together where they arrive together; TCP's go through the connection's loop, where
 * {@code TcpReplies} hold them for a client that does not read.
 *
 * <p>A UDP client that sends a cookie gets {@link io.dnsproxy.listener.ServerCookies ours} with each answer, and shows by it that it
 * is where it says. Who does not may be held to a {@link io.dnsproxy.listener.RateLimit}.
 *
 * <p>Where somebody wants to know who asked what, a {@link io.dnsproxy.listener.QueryLog} is told of each response.
 *
 * <p>Settings: {@code dnsproxy.listen.*}, {@code dnsproxy.cookies.*}, {@code dnsproxy.rate-limit.*}, {@code dnsproxy.query-log.*}.
 *
 * <p>Metrics: {@code dnsproxy_queries_total}, {@code dnsproxy_responses_total}, {@code dnsproxy_drops_total},
 * {@code dnsproxy_query_duration_seconds}, {@code dnsproxy_truncated_total}, {@code dnsproxy_prohibited_total},
 * {@code dnsproxy_cookies_total}, {@code dnsproxy_limited_total}, {@code dnsproxy_query_log_*}, {@code dnsproxy_udp_*}, {@code dnsproxy_tcp_*}, {@code dnsproxy_tls_*}. For each
 * transport queries = responses + drops of every reason but {@code socket}, but for those in flight; what a full socket
 * dropped was never received. Every response has a duration.
 *
 * <p>Words: an <em>answer</em> is what is known, a <em>response</em> is what is counted, a <em>reply</em> is what is sent.
 *
 * <p>RFCs kept: 1035 4.2, 6891 (payload sizes), 7766 and 9210 (TCP), 7858 (TLS), 8467 (answers padded by TLS), 7828 (idle time by TCP, when asked for), 7873 and
 * 9018 (cookies), 9715 (no fragments), 5358 (not an open resolver).
 *
 * <h2>Limitations</h2>
 *
 * <ul>
 *   <li>A query's duration begins when it is read: how long it lay in the socket's buffer is not known. What is known at once
 *       counts for as long as its whole batch took.
 *   <li>The rate limit counts queries, not the octets of answers.
 *   <li>A response counts when it is handed to the system: whether it arrived is not known. UDP replies that the system did
 *       not take are counted apart.
 *   <li>What TCP clients leave untaken is bounded for all of them together: the one whose answer goes beyond is let go, which
 *       need not be the one that holds most.
 *   <li>Connections from enough different networks can take all places, and push each other out, those first that never asked anything: a
 *       client that asks seldom may have to connect anew for each query.
 *   <li>A client that goes away while its connection is not read, because its queries fill the bound, is noticed at the
 *       next answer.
 * </ul>
 */
@NullMarked
package io.dnsproxy.listener;

import org.jspecify.annotations.NullMarked;
