package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The packaged program in a process of its own, set by environment variables as a user would. One thread. */
public final class Jar implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern DNS_PORT = Pattern.compile("answering on \\S+:(\\d+) \\(UDP");
    private static final Pattern HTTP_PORT = Pattern.compile("metrics are at port (\\d+)");

    private final Process process;
    private final Path folder;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private int dnsPort;
    private int httpPort;

    private Jar(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
    }

    /** How to start one: on 127.0.0.1 and free ports until told otherwise. */
    public static final class Settings {

        private final Map<String, String> variables =
                new TreeMap<>(Map.of("SERVER_ADDRESS", "127.0.0.1", "SERVER_PORT", "0", "MANAGEMENT_SERVER_PORT", "0"));
        private final List<String> before = new ArrayList<>();
        private final List<String> jvm = new ArrayList<>();

        /** Sets a variable. */
        public Settings and(String variable, Object value) {
            variables.put(variable, value.toString());
            return this;
        }

        Settings without(String variable) {
            variables.remove(variable);
            return this;
        }

        /** Trusts this authority, by a bundle called internal. */
        Settings trusting(Path authorityPem) {
            return and("SPRING_SSL_BUNDLE_PEM_INTERNAL_TRUSTSTORE_CERTIFICATE", "file:" + authorityPem)
                    .and("DNSPROXY_UPSTREAM_SSL_BUNDLE", "internal");
        }

        /** Starts faster than a plain {@code java -jar} does, and runs slower. */
        Settings inHaste() {
            return jvm("-XX:TieredStopAtLevel=1");
        }

        /** Adds an option of the JVM. */
        public Settings jvm(String option) {
            jvm.add(option);
            return this;
        }

        /** A command that runs the rest of the command line. */
        Settings under(String... command) {
            before.addAll(List.of(command));
            return this;
        }

        /** Starts, and waits until it says that it has. */
        public Jar start() {
            Jar jar = launch();
            try {
                jar.awaitStart();
                return jar;
            } catch (RuntimeException | AssertionError e) {
                jar.close();
                throw e;
            }
        }

        /** Starts, and waits for nothing. */
        Jar launch() {
            try {
                Path folder = Files.createTempDirectory("jar");
                List<String> command = new ArrayList<>(before);
                command.add(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
                command.addAll(jvm);
                command.addAll(List.of(
                        "-jar",
                        Path.of("target", "dnsproxy.jar").toAbsolutePath().toString()));
                ProcessBuilder builder = new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectOutput(folder.resolve("out").toFile())
                        .redirectError(folder.resolve("err").toFile());
                builder.environment().clear();
                builder.environment().putAll(variables);
                return new Jar(builder.start(), folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static Settings with(String variable, Object value) {
        return new Settings().and(variable, value);
    }

    /** Asks these resolvers by name, and trusts their common authority. */
    public static Settings asking(Path authorityPem, ScriptedResolver... resolvers) {
        String hosts = String.join(",", Stream.of(resolvers).map(Jar::serverOf).toArray(String[]::new));
        return with("RESOLVER_HOST", hosts).trusting(authorityPem);
    }

    static String serverOf(ScriptedResolver resolver) {
        return "127.0.0.1@" + resolver.port() + "#" + ScriptedResolver.NAME;
    }

    static Path writeAuthority(ThrowawayAuthority authority, Path folder) {
        try {
            return authority.writePem(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitStart() {
        await().atMost(PATIENCE)
                .until(() -> !process.isAlive() || DNS_PORT.matcher(stdout()).find());
        assertThat(process.isAlive()).as(stdout() + stderr()).isTrue();
        dnsPort = port(DNS_PORT);
        httpPort = port(HTTP_PORT);
    }

    private int port(Pattern pattern) {
        Matcher line = pattern.matcher(stdout());
        assertThat(line.find()).as(stdout()).isTrue();
        return Integer.parseInt(line.group(1));
    }

    /** Where it answers, by UDP and TCP. */
    public InetSocketAddress dns() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), dnsPort);
    }

    int httpPort() {
        return httpPort;
    }

    /** The id of its process. */
    public long pid() {
        return process.pid();
    }

    /** Whether its process has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    HttpResponse<String> get(String path) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    int status(String path) throws IOException {
        return get(path).statusCode();
    }

    int readiness() throws IOException {
        return status("/actuator/health/readiness");
    }

    /** The status of its liveness. */
    public int liveness() throws IOException {
        return status("/actuator/health/liveness");
    }

    /** The sum of a metric over those of its series that have all these labels, each like {@code transport="udp"}. */
    public double metric(String name, String... labels) throws IOException {
        return get("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .filter(line -> Stream.of(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** What it has said. */
    public String stdout() {
        return text("out");
    }

    /** What the JVM has said. */
    public String stderr() {
        return text("err");
    }

    private String text(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends {@code TERM} or {@code INT}. */
    void signal(String name) {
        Tools.Output kill = Tools.run("sh", "-c", "kill -" + name + " " + process.pid());
        assertThat(kill.exitCode()).as(kill.text()).isZero();
    }

    /** Waits for the end. */
    int exitCode() {
        try {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("it ended: " + stdout())
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Kills it if it still runs, and removes what it wrote. */
    @Override
    public void close() {
        http.shutdownNow();
        process.destroyForcibly();
        exitCode();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
