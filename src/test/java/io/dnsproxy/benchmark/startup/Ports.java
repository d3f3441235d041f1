package io.dnsproxy.benchmark.startup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Where a program listens on 127.0.0.1, known before it is started.
 *
 * @param dns for UDP and TCP
 * @param http for health and metrics
 */
record Ports(int dns, int http) {

    /** Two that nobody has at the moment. */
    static Ports free() throws IOException {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        try (ServerSocket dns = new ServerSocket(0, 1, loopback);
                ServerSocket http = new ServerSocket(0, 1, loopback)) {
            return new Ports(dns.getLocalPort(), http.getLocalPort());
        }
    }
}
