/**
 * What the way of one query costs, in time and in memory: JMH benchmarks, which no build runs. {@code docs/benchmarks.md} says how
 * to run them, what each says, and what they said.
 *
 * <p>Settings: JMH's command line. Metrics: none.
 *
 * <p>Limitations: no system call is in them, so they say nothing about throughput; and figures of two runs, or of two machines, are
 * not to be compared: each run has its own floor.
 */
@NullMarked
package io.dnsproxy.benchmark;

import org.jspecify.annotations.NullMarked;
