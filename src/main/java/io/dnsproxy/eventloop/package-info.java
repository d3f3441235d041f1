/**
 * The threads that wait for TCP sockets, clients' and upstreams'. Knows no DNS.
 *
 * <p>{@link io.dnsproxy.eventloop.EventLoops} makes groups of Netty's event loops on the NIO transport; what runs on them is the
 * business of {@code listener} and {@code upstream}. UDP has threads of its own ({@code datagram}).
 *
 * <p>Settings and metrics: none of its own.
 *
 * <p>Limitations: a scheduled task comes up to a millisecond late.
 */
@NullMarked
package io.dnsproxy.eventloop;

import org.jspecify.annotations.NullMarked;
