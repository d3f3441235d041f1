package io.dnsproxy.benchmark.startup;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A prober of health that keeps no connection. */
final class Health {

    private static final int PATIENCE_MILLIS = 10_000;

    private Health() {}

    /** Whether {@code /actuator/health} is 200; false at once where nobody listens. */
    static boolean isUp(int port) throws IOException {
        return get(port, "/actuator/health").startsWith("HTTP/1.1 200");
    }

    /** The whole response; empty if nobody listens. */
    static String get(int port, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (ConnectException e) {
            return "";
        }
    }
}
