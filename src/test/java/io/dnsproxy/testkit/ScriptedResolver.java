package io.dnsproxy.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * A DNS-over-TLS server on 127.0.0.1 that does what a test tells it, query by query and connection by connection, and tells what it
 * received. Until told otherwise it is an honest resolver: {@link ExampleZone} over TLS 1.3 and 1.2, with tickets, ALPN {@code dot},
 * answers as soon as they are ready, in a TLS record of their own.
 *
 * <p>Everything may be changed while it runs, from any thread; a change of TLS holds for the next handshake. What it tells are
 * snapshots, good for awaiting:
 *
 * <pre>{@code
 * try (ScriptedResolver resolver = ScriptedResolver.start()) {
 *     resolver.answer(query -> Reply.right().after(Duration.ofMillis(50)));
 *     ...
 *     await().untilAsserted(() -> assertThat(resolver.queries()).hasSize(2));
 * }
 * }</pre>
 */
public final class ScriptedResolver implements AutoCloseable {

    /** The name in the certificate of {@link #start()}, beside the address 127.0.0.1. */
    public static final String NAME = "resolver.example.net";

    /** What a resolver does until told otherwise: right answers, that of {@code slow.example.org} after 500 ms. */
    public static final Script HONEST =
            query -> query.isFor("slow.example.org") ? Reply.right().after(Duration.ofMillis(500)) : Reply.right();

    private static final int BACKLOG = 1024;

    private final ThrowawayAuthority authority;
    private final ServerTls tls;
    private final List<ServerConnection> connections = new CopyOnWriteArrayList<>();
    private final Queue<ReceivedQuery> queries = new ConcurrentLinkedQueue<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final int port;

    private volatile ServerSocket listener;
    private volatile Thread acceptor;
    private volatile Script script = HONEST;
    private volatile IntFunction<Welcome> welcome = _ -> Welcome.TLS;
    private volatile CountDownLatch reading = new CountDownLatch(0);

    private ScriptedResolver(ThrowawayAuthority authority, ServerCertificate certificate, int port) throws IOException {
        this.authority = authority;
        tls = new ServerTls(certificate);
        listener = bound(port);
        this.port = listener.getLocalPort();
        acceptor = accept(listener);
    }

    /** Starts on a free port, with a certificate for {@link #NAME} and 127.0.0.1 by an authority of its own. */
    public static ScriptedResolver start() {
        return start(ThrowawayAuthority.create());
    }

    /** Starts on a free port, with a certificate for {@link #NAME} and 127.0.0.1 by this authority. */
    public static ScriptedResolver start(ThrowawayAuthority authority) {
        return start(authority, authority.issue(NAME, "127.0.0.1"), 0);
    }

