package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * One server and its shared connections: one while it suffices, more only when its places are taken or nothing arrives on
 * it. All state belongs to one event loop; {@link #exchange} hands queries over in batches, so that those that arrive
 * together leave in one TLS write.
 *
 * <p>At most one dial is under way. A dial that fails fails the queries that wait for it and starts a pause
 * ({@link Backoff}), after which it dials again by itself. When the rest of a pause is short, queries wait for its end;
 * when it is long, they fail at once.
 */
public final class DotUpstream implements Upstream {

    private final UpstreamSettings settings;
    private final EventLoop loop;
    private final AddressBook addresses;
    private final AnswerBurst burst;
    private final UpstreamHealth health;
    private final UpstreamCounters counters = new UpstreamCounters();
    private final Queue<PendingExchange> arriving = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean drainScheduled = new AtomicBoolean();
    private final Runnable drain = this::drain;

    private final List<DotConnection> connections = new ArrayList<>();
    private final WaitingLine waiting;
    private final RepeatBudget repeats = new RepeatBudget();
    private UpstreamServer server;
    private ServerAuthentication authentication;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private boolean dialing;
    private boolean stopped;

    /** @throws IllegalArgumentException when no TLS client can be set up for this server */
    DotUpstream(
            UpstreamServer server, UpstreamSettings settings, HostLookup lookup, EventLoop loop, AnswerBurst burst) {
        this.server = server;
        this.settings = settings;
        this.loop = loop;
        this.addresses = new AddressBook(server.host(), lookup, settings.connectTimeout());
        this.burst = burst;
        this.waiting = new WaitingLine(settings.maxWaiting());
        this.health = new UpstreamHealth(
                server.name(), () -> ThreadLocalRandom.current().nextDouble());
        this.authentication = authenticationOf(server);
    }

    @Override
    public String name() {
        return health.name();
    }

    @Override
    public boolean isUsable() {
        return health.status().usable();
    }

    /** How it is now. */
    public UpstreamStatus status() {
        return health.status();
    }

    /** How often it could be connected to again after it could not. */
    int recoveries() {
        return health.recoveries();
    }

    /** What it has done. */
    public UpstreamCounters counters() {
        return counters;
    }

    @Override
    public CompletableFuture<Answer> exchange(Query query) {
        return handOver(PendingExchange.first(query));
    }

    @Override
    public CompletableFuture<Answer> repeat(Query query, @Nullable CompletableFuture<Answer> overdue) {
        return handOver(PendingExchange.repeat(query, (PendingExchange) overdue));
    }

    private CompletableFuture<Answer> handOver(PendingExchange exchange) {
        arriving.add(exchange);
        if (drainScheduled.compareAndSet(false, true)) {
            try {
                loop.execute(drain);
            } catch (RejectedExecutionException e) {
                failArriving();
            }
        }
        return exchange;
    }

    /** The event loop has ended: nobody else will. */
    private void failArriving() {
        drainScheduled.set(false);
        PendingExchange exchange;
        while ((exchange = arriving.poll()) != null) {
            exchange.fail(Reason.STOPPED, "shutting down");
        }
    }

    /** Dials, so that the first query need not wait for it. */
    void warmUp() {
        loop.execute(this::dialIfWanted);
    }

    /** From now on other authorities count: open connections retire, no earlier session is resumed. */
    void trust(TrustManagerFactory authorities) {
        loop.execute(() -> {
            server = server.trusting(authorities);
            authentication = authenticationOf(server);
            List.copyOf(connections).forEach(connection -> connection.retire("the trust store has changed"));
            health.judgedAnew();
            health.connected(isConnected());
            dialIfWanted();
        });
    }

    /**
     * Takes no more queries, and closes each connection when its answers have come.
     *
     * @return complete when the last one is closed
     */
    CompletableFuture<Void> stop() {
        loop.execute(() -> {
            stopped = true;
            failWaiting(new UpstreamException(Reason.STOPPED, "shutting down"));
            List.copyOf(connections).forEach(connection -> connection.retire("shutting down"));
            closedIfStopped();
        });
        return closed;
    }

    private void closedIfStopped() {
        if (stopped && !dialing && connections.isEmpty()) {
            closed.complete(null);
        }
    }

    private void drain() {
        drainScheduled.set(false);
        long nowNanos = System.nanoTime();
        PendingExchange exchange;
        while ((exchange = arriving.poll()) != null) {
            if (!exchange.isDone() && !heldBack(exchange, nowNanos)) {
                sendOrWait(exchange, nowNanos);
            }
        }
        flush();
    }

    /** A repeat is sent only if the first can no longer be answered, or if many others are. */
    private boolean heldBack(PendingExchange exchange, long nowNanos) {
        PendingExchange overdue = exchange.takeOverdue();
        if (overdue == null) {
            return false;
        }
        DotConnection connection = overdue.connection;
        if (connection != null && (!connection.mayStillAnswer(overdue, nowNanos) || repeats.take())) {
            return false;
        }
        counters.heldBack.increment();
        overdue.putBehind(exchange);
        return true;
    }

    private void sendOrWait(PendingExchange exchange, long nowNanos) {
        DotConnection connection = connectionWithRoom(nowNanos, exchange.isRepeat);
        if (connection != null) {
            connection.add(exchange, nowNanos);
        } else if (stopped) {
            fail(exchange, Reason.STOPPED, "shutting down");
        } else if (!isConnected()
                && !health.isOnlySilent()
                && health.pauseNanos(nowNanos) > settings.attemptTimeout().toNanos()) {
            fail(exchange, Reason.BACKING_OFF, "it failed just now: " + health.lastCause());
        } else if (waiting.add(exchange)) {
            dialIfWanted();
        } else {
            fail(exchange, Reason.OVERLOADED, "too many queries wait for a connection");
        }
    }

    private void sendWaiting() {
        long nowNanos = System.nanoTime();
        PendingExchange next;
        while ((next = waiting.peek()) != null) {
            DotConnection connection = connectionWithRoom(nowNanos, next.isRepeat);
            if (connection == null) {
                dialIfWanted();
                break;
            }
            waiting.poll();
            connection.add(next, nowNanos);
        }
        flush();
    }

    private void flush() {
        for (int i = 0; i < connections.size(); i++) {
            connections.get(i).flush();
        }
        publishGauges();
    }

    private @Nullable DotConnection connectionWithRoom(long nowNanos, boolean repeat) {
        for (int i = 0; i < connections.size(); i++) {
            if (connections.get(i).hasRoom(nowNanos, repeat)) {
                return connections.get(i);
            }
        }
        return null;
    }

    /** Connections that still take queries. */
    private int openConnections() {
        int open = 0;
        for (int i = 0; i < connections.size(); i++) {
            if (!connections.get(i).isRetired()) {
                open++;
            }
        }
        return open;
    }

    private boolean isConnected() {
        return openConnections() > 0;
    }

    private void dialIfWanted() {
        boolean wanted = !isConnected() || !waiting.isEmpty();
        if (!wanted || dialing || stopped || openConnections() >= settings.maxConnections()) {
            return;
        }
        boolean silentAndAsked = health.isOnlySilent() && !waiting.isEmpty();
        if (!silentAndAsked && health.pauseNanos(System.nanoTime()) > 0) {
            return; // the end of the pause dials
        }
        closeOldestRetired();
        dialing = true;
        counters.dials.increment();
        addresses
                .next()
                .thenAccept(address -> loop.execute(() -> {
                    if (address == null) {
                        dialFailed(new UpstreamException(Reason.CONNECT, "the host name has no known address"));
                    } else {
                        dial(new InetSocketAddress(address, server.port()));
                    }
                }));
    }

    /** Connections in doubt, or retired otherwise, come on top of the others, but never more of them than of those. */
    private void closeOldestRetired() {
        if (connections.size() - openConnections() >= settings.maxConnections()) {
            for (int i = 0; i < connections.size(); i++) {
                if (connections.get(i).isRetired()) {
                    connections.get(i).close("too many connections wait for late answers");
                    return;
                }
            }
        }
    }

    private void dial(InetSocketAddress address) {
        DotConnection connection = new DotConnection(new Connected(), settings, counters, burst);
        Dial.start(loop, address, authentication, settings, connection, new Dialed(authentication));
    }

    private void dialFailed(UpstreamException cause) {
        dialing = false;
        counters.failed(cause.reason());
        addresses.failed();
        if (cause.reason() == Reason.PIN || cause.reason() == Reason.CERTIFICATE) {
            authentication = authenticationOf(server); // no session with an impostor is ever resumed
        }
        pause(cause.reason(), String.valueOf(cause.getMessage()));
        if (!isConnected()) {
            failWaiting(cause);
        }
        closedIfStopped();
    }

    /** Leaves the server alone for a while, then dials again. */
    private void pause(Reason reason, String cause) {
        if (!stopped) {
            long pauseNanos = health.failed(reason, cause, System.nanoTime());
            loop.schedule(this::dialIfWanted, pauseNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void failWaiting(UpstreamException cause) {
        if (waiting.isEmpty()) {
            return;
        }
        burst.begin();
        PendingExchange exchange;
        while ((exchange = waiting.poll()) != null) {
            exchange.fail(cause);
        }
        burst.end();
        publishGauges();
    }

    private void fail(PendingExchange exchange, Reason reason, String message) {
        counters.failed(reason);
        exchange.fail(reason, message);
    }

    private void publishGauges() {
        int inFlight = 0;
        int resting = 0;
        for (int i = 0; i < connections.size(); i++) {
            inFlight += connections.get(i).inFlight();
            resting += connections.get(i).resting();
        }
        counters.inFlight = inFlight;
        counters.resting = resting;
        counters.connections = connections.size();
        counters.waiting = waiting.size();
    }

    private static ServerAuthentication authenticationOf(UpstreamServer server) {
        try {
            return new ServerAuthentication(server);
        } catch (SSLException e) {
            throw new IllegalArgumentException("no TLS for upstream " + server + ": " + e.getMessage(), e);
        }
    }

    /** How a dial of this upstream ends. */
    private final class Dialed implements Dial.Outcome {

        private final ServerAuthentication judge;

        Dialed(ServerAuthentication judge) {
            this.judge = judge;
        }

        @Override
        public void connected(DotConnection connection, boolean resumed) {
            dialing = false;
            (resumed ? counters.resumedHandshakes : counters.fullHandshakes).increment();
            connections.add(connection);
            if (stopped) {
                connection.close("shutting down");
                return;
            }
            if (judge != authentication) {
                connection.close("the trust store has changed");
                dialIfWanted();
                return;
            }
            health.connected(true);
            sendWaiting();
        }

        @Override
        public void failed(UpstreamException cause) {
            dialFailed(cause);
        }
    }

    /** What a connection of this upstream reports. */
    private final class Connected implements DotConnection.Owner {

        @Override
        public void answersRead(DotConnection connection, int count) {
            repeats.answered(count);
            if (connection.hasAnswered()) {
                health.answered();
            }
            placesFree();
        }

        @Override
        public void askAgain(PendingExchange repeat) {
            sendOrWait(repeat, System.nanoTime());
        }

        @Override
        public void placesFree() {
            if (waiting.isEmpty()) {
                flush();
            } else {
                sendWaiting();
            }
        }

        @Override
        public void inDoubt(DotConnection connection) {
            if (!isConnected()) {
                health.silent();
            }
            if (!connection.hasAnswered()) {
                pause(Reason.TIMEOUT, "it answers nothing");
            }
            dialIfWanted();
        }

        @Override
        public void closed(DotConnection connection, boolean failed, String cause) {
            connections.remove(connection);
            health.connected(isConnected());
            if (failed) {
                pause(Reason.CLOSED, cause);
            }
            placesFree();
            closedIfStopped();
        }
    }
}
