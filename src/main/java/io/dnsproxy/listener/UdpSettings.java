package io.dnsproxy.listener;

/**
 * How UDP clients are served.
 *
 * @param workers threads that read, each with sockets of its own
 * @param receiveBufferOctets SO_RCVBUF of each socket; the system may grant less
 * @param sendBufferOctets SO_SNDBUF of each socket; the system may grant less
 * @param anyQueries what becomes of queries for every type; by TCP, where nobody asks in another's name, they are forwarded
 */
public record UdpSettings(int workers, int receiveBufferOctets, int sendBufferOctets, AnyQueries anyQueries) {}
