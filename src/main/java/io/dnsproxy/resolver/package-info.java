/**
 * Decides: who already knows, and who is asked? Plain Java.
 *
 * <p>{@link io.dnsproxy.resolver.Forwarder} is the front door: what it knows it says at once, on the listener's thread; the
 * rest goes down a chain of {@link io.dnsproxy.resolver.Resolver}s, each of which knows only the next.
 *
 * <pre>
 * Forwarder            failure becomes SERVFAIL with an Extended DNS Error
 *   KnownAnswers         fresh; stale, if refreshing has just failed; a failure of just now; and prefetch
 *   LocalAnswers         what must not be asked elsewhere (package local)
 *   ServeStaleResolver   stale data for whoever has waited 1.8 s, or in place of a failure
 *     InFlightBound        so many at one time
 *       CoalescingResolver   the same question in flight: wait for that one (LoopWatch: unless it is our own that came back)
 *         CachingResolver      keeps what comes back; asks the shared cache first
 *           RoutingResolver      names with a route go to upstreams of their own
 *             ResolverRoundRobin   the next usable upstream, on trouble the one after (one Resolution for each query);
 *                                    which one is next, a Selection says; when to ask a second one early, Hedging
 * </pre>
 *
 * <p>Settings: {@code dnsproxy.max-in-flight}, {@code dnsproxy.upstream.attempt-timeout}, {@code .total-timeout},
 * {@code .strategy}, {@code .hedge}, {@code dnsproxy.routes}, {@code dnsproxy.cache.*}.
 *
 * <p>Metrics: {@code dnsproxy_in_flight}, {@code dnsproxy_shed_total}, {@code dnsproxy_coalesced_total}, {@code dnsproxy_looped_total},
 * {@code dnsproxy_failovers_total}, {@code dnsproxy_hedges_total}, {@code dnsproxy_deadlines}, {@code dnsproxy_cache_*}.
 *
 * <p>RFCs kept: 8914 (Extended DNS Errors), 9520 (three tries at one server, failures remembered), 8767 (stale data),
 * 5452 5 (one question in flight once), 5936 6 (no transfers).
 *
 * <p>Limitations: DNSSEC is not validated here; AD and the rcode are the upstream's word. Coalesced queries share one fate:
 * when the first one's total time ends, those that joined it late fail with it. A forwarding loop is noticed by its eighth question, and not where another
 * upstream answers meanwhile; signed queries are not watched. Queries in flight are bounded in number and
 * in octets for all clients together, not for each.
 */
@NullMarked
package io.dnsproxy.resolver;

import org.jspecify.annotations.NullMarked;
