/**
 * A DNS to DNS-over-TLS proxy. The way of one query:
 *
 * <pre>
 * client --UDP/TCP--> UdpListener, TcpListener                                          listener, datagram
 *                       Query.read         malformed: FORMERR, NOTIMP, BADVERS at once    wire
 *                       Forwarder.answerNow                                              resolver
 *     &lt;-- at once ----- AnswerWriter                                                     wire
 *                     otherwise query.copy(), the only hand-over of ownership
 *                       Forwarder.answerLater, never fails                               resolver
 *                         CoalescingResolver   the same question in flight: wait for that one
 *                           ResolverRoundRobin   the next usable upstream, on trouble the next after that
 *                             DotUpstream          shared, pipelined connections         upstream
 *                               DotConnection        id, 2-octet length, TLS
 *                               ResponseReader       id and question match: Answer       wire
 *     &lt;-- later ------- AnswerWriter       what arrives together leaves together
 * </pre>
 *
 * <p>One rule: a package imports only packages that stand below it in the order listener, resolver, upstream, wire;
 * {@code datagram} knows none of them, {@code app} wires all of them, and it alone knows Spring.
 */
@NullMarked
package io.dnsproxy;

import org.jspecify.annotations.NullMarked;
