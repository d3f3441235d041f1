/**
 * A long stretch of ordinary and less ordinary life for the packaged program. {@code docs/soak.md} says how to run it and what it said.
 *
 * <pre>
 * Soak              starts the program, lets all loose, judges
 *   Load              honest clients and rude ones, so many that the proxy is as busy as wanted
 *   Faults            what goes wrong with its two resolvers
 * </pre>
 *
 * <p>Clients, and what is looked at, are those of {@link io.dnsproxy.fuzz}.
 *
 * <p>Settings: the command line. Metrics: none.
 *
 * <p>Limitations: Linux, where memory and descriptors can be looked at from outside. Clients, proxy and resolvers share one machine.
 */
@NullMarked
package io.dnsproxy.soak;

import org.jspecify.annotations.NullMarked;
