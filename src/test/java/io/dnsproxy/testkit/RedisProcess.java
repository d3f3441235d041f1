package io.dnsproxy.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis in a process of its own on 127.0.0.1, which a test may kill, stop, continue and start again on its port. Where the
 * bundled program cannot run, the test is skipped. {@link #close()} ends it and removes its folder. One thread.
 */
public final class RedisProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A node of a cluster listens there as well, counted from its port. */
    private static final int CLUSTER_BUS = 10_000;

    private final Path folder;
    private final List<String> command;
    private final int port;
    private Process process;

    private RedisProcess(Path folder, List<String> command, int port) throws IOException {
        this.folder = folder;
        this.command = command;
        this.port = port;
        this.process = launch();
    }

    /**
     * Starts one and waits until it answers.
     *
     * @param settings as on Redis's command line: {@code --maxmemory}, {@code 2mb}
     */
    public static RedisProcess start(String... settings) {
        RedisProcess redis = launch(List.of(settings));
        redis.awaitReply();
        return redis;
    }

    /**
     * Starts one that speaks TLS alone, without the client's certificate, and waits until it listens.
     *
     * @param certificate what it shows
     */
    public static RedisProcess overTls(ServerCertificate certificate, String... settings) {
        try {
            Path folder = Files.createTempDirectory("redis-tls");
            Path chain = Files.writeString(folder.resolve("server.pem"), certificate.chainPem());
            Path key = Files.writeString(folder.resolve("server.key"), certificate.keyPem());
            int port = freePort();
            List<String> all = new ArrayList<>(List.of("--port", "0", "--tls-port", "" + port));
            all.addAll(List.of("--tls-cert-file", chain.toString(), "--tls-key-file", key.toString()));
            all.addAll(List.of("--tls-ca-cert-file", chain.toString(), "--tls-auth-clients", "no"));
            all.addAll(List.of(settings));
            RedisProcess redis = new RedisProcess(folder, command(folder, all), port);
            Awaitility.await().atMost(PATIENCE).until(redis::isListening);
            return redis;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a sentinel that watches a master alone, and puts a replica in its place when it has been silent for 300 ms.
     *
     * @param name what the sentinel calls the master
     */
    public static RedisProcess sentinelOf(RedisProcess master, String name) {
        try {
            Path folder = Files.createTempDirectory("redis-sentinel");
            int port = freePort();
            Path file = Files.writeString(
                    folder.resolve("sentinel.conf"), """
                    port %d
                    bind 127.0.0.1
                    dir %s
                    sentinel monitor %3$s 127.0.0.1 %4$d 1
                    sentinel down-after-milliseconds %3$s 300
                    sentinel failover-timeout %3$s 2000
                    """.formatted(port, folder, name, master.port()));
            RedisProcess sentinel =
                    new RedisProcess(folder, List.of(Program.PATH, file.toString(), "--sentinel"), port);
            sentinel.awaitReply();
            return sentinel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the masters of a cluster, the slots evenly among them, and waits until they agree. */
    public static List<RedisProcess> cluster(int masters) {
        List<RedisProcess> nodes =
                IntStream.range(0, masters).mapToObj(_ -> clusterNode()).toList();
        for (int i = 0; i < masters; i++) {
            int from = 16_384 * i / masters;
            int to = 16_384 * (i + 1) / masters;
            List<String> slots = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
            IntStream.range(from, to).forEach(slot -> slots.add("" + slot));
            nodes.get(i).ask(slots.toArray(String[]::new));
            nodes.get(i).ask("CLUSTER", "SET-CONFIG-EPOCH", "" + (i + 1));
            nodes.getFirst()
                    .ask("CLUSTER", "MEET", "127.0.0.1", "" + nodes.get(i).port());
        }
        nodes.forEach(node -> Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> node.ask("CLUSTER", "INFO").contains("cluster_state:ok")));
        return nodes;
    }

    /** Starts one that may join a cluster, and does not yet. */
    public static RedisProcess clusterNode() {
        List<String> settings = new ArrayList<>(List.of("--cluster-enabled", "yes", "--cluster-node-timeout", "1000"));
        settings.addAll(List.of("--cluster-replica-validity-factor", "0"));
        settings.addAll(List.of("--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0"));
        return start(settings.toArray(String[]::new));
    }

    /** Its port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Its id in a cluster. */
    public String nodeId() {
        return ask("CLUSTER", "MYID");
    }

    /** Ends it as a crash would (SIGKILL), and waits for that. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Starts it again after {@link #kill}, empty, and waits until it answers. */
    public void restart() {
        try {
            process = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitReply();
    }

    /** Lets it hang (SIGSTOP): connections stay, and new ones are accepted by the system, but nothing is answered. */
    public void pause() {
        signal("STOP");
    }

    /** Lets it go on (SIGCONT). */
    public void resume() {
        signal("CONT");
    }

    /**
     * Sends a command.
     *
     * @return the reply as text, elements of an array one a line, what does not exist empty; an error starts with {@code -}
     */
    public String ask(String... words) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            for (String word : words) {
                out.writeBytes(("$" + word.length() + "\r\n" + word + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            }
            socket.getOutputStream().write(out.toByteArray());
            return reply(new DataInputStream(new BufferedInputStream(socket.getInputStream())));
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", words), e);
        }
    }

    private static String reply(DataInputStream in) throws IOException {
        char type = (char) in.readByte();
        StringBuilder line = new StringBuilder();
        for (int octet = in.readUnsignedByte(); octet != '\r'; octet = in.readUnsignedByte()) {
            line.append((char) octet);
        }
        in.readByte();
        return switch (type) {
            case '-' -> "-" + line;
            case '$' -> bulk(in, Integer.parseInt(line.toString()));
            case '*' -> {
                List<String> elements = new ArrayList<>();
                for (int i = Integer.parseInt(line.toString()); i > 0; i--) {
                    elements.add(reply(in));
                }
                yield String.join("\n", elements);
            }
            default -> line.toString();
        };
    }

    private static String bulk(DataInputStream in, int length) throws IOException {
        if (length < 0) {
            return "";
        }
        byte[] octets = new byte[length];
        in.readFully(octets);
        in.skipNBytes(2);
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    /** Ends it and removes its folder. */
    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RedisProcess launch(List<String> settings) {
        try {
            Path folder = Files.createTempDirectory("redis");
            int port = freePort();
            List<String> all = new ArrayList<>(List.of("--port", "" + port));
            all.addAll(settings);
            return new RedisProcess(folder, command(folder, all), port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command(Path folder, List<String> settings) {
        List<String> command = new ArrayList<>(List.of(Program.PATH, "--bind", "127.0.0.1", "--save", ""));
        command.addAll(List.of("--appendonly", "no", "--dir", folder.toString()));
        command.addAll(settings);
        return List.copyOf(command);
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private void awaitReply() {
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !ask("PING").isEmpty());
    }

    private boolean isListening() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private void signal(String name) {
        Tools.Output output = Tools.run("kill", "-" + name, "" + process.pid());
        if (output.exitCode() != 0) {
            throw new IllegalStateException(output.toString());
        }
    }

    /** One that is free now, and whose port for the cluster is as well. */
    private static int freePort() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        while (true) {
            try (ServerSocket socket = new ServerSocket(0, 1, loopback)) {
                int port = socket.getLocalPort();
                if (port + CLUSTER_BUS <= 0xffff) {
                    new ServerSocket(port + CLUSTER_BUS, 1, loopback).close();
                    return port;
                }
            } catch (IOException taken) {
                // the next one
            }
        }
    }

    /** Unpacked once, when the first is started. */
    private static final class Program {

        private static final String PATH = unpacked();

        private static String unpacked() {
            try {
                String path = ExecutableProvider.newJarResourceProvider().get().getAbsolutePath();
                Process trial = new ProcessBuilder(path, "--version")
                        .redirectErrorStream(true)
                        .start();
                trial.getInputStream().readAllBytes();
                if (trial.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) && trial.exitValue() == 0) {
                    return path;
                }
            } catch (IOException | RuntimeException notForThisMachine) {
                // said below
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Assumptions.abort("the bundled redis-server does not run on this machine");
        }
    }
}
