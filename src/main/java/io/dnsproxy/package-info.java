/**
 * A DNS to DNS-over-TLS proxy. The way of one query:
 *
 * <pre>
 * client --UDP/TCP--> UdpListener, TcpListener                                          listener, datagram
 *                       Query.read         malformed: FORMERR, NOTIMP, BADVERS at once    wire
 *                       Forwarder.answerNow                                              resolver
 *                         KnownAnswers         fresh, or stale for good reason           resolver.cache
 *                         LocalAnswers         what must not be asked elsewhere          resolver.local
 *     &lt;-- at once ----- AnswerWriter                                                     wire
 *                     otherwise query.copy(), the only hand-over of ownership
 *                       Forwarder.answerLater, never fails                               resolver
 *                         ServeStaleResolver   stale data after 1.8 s, or for a failure  resolver.cache
 *                           InFlightBound        so many at one time
 *                             CoalescingResolver   the same question in flight: wait for that one
 *                               CachingResolver      Redis first, if any; keeps what comes resolver.cache
 *                                 RoutingResolver      some names go to upstreams of their own
 *                                   ResolverRoundRobin   the next usable upstream, on trouble the next
 *                                     DotUpstream          shared, pipelined connections upstream
 *                                       DotConnection        id, 2-octet length, TLS
 *                                       ResponseReader       id, question match: Answer  wire
 *     &lt;-- later ------- AnswerWriter       what arrives together leaves together
 * </pre>
 *
 * <p>One rule: a package imports only packages that stand below it in the order listener, resolver, resolver.cache,
 * resolver.local and upstream, wire;
 * {@code datagram} and {@code eventloop} know none of them, {@code app} wires all of them, and it alone knows Spring.
 */
@NullMarked
package io.dnsproxy;

import org.jspecify.annotations.NullMarked;
