package io.dnsproxy.fuzz;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** Clients by TCP that begin a message and never go on. One thread. */
final class HeldConnections implements AutoCloseable {

    private static final byte[] BEGINNING = {0, 40, 1, 2, 3};

    private final List<Connector.Connection> connections = new ArrayList<>();

    HeldConnections(Connector tcp, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Connector.Connection connection =
                    tcp.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.1." + (1 + i % 250)), 0));
            connections.add(connection);
            connection.socket().getOutputStream().write(BEGINNING);
        }
    }

    /** Waits until the proxy has closed all of them; what it has not is a finding. */
    void awaitEnd(Findings findings) {
        for (Connector.Connection connection : connections) {
            try {
                if (connection.socket().getInputStream().read() >= 0) {
                    findings.add("an answer to half a message");
                }
            } catch (SocketTimeoutException e) {
                findings.add("a connection with half a message that is not closed");
            } catch (IOException _) {
                // a reset is an end too
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Connector.Connection connection : connections) {
            connection.close();
        }
    }
}
