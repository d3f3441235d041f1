package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.datagram.DatagramEndpoint;
import io.dnsproxy.datagram.DatagramSender;
import io.dnsproxy.datagram.DatagramSettings;
import io.dnsproxy.datagram.Datagrams;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** The floor in Java: receives by our own package, marks the query as a response, sends. */
public final class Echo {

    private static final int BUFFER_OCTETS = 4 << 20;

    /** As many as the service takes at a time. */
    private static final int BATCH = 64;

    private Echo() {}

    /**
     * Runs until it is ended.
     *
     * @param args the port on 127.0.0.1
     */
    public static void main(String[] args) throws IOException {
        InetSocketAddress address =
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), Integer.parseInt(args[0]));
        DatagramEndpoint endpoint = Datagrams.open(
                        new DatagramSettings(List.of(address), BUFFER_OCTETS, BUFFER_OCTETS, BATCH), 1)
                .getFirst();
        DatagramSender sender = endpoint.sender();
        while (true) {
            endpoint.receive(
                    (buffer, offset, length, peer) -> {
                        buffer[offset + 2] |= (byte) 0x80;
                        sender.add(buffer, offset, length, peer);
                    },
                    true);
            sender.flush();
        }
    }
}
