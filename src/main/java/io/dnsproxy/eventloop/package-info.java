/** The threads that wait for TCP sockets, on Netty's NIO transport. */
@NullMarked
package io.dnsproxy.eventloop;

import org.jspecify.annotations.NullMarked;
