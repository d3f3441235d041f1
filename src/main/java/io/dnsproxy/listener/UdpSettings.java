package io.dnsproxy.listener;

/**
 * How UDP clients are served.
 *
 * @param workers threads that read, each with sockets of its own
 * @param receiveBufferOctets SO_RCVBUF of each socket; the system may grant less
 * @param sendBufferOctets SO_SNDBUF of each socket; the system may grant less
 */
public record UdpSettings(int workers, int receiveBufferOctets, int sendBufferOctets) {}
