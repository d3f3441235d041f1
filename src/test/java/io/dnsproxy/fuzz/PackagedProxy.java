package io.dnsproxy.fuzz;

import io.dnsproxy.app.Jar;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.ServerCertificate;
import io.dnsproxy.testkit.ThrowawayAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The packaged program, answering by UDP, TCP and TLS, and the resolvers of this process that it asks. Its cache is small, so that it is
 * full before anything is measured. One thread, but for the addresses and connectors.
 */
public final class PackagedProxy implements AutoCloseable {

    private static final Pattern TLS_PORT = Pattern.compile("answering DNS over TLS on [^,]*?:(\\d+)");
    private static final Pattern SUSPICIOUS = Pattern.compile(" ERROR |LEAK|Exception|OutOfMemory|^\\s+at ");
    /** Else Netty takes memory from the C library, past all that the JVM can tell. */
    private static final String MEMORY_FROM_THE_JDK = "--sun-misc-unsafe-memory-access=allow";

    private static final int CONNECTIONS_FOR_EVERY_LOOP = 64;
    private static final int CONNECT_PATIENCE_MILLIS = 10_000;
    private static final int READ_PATIENCE_MILLIS = 15_000;

    /** Connections to upstreams may be idle for eight seconds. */
    private static final Duration SETTLE_PATIENCE = Duration.ofSeconds(40);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Path folder;
    private final List<ScriptedResolver> upstreams;
    private final Jar jar;
    private final SSLSocketFactory trusting;
    private final int tlsPort;
    private final Thread hook = new Thread(this::end);
    private final Thread forgetting = Thread.ofPlatform().daemon().unstarted(this::forget);

    private PackagedProxy(
            Path folder, List<ScriptedResolver> upstreams, Jar jar, SSLSocketFactory trusting, int tlsPort) {
        this.folder = folder;
        this.upstreams = upstreams;
        this.jar = jar;
        this.trusting = trusting;
        this.tlsPort = tlsPort;
    }

    /**
     * Starts it, and waits until it has said that it answers.
     *
     * @param resolvers how many it asks
     * @param leakDetection level of Netty's leak detector
     */
    public static PackagedProxy start(int resolvers, String leakDetection) throws IOException {
        Path folder = Files.createTempDirectory("proxy");
        ThrowawayAuthority authority = ThrowawayAuthority.create();
        List<ScriptedResolver> upstreams = new ArrayList<>();
        for (int i = 0; i < resolvers; i++) {
            upstreams.add(ScriptedResolver.start(authority));
        }
        ServerCertificate certificate = authority.issue("proxy.example.net");
        Jar jar = Jar.asking(authority.writePem(folder), upstreams.toArray(ScriptedResolver[]::new))
                .and("DNSPROXY_LISTEN_TLS_PORT", 0)
                .and("DNSPROXY_LISTEN_TLS_SSL_BUNDLE", "clients")
                .and("DNSPROXY_LISTEN_TCP_READ_TIMEOUT", "5s")
                .and("DNSPROXY_CACHE_MAX_SIZE", "1MB")
                .and(
                        "SPRING_SSL_BUNDLE_PEM_CLIENTS_KEYSTORE_CERTIFICATE",
                        "file:" + Files.writeString(folder.resolve("server.pem"), certificate.chainPem()))
                .and(
                        "SPRING_SSL_BUNDLE_PEM_CLIENTS_KEYSTORE_PRIVATEKEY",
                        "file:" + Files.writeString(folder.resolve("server.key"), certificate.keyPem()))
                .jvm("-XX:+UseSerialGC")
                .jvm("-Xms256m")
                .jvm("-Xmx256m")
                .jvm("-XX:+AlwaysPreTouch")
                .jvm("-XX:NativeMemoryTracking=summary")
                .jvm(MEMORY_FROM_THE_JDK)
                .jvm("-Dio.netty.leakDetection.level=" + leakDetection)
                .start();
        PackagedProxy proxy = new PackagedProxy(
                folder, upstreams, jar, authority.clientContext().getSocketFactory(), tlsPort(jar));
        Runtime.getRuntime().addShutdownHook(proxy.hook);
        proxy.forgetting.start();
        return proxy;
    }

    private static int tlsPort(Jar jar) throws IOException {
        Matcher said = TLS_PORT.matcher(jar.stdout());
        if (!said.find()) {
            jar.close();
            throw new IOException("it does not answer by TLS: " + jar.stdout());
        }
        return Integer.parseInt(said.group(1));
    }

    /** Where it answers by UDP and TCP. */
    public InetSocketAddress address() {
        return jar.dns();
    }

    /** The resolvers that it asks, for those who want to spoil their day. */
    public List<ScriptedResolver> upstreams() {
        return upstreams;
    }

