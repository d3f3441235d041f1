/**
 * Batched UDP. Knows no DNS.
 *
 * <p>{@link io.dnsproxy.datagram.Datagrams} opens an {@link io.dnsproxy.datagram.DatagramEndpoint} for each worker: its
 * sockets, all on the same addresses and ports, among which the kernel spreads the peers. On Linux (x86-64 and aarch64)
 * a batch is one recvmmsg or sendmmsg, called through java.lang.foreign. Elsewhere, or where the system refuses these
 * calls, the channels of the JDK serve behind the same interface. The choice is made once;
 * {@link io.dnsproxy.datagram.Datagrams#describe} tells it.
 *
 * <p>A reply leaves from the address that was asked, also on a wildcard address and from another thread: the
 * {@link io.dnsproxy.datagram.Peer} carries it. Descriptors are closed last, when nobody receives or sends any more. Under load the
 * thread that receives lets others on its core finish first ({@code ReceivingTurns}).
 *
 * <p><b>Settings</b>: {@link io.dnsproxy.datagram.DatagramSettings}. <b>Metrics</b>:
 * {@link io.dnsproxy.datagram.DatagramCounters}, one for each endpoint. <b>RFCs</b>: 768 (UDP), 2181 section 4.1 (a
 * reply comes from the address that was asked), 3542 section 6 (the packet information that this needs), 4291 section
 * 2.5.5.2 (mapped IPv4 addresses).
 *
 * <p><b>Limitations</b>: With NIO, a host that has several addresses and listens on a wildcard may answer from another
 * one than was asked: list the addresses instead; drops of the kernel are not seen; and {@code ::} cannot be listed
 * beside {@code 0.0.0.0}. Outside of Linux, sharing a port does not spread the peers. With musl's C library, sendmmsg
 * is a loop of sendmsg: correct, but not batched. Of datagrams that the kernel drops, the last ones are counted only
 * when another one is delivered. What was sent to an IPv4 broadcast or multicast address cannot be answered on
 * {@code ::}. Packet information costs about a tenth of the CPU time of a datagram; listed addresses do without it.
 */
@NullMarked
package io.dnsproxy.datagram;

import org.jspecify.annotations.NullMarked;
