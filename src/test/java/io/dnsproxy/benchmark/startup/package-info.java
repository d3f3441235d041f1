/**
 * How long dnsproxy takes to its first answer, and what memory it takes, beside an empty application of the same frameworks:
 * what of both is its own doing. {@code docs/startup.md} says how to run it and what it said.
 *
 * <p>{@link io.dnsproxy.benchmark.startup.StartUp} starts each program in two ways, in turn: {@code java -jar}, and the image's way: extracted,
 * with the image's flags and a cache of classes that a {@link io.dnsproxy.benchmark.startup.Training} run has made. The empty
 * application is {@link io.dnsproxy.benchmark.startup.EmptyApplication} in dnsproxy's jar, with the libraries of the two starters alone.
 *
 * <p>Settings: the command line. Metrics: none.
 *
 * <p>Limitations: Linux only, for it reads {@code /proc}; files are in the page cache, as after the first start on a machine;
 * a program has one core for itself.
 */
@NullMarked
package io.dnsproxy.benchmark.startup;

import org.jspecify.annotations.NullMarked;
