package io.dnsproxy.upstream;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A server that is asked in plain DNS, by UDP and TCP at one port.
 *
 * @param address its address, not a name: there is nobody to look it up in confidence
 * @param port 53 at nearly all of them
 */
public record PlainServer(InetAddress address, int port) {

    private static final int DNS_PORT = 53;

    InetSocketAddress socketAddress() {
        return new InetSocketAddress(address, port);
    }

    /** As it is written in the settings: {@code udp://10.0.0.53}, with {@code :port} unless it is 53. */
    public String name() {
        String host = NetUtil.toAddressString(address);
        String bracketed = address instanceof Inet6Address ? "[" + host + "]" : host;
        return "udp://" + (port == DNS_PORT ? bracketed : bracketed + ":" + port);
    }

    @Override
    public String toString() {
        return name();
    }
}
