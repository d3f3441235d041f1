/**
 * What the tests of a DNS proxy need around it: resolvers that misbehave on command, clients that ask in every way, certificates,
 * and the programs of others.
 *
 * <ul>
 *   <li>{@link io.dnsproxy.testkit.ScriptedResolver}: a DNS-over-TLS server whose every answer and every connection follows a
 *       {@link io.dnsproxy.testkit.Script}, and which tells what it received. It is written on the JDK's TLS engine and blocking
 *       sockets, so it shares no code with the proxy; its default answers are {@link io.dnsproxy.testkit.ExampleZone}'s.
 *   <li>{@link io.dnsproxy.testkit.ThrowawayAuthority}: certificates, good and bad.
 *   <li>{@link io.dnsproxy.testkit.UdpClient}, {@link io.dnsproxy.testkit.TcpClient}: a stub resolver's side, asking
 *       {@link io.dnsproxy.testkit.Queries}.
 *   <li>{@link io.dnsproxy.testkit.Tools}, {@link io.dnsproxy.testkit.Unbound}: dig, kdig and a real Unbound, where they are installed.
 * </ul>
 *
 * <p>RFCs kept by the default script: 1035, 6891, 7766, 7858, 8467. No settings, no metrics.
 *
 * <p><b>Limitations.</b> IPv4 on 127.0.0.1 only. No 0-RTT. The old TLS version is one hand-made ServerHello, since the JDK no longer
 * speaks it. A session is not resumed under another certificate than the one it began with.
 */
@NullMarked
package io.dnsproxy.testkit;

import org.jspecify.annotations.NullMarked;