    /**
     * Starts.
     *
     * @param authority who is to be trusted: what {@link #authority()} returns
     * @param certificate what is shown, by that authority or not
     * @param port where to listen on 127.0.0.1; 0 for any free port
     */
    public static ScriptedResolver start(ThrowawayAuthority authority, ServerCertificate certificate, int port) {
        try {
            return new ScriptedResolver(authority, certificate, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ------------ where it is

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Where it listens on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Whom a client must trust. */
    public ThrowawayAuthority authority() {
        return authority;
    }

    /** What it shows now. */
    public ServerCertificate certificate() {
        return tls.certificate();
    }

    // ------------ what it does with queries

    /** Answers by this script from the next query on. */
    public void answer(Script next) {
        script = next;
    }

    // ------------ what it does with connections

    /** Welcomes each new connection so. */
    public void welcome(Welcome each) {
        welcome = _ -> each;
    }

    /** Welcomes new connections by their number, counted from 1. */
    public void welcome(IntFunction<Welcome> byNumber) {
        welcome = byNumber;
    }

    /** Reads no octet from any connection until {@link #resumeReading()}; what comes waits in the kernel, which still acknowledges it. */
    public void pauseReading() {
        reading = new CountDownLatch(1);
    }

    /** Reads on after {@link #pauseReading()}. */
    public void resumeReading() {
        reading.countDown();
    }

    /** Never again reads from or writes to the connections of now, nor ends them: half-open ones. New connections are served. */
    public void freezeConnections() {
        connections.forEach(ServerConnection::freeze);
    }

    /** Ends all connections of now. */
    public void endConnections(Ending how) {
        connections.forEach(connection -> connection.end(how));
    }

    /** Refuses new connections; those that are there stay. */
    public void stopListening() {
        try {
            listener.close();
            acceptor.join(); // the port is refused only when nobody waits in accept() any more
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Listens again on the same port after {@link #stopListening()}. */
    public void listenAgain() {
        try {
            listener = bound(port);
            acceptor = accept(listener);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ------------ TLS

    /** Shows this certificate from the next handshake on. Sessions begun under another are not resumed: the JDK's tickets are bound to it. */
    public void certificate(ServerCertificate next) {
        tls.certificate(next);
    }

    /** Speaks only these versions: {@code TLSv1.3}, {@code TLSv1.2}. For older ones see {@link Welcome#TLS_1_1}. */
    public void protocols(String... names) {
        tls.protocols(names);
    }

    /** Chooses this protocol if a client offers it by ALPN; {@code dot} until told otherwise. */
    public void alpn(String protocol) {
        tls.alpn(protocol);
    }

    /** Whether sessions are resumed; when not, each handshake is a full one, tickets or not. */
    public void resumption(boolean on) {
        tls.resumption(on);
    }

    /** Forgets all sessions, as after a restart. */
    public void forgetSessions() {
        tls.forgetSessions();
    }

    // ------------ what it has seen

    /** All queries so far, in the order of their arrival. */
    public List<ReceivedQuery> queries() {
        return List.copyOf(queries);
    }

    /** The queries for a name, {@code www.example.org}, in the order of their arrival. */
    public List<ReceivedQuery> queries(String name) {
        return queries.stream().filter(query -> query.isFor(name)).toList();
    }

    /** All connections so far, in the order of their acceptance. */
    public List<SeenConnection> connections() {
        return connections.stream().map(ServerConnection::seen).toList();
    }

    /**
     * The newest connection.
     *
     * @throws AssertionError before the first, so that it can be awaited
     */
    public SeenConnection lastConnection() {
        List<SeenConnection> all = connections();
        if (all.isEmpty()) {
            throw new AssertionError("no connection yet");
        }
        return all.getLast();
    }

    /** How many connections neither side has ended. */
    public long openConnections() {
        return connections().stream().filter(SeenConnection::isOpen).count();
    }

    /** How many handshakes were completed with a certificate. */
    public long fullHandshakes() {
        return connections().stream()
                .filter(seen -> seen.handshakeCompleted() && !seen.resumed())
                .count();
    }

    /** How many handshakes resumed an earlier session. */
    public long resumedHandshakes() {
        return connections().stream().filter(SeenConnection::resumed).count();
    }

    /** How many octets came inside TLS, over all connections: 0 proves that no query leaked. */
    public long applicationOctets() {
        return connections().stream()
                .mapToLong(SeenConnection::applicationOctets)
                .sum();
    }

    /** Forgets the queries so far; connections are kept. */
    public void forgetQueries() {
        queries.clear();
    }

    /** Forgets the connections that one side has ended; later ones are numbered as if they were still there. */
    public void forgetEndedConnections() {
        connections.removeIf(connection -> !connection.seen().isOpen());
    }

    /** Stops listening and cuts every connection. */
    @Override
    public void close() {
        stopListening();
        resumeReading();
        for (ServerConnection connection : connections) {
            connection.close();
        }
    }

    // ------------ for its connections

    ServerTls tls() {
        return tls;
    }

    Reply received(ReceivedQuery query) {
        queries.add(query);
        return script.answer(query);
    }

    void awaitReading() throws InterruptedException {
        reading.await();
    }

    private static ServerSocket bound(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        return socket;
    }

    private Thread accept(ServerSocket socket) {
        return Thread.ofVirtual().name("resolver-" + socket.getLocalPort()).start(() -> {
            while (!socket.isClosed()) {
                try {
                    accepted(socket.accept());
                } catch (IOException _) {
                    // closed meanwhile, or the client was gone before it was accepted: the loop's condition tells
                }
            }
        });
    }

    private void accepted(Socket socket) {
        int number = accepted.incrementAndGet();
        ServerConnection connection = new ServerConnection(number, socket, this);
        connections.add(connection);
        Welcome how = welcome.apply(number);
        Thread.ofVirtual().name("resolver-" + port + "-" + number).start(() -> connection.serve(how));
    }
}
