/**
 * Floods of what no client should send, against the packaged program. {@code docs/fuzzing.md} says how to run it and what it found.
 *
 * <pre>
 * SocketFuzz        starts the program, lets all loose, judges
 *   DatagramAttack    mutants by UDP                    Mutations of a Corpus
 *   StreamAttack      mutants by TCP and TLS            in a FrameStream
 *   HeldConnections   half a message, and then nothing
 *   HonestDatagrams   ask all the while, and check what they get
 *   HonestStreams
 *   Vitals, Counts    what the program has before and after, and what it counted
 *   Findings          what must not be
 * </pre>
 *
 * <p>Coverage-guided fuzzing of single parsers is beside the tests of these ({@code *FuzzTests}).
 *
 * <p>Settings: the command line. Metrics: none.
 *
 * <p>Limitations: Linux, where memory and descriptors can be looked at from outside; one machine, so that sender and proxy share its
 * processors; the resolver behind the proxy is honest.
 */
@NullMarked
package io.dnsproxy.fuzz;

import org.jspecify.annotations.NullMarked;
