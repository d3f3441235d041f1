/**
 * Decides: who already knows, and who is asked? Plain Java.
 *
 * <p>{@link io.dnsproxy.resolver.Forwarder} is the front door: what it knows it says at once, on the listener's thread; the
 * rest goes down a chain of {@link io.dnsproxy.resolver.Resolver}s, each of which knows only the next.
 *
 * <pre>
 * Forwarder            bound on queries in flight; failure becomes SERVFAIL with an Extended DNS Error
 *   CoalescingResolver   the same question in flight: wait for that one
 *     ResolverRoundRobin   the next usable upstream, on trouble the one after (one Resolution for each query)
 * </pre>
 *
 * <p>Settings: {@code dnsproxy.max-in-flight}, {@code dnsproxy.upstream.attempt-timeout}, {@code .total-timeout}.
 *
 * <p>Metrics: {@code dnsproxy_in_flight}, {@code dnsproxy_shed_total}, {@code dnsproxy_coalesced_total},
 * {@code dnsproxy_failovers_total}, {@code dnsproxy_deadlines}.
 *
 * <p>RFCs kept: 8914 (Extended DNS Errors), 9520 3.1 (three tries at one server), 5452 5 (one question in flight once), 5936 6
 * (no transfers).
 *
 * <p>Limitations: DNSSEC is not validated here; AD and the rcode are the upstream's word. Coalesced queries share one fate:
 * when the first one's total time ends, those that joined it late fail with it. Queries in flight are bounded in number and
 * in octets for all clients together, not for each.
 */
@NullMarked
package io.dnsproxy.resolver;

import org.jspecify.annotations.NullMarked;
