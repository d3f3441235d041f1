/**
 * Bad days of a DNS-over-TLS proxy, on purpose: what goes wrong with its upstreams, under which load, and what clients see of it.
 * {@code docs/resilience.md} says how to run it and what it said.
 *
 * <p>{@link io.dnsproxy.resilience.ChaosSuite} starts two upstreams in its own process, the proxies as programs, dnsproxy and (where it is
 * installed) Unbound, and lets each {@link io.dnsproxy.resilience.Fault} loose under each {@link io.dnsproxy.resilience.Load}.
 * {@link io.dnsproxy.resilience.ChaosTests} does some of it in every build, in one process.
 * {@link io.dnsproxy.resilience.SilentUpstreams} is about memory, and has a command of its own.
 *
 * <pre>
 * Trial            one fault, one load, one proxy
 *   Clients          ask at a fixed rate and judge every answer
 *   Scene            the two upstreams and the network before them
 *   Outcome          what became of the queries
 * </pre>
 *
 * <p>Settings: the command line. Metrics: none.
 *
 * <p>Limitations: one machine and loopback, so the distance to an upstream is a wait of 10 ms before each answer. Packets are lost in the
 * kernel only where a network namespace and {@code nft} can be had; elsewhere the upstreams merely fall silent. The clock jumps only
 * where there is a C compiler.
 */
@NullMarked
package io.dnsproxy.resilience;

import org.jspecify.annotations.NullMarked;
