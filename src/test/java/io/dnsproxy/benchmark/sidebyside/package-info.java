/**
 * dnsproxy beside its peers, on one machine, in one run: what a query costs each of them, at the same loads. {@code
 * docs/performance.md} says how to run it and what it said.
 *
 * <p>{@link io.dnsproxy.benchmark.sidebyside.SideBySide} starts an upstream, the servers and a load generator, each a process
 * of its own: servers on one core, the rest on the other. The generator
 * ({@link io.dnsproxy.benchmark.sidebyside.GeneratorProcess}) checks every answer. The floor is an
 * {@link io.dnsproxy.benchmark.sidebyside.Echo} that does nothing but receive and send.
 *
 * <p>{@link io.dnsproxy.benchmark.sidebyside.Scale} uses the same generator on dnsproxy alone, with more and more of what it carries;
 * {@code docs/scaling.md} has that.
 *
 * <p>Settings: the command line. Metrics: none.
 *
 * <p>Limitations: Linux only, for it reads {@code /proc}; processor time is that of the whole process, in steps of a hundredth
 * of a second; what the kernel does on the sender's behalf on loopback is part of it; the upstream is on the same machine, so
 * latency is that of the software alone. Figures of two runs are not to be compared: each run has its own floor.
 */
@NullMarked
package io.dnsproxy.benchmark.sidebyside;

import org.jspecify.annotations.NullMarked;
