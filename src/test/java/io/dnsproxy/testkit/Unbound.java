package io.dnsproxy.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Unbound in a process of its own on 127.0.0.1, with a folder of its own and no way to the Internet: as a DNS-over-TLS resolver
 * that has its data built in, or as a client-facing forwarder in front of something that is tested. {@link #close()} ends it and removes
 * its folder.
 */
public final class Unbound implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 3;

    private final Process process;
    private final Path folder;
    private final int port;

    private Unbound(Process process, Path folder, int port) {
        this.process = process;
        this.folder = folder;
        this.port = port;
    }

    /**
     * Starts a DNS-over-TLS resolver that knows a few names and refuses none.
     *
     * @param certificate what it shows
     * @param records its data, each like {@code www.example.org. 300 IN A 192.0.2.1}
     */
    public static Unbound overTls(ServerCertificate certificate, List<String> records) throws IOException {
        Path folder = Files.createTempDirectory("unbound");
        Files.writeString(folder.resolve("server.pem"), certificate.chainPem());
        Files.writeString(folder.resolve("server.key"), certificate.keyPem());
        StringBuilder lines = new StringBuilder("""
                  tls-service-key: "%1$s/server.key"
                  tls-service-pem: "%1$s/server.pem"
                  tls-port: @PORT@
                  do-udp: no
                  local-zone: "." static
                """.formatted(folder));
        for (String r : records) {
            lines.append("  local-data: '").append(r).append("'\n");
        }
        return start(folder, lines.toString(), "");
    }

    /**
     * Starts a resolver for plain DNS, UDP and TCP, that knows a few names and no others.
     *
     * @param records its data, each like {@code www.example.org. 300 IN A 192.0.2.1}
     */
    public static Unbound inClear(List<String> records) throws IOException {
        StringBuilder lines = new StringBuilder("  local-zone: \".\" static\n");
        for (String r : records) {
            lines.append("  local-data: '").append(r).append("'\n");
        }
        return start(Files.createTempDirectory("unbound"), lines.toString(), "");
    }

    /**
     * Starts a resolver for plain DNS, UDP and TCP, that forwards all it is asked in plain DNS.
     *
     * @param upstream whom it asks, on 127.0.0.1
     */
    public static Unbound forwardingTo(InetSocketAddress upstream) throws IOException {
        String forward = """
                forward-zone:
                  name: "."
                  forward-addr: %s@%d
                """.formatted(upstream.getAddress().getHostAddress(), upstream.getPort());
        return start(Files.createTempDirectory("unbound"), "  do-not-query-localhost: no\n", forward);
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Where it listens on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** What it has said so far. */
    public String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    @Override
    public void close() throws IOException {
        try {
            end(process);
        } finally {
            remove(folder);
        }
    }

    /** Unbound takes no port 0: between finding a free one and its use another may take it, so it is tried again. */
    private static Unbound start(Path folder, String serverLines, String zones) throws IOException {
        for (int attempt = 1; ; attempt++) {
            int port = freePort();
            Process process = launch(folder, serverLines.replace("@PORT@", Integer.toString(port)), zones, port);
            if (accepts(process, port)) {
                return new Unbound(process, folder, port);
            }
            end(process);
            if (attempt == ATTEMPTS) {
                String log = Files.readString(folder.resolve("log"));
                remove(folder);
                throw new IOException("Unbound did not start: " + log);
            }
        }
    }

    private static Process launch(Path folder, String serverLines, String zones, int port) throws IOException {
        Path configuration =
                Files.writeString(folder.resolve("unbound.conf"), """
                server:
                  directory: "%1$s"
                  chroot: ""
                  username: ""
                  pidfile: ""
                  use-syslog: no
                  do-daemonize: no
                  verbosity: 1
                  interface: 127.0.0.1@%2$d
                  access-control: 127.0.0.0/8 allow
                  num-threads: 1
                  module-config: "iterator"
                  trust-anchor-file: ""
                %3$sremote-control:
                  control-enable: no
                %4$s""".formatted(folder, port, serverLines, zones));
        Path program = Tools.find("unbound").orElseThrow(() -> new IOException("unbound is not installed"));
        return new ProcessBuilder(program.toString(), "-d", "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private static boolean accepts(Process process, int port) throws IOException {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (process.isAlive() && System.nanoTime() < deadlineNanos) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (java.net.ConnectException e) {
                pause(process);
            }
        }
        return false;
    }

    private static void pause(Process process) {
        try {
            process.waitFor(20, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