    /** Opens plain connections. */
    public Connector tcp() {
        return from -> plain(from, jar.dns());
    }

    /** Opens connections by TLS. */
    public Connector tls() {
        return from -> {
            Connector.Connection below = plain(from, tlsAddress());
            try {
                SSLSocket socket = (SSLSocket) trusting.createSocket(
                        below.plain(), InetAddress.getLoopbackAddress().getHostAddress(), tlsPort, true);
                socket.startHandshake();
                return new Connector.Connection(socket, below.plain());
            } catch (IOException e) {
                below.close();
                throw e;
            }
        };
    }

    /** Opens plain connections to where TLS is spoken. */
    Connector belowTls() {
        return from -> plain(from, tlsAddress());
    }

    private InetSocketAddress tlsAddress() {
        return new InetSocketAddress(jar.dns().getAddress(), tlsPort);
    }

    private static Connector.Connection plain(@Nullable InetSocketAddress from, InetSocketAddress to)
            throws IOException {
        Socket socket = new Socket();
        try {
            if (from != null) {
                socket.bind(from);
            }
            socket.connect(to, CONNECT_PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(READ_PATIENCE_MILLIS);
            return new Connector.Connection(socket, socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Event loops start with their first connection: opens enough for all. */
    public void touchEveryLoop() throws IOException {
        for (int i = 0; i < CONNECTIONS_FOR_EVERY_LOOP; i++) {
            tcp().connect(null).close();
            tls().connect(null).close();
        }
    }

    /** A metric, summed over the series that have all these labels, each like {@code transport="udp"}. */
    public long count(String name, String... labels) throws IOException {
        return Math.round(jar.metric(name, labels));
    }

    /** Processor time that it has had. */
    public Duration processorTime() {
        return ProcessHandle.of(jar.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }

    /** Waits until it has no clients, no queries and no more than it had before, as far as it comes to that. */
    public Vitals settled(@Nullable Vitals before) throws IOException {
        long endNanos = System.nanoTime() + SETTLE_PATIENCE.toNanos();
        Vitals now = Vitals.of(jar);
        while (System.nanoTime() - endNanos < 0
                && (isBusy() || (before != null && !now.growthSince(before).isEmpty()))) {
            LockSupport.parkNanos(LOOK_NANOS);
            now = Vitals.of(jar);
        }
        return now;
    }

    /** What it has while it works. */
    public Vitals vitals() throws IOException {
        return Vitals.of(jar);
    }

    private boolean isBusy() throws IOException {
        return count("dnsproxy_in_flight") + count("dnsproxy_tcp_connections") + count("dnsproxy_tls_connections") > 0
                || count("dnsproxy_upstream_in_flight") > 0
                || count("dnsproxy_upstream_connections") > upstreams.size();
    }

    /** What is wrong with it as such, a sentence each: it has ended, or says so, or has said what it should not. */
    public List<String> complaints() throws IOException {
        List<String> complaints = new ArrayList<>();
        if (!jar.isAlive()) {
            return List.of("it has ended: " + jar.stdout() + jar.stderr());
        }
        if (jar.liveness() != 200) {
            complaints.add("it says that it is not alive");
        }
        (jar.stdout() + jar.stderr())
                .lines()
                .filter(line -> SUSPICIOUS.matcher(line).find())
                .limit(20)
                .forEach(line -> complaints.add("it said: " + line));
        return complaints;
    }

    /** The names of its threads, those of the JVM among them. */
    public List<String> threadNames() {
        return Vitals.jcmd(jar.pid(), "Thread.print")
                .lines()
                .filter(line -> line.startsWith("\""))
                .map(line -> line.substring(1, line.indexOf('"', 1)))
                .toList();
    }

    /** Those that are not among these. */
    public List<String> threadsBeside(List<String> those) {
        List<String> more = new ArrayList<>(threadNames());
        those.forEach(more::remove);
        return more;
    }

    /** Whether Netty watches every buffer: it was told so, and nobody has told it otherwise. */
    boolean watchesEveryBuffer() {
        return Vitals.jcmd(jar.pid(), "VM.system_properties").contains("io.netty.leakDetection.level=paranoid");
    }

    /** Resolvers remember what they were asked, which is too much in the long run. */
    private void forget() {
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(1);
                upstreams.forEach(ScriptedResolver::forgetQueries);
                upstreams.forEach(ScriptedResolver::forgetEndedConnections);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        jar.close();
    }

    @Override
    public void close() throws IOException {
        forgetting.interrupt();
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // it runs already
        }
        upstreams.forEach(ScriptedResolver::close);
        for (String file : new String[] {"server.pem", "server.key", "authority.pem"}) {
            Files.deleteIfExists(folder.resolve(file));
        }
        Files.deleteIfExists(folder);
    }
}
