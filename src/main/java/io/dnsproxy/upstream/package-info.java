/**
 * DNS over TLS to the public resolvers, over Netty; and plain DNS to servers that a route names as such.
 *
 * <p>A {@link io.dnsproxy.upstream.DotUpstreamPool} has one {@link io.dnsproxy.upstream.DotUpstream} for each server; that has
 * one shared connection while one suffices, and all its state lives on one event loop. A query crosses threads once: it is
 * put on the upstream's queue, and the loop sends all that it finds there in one write. Answers come back on the loop,
 * paired by id and question, and those of one read are bracketed by an {@link io.dnsproxy.upstream.AnswerBurst}.
 *
 * <pre>
 * DotUpstream            picks a connection, or has the query wait for one (WaitingLine)
 *   RepeatBudget           how many overdue queries are asked again on a connection that is alive
 *   Dialer                 one dial at a time
 *     AddressBook            the addresses of a server given by name (HostLookup)
 *     SeenServers            the keys of those that authenticated
 *     Dial                   TCP, TLS, then ServerAuthentication.verify: only now may a query leave
 *   Arrivals               from any thread to the loop, in batches
 *   Connections            those that take queries, and those that finish
 *   DotConnection          many queries on one connection
 *     InFlightQueries        their ids, their age, and the ids that rest
 *     Outbox, Pairing        what leaves together; what belongs to which query
 *     OverdueWatch           what is not answered in time, and whether the connection is to blame: passed by, or in doubt (SilenceWatch)
 *     Probation              what it may take after one that the server ended with queries unanswered (QueryAllowance)
 *     IdleWatch              closes it when nobody uses it (IdleLimit)
 *   UpstreamHealth         usable, on trial, or not; pauses after failures (Backoff), and when to hope no longer
 * </pre>
 *
 * <p>{@link io.dnsproxy.upstream.PlainUpstreams} are apart from all that: a {@link io.dnsproxy.upstream.PlainUpstream} has no connections, and
 * each of its queries ({@code PlainExchange}) a socket of its own.
 *
 * <p>Settings: {@code dnsproxy.upstream.*}, {@code dnsproxy.routes}.
 *
 * <p>Metrics: {@code dnsproxy_upstream_*}, {@code dnsproxy_route_*}.
 *
 * <p>RFCs kept: 7858 (DNS over TLS), 8310 (strict profile), 7766 (pipelining, few connections, idle time), 7828 (keepalive),
 * 5452 9 (matching answers, unpredictable ids), 8467 (padding).
 *
 * <p>Limitations: pins are compared with the leaf certificate alone, so a pinned authority does not work. No 0-RTT data, on
 * purpose. The source ports of plain DNS are drawn by the system: as random, and from as many, as it is set to. Servers of plain DNS must know
 * EDNS. A query that a server neither answers nor refuses, on a connection that is silent otherwise, costs that
 * connection, not the upstream. A server that answers the probe of a silent connection ({@code . NS}) and nothing else counts as
 * alive.
 */
@NullMarked
package io.dnsproxy.upstream;

import org.jspecify.annotations.NullMarked;
