package io.dnsproxy.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A program of its own, for images that have no other: asks the proxy in the same container whether it is alive and ready. Uses nothing but
 * the JDK, so that it starts quickly.
 *
 * <p>Limitations: it finds the port by {@code MANAGEMENT_SERVER_PORT} alone, asks 127.0.0.1, and speaks no TLS.
 */
public final class HealthProbe {

    private static final int DEFAULT_PORT = 8080;
    private static final int TIMEOUT_MILLIS = 2_000;

    private HealthProbe() {}

    /**
     * Exits with 0 if both answers are 200, else with 1 and the reason on standard output.
     *
     * @param args none
     */
    public static void main(String[] args) {
        String given = System.getenv("MANAGEMENT_SERVER_PORT");
        try {
            int port = given == null || given.isBlank() ? DEFAULT_PORT : Integer.parseInt(given.strip());
            expectOk(port, "/actuator/health/liveness");
            expectOk(port, "/actuator/health/readiness");
        } catch (IOException | NumberFormatException e) {
            System.out.println(e.getMessage());
            System.exit(1);
        }
    }

    private static void expectOk(int port, String path) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String status = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            if (status == null || !status.startsWith("HTTP/1.1 200")) {
                throw new IOException(path + ": " + status);
            }
        }
    }
}
