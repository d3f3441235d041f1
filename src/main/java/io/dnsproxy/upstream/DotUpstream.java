package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * One server and its shared connections: one while it suffices, more only when its places are taken or nothing arrives on
 * it. All state belongs to one event loop; {@link #exchange} hands queries over in batches, so that those that arrive
 * together leave in one TLS write.
 *
 * <p>At most one dial is under way ({@link Dialer}). A dial that fails fails the queries that wait for it and starts a pause
 * ({@link Backoff}), after which it dials again by itself. In the first second of such trouble queries wait for its end; from then on
 * they fail at once, and one a second cuts the pause short.
 */
public final class DotUpstream implements Upstream {

    /** A warm connection is opened again at most this often, whatever the server does. */
    private static final long WARM_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** So long queries are taken in before the network has its turn, looked at after so many of them. */
    private static final long ARRIVALS_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final int ARRIVALS_AT_ONCE = 64;

    private static final String TOO_MANY_WAIT = "too many queries wait for a connection";

    private final UpstreamServer server;
    private final UpstreamSettings settings;
    private final EventLoop loop;
    private final AnswerBurst burst;
    private final UpstreamHealth health;
    private final UpstreamCounters counters;
    private final Arrivals arrivals;
    private final Connections connections;
    private final WaitingLine waiting;
    private final RepeatBudget repeats = new RepeatBudget();
    private final IdleLimit idleLimit;
    private final QueryAllowance allowance = new QueryAllowance();
    private final Dialer dialer;
    private final DotConnection.Owner owner = new Connected();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private boolean dialIsSlow;
    private boolean stopped;

    /** Whether nothing speaks against it but that a dial takes long, or that its connections have fallen silent just now. */
    private volatile boolean hesitant;

    private volatile boolean connected;

    /**
     * @param number its place in the settings, from 1: the {@linkplain Answer#origin origin} of its answers
     * @throws IllegalArgumentException when no TLS client can be set up for this server
     */
    DotUpstream(
            int number,
            UpstreamServer server,
            UpstreamSettings settings,
            HostLookup lookup,
            EventLoop loop,
            AnswerBurst burst) {
        this.counters = new UpstreamCounters(number);
        this.server = server;
        this.settings = settings;
        this.loop = loop;
        this.burst = burst;
        this.arrivals = new Arrivals(loop, this::drain);
        this.connections = new Connections(settings.maxConnections());
        this.waiting = new WaitingLine(
                settings.maxWaiting(),
                settings.totalTimeout().toNanos() / 2,
                settings.attemptTimeout().toNanos() / 3);
        this.idleLimit = new IdleLimit(settings.idleTimeout().toNanos());
        this.health = new UpstreamHealth(
                server.name(), () -> ThreadLocalRandom.current().nextDouble());
        this.dialer = new Dialer(server, settings, lookup, loop, counters, new Dialed());
    }

    @Override
    public String name() {
        return health.name();
    }

    @Override
    public boolean isUsable() {
        return !hesitant && health.status().usable();
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public long expectedNanos() {
        return counters.smoothedNanos * (counters.inFlight + counters.waiting + 1L);
    }

    /** How it is now. */
    public UpstreamStatus status() {
        return health.status();
    }

    /** How often it could be connected to again after it could not. */
    int recoveries() {
        return health.recoveries();
    }

    /** What its servers have shown of themselves. */
    public SeenServers seen() {
        return dialer.seen();
    }

    /** What it has done. */
    public UpstreamCounters counters() {
        return counters;
    }

    @Override
    public CompletableFuture<Answer> exchange(Query query, Asker asker) {
        return handOver(PendingExchange.first(query, asker));
    }

    @Override
    public CompletableFuture<Answer> repeat(Query query, @Nullable CompletableFuture<Answer> overdue, Asker asker) {
        return handOver(PendingExchange.repeat(query, (PendingExchange) overdue, asker));
    }

    private CompletableFuture<Answer> handOver(PendingExchange exchange) {
        arrivals.add(exchange);
        return exchange;
    }

    /** Dials, so that the first query need not wait for it. */
    void warmUp() {
        loop.execute(this::dialIfWanted);
    }

    /**
     * From now on other authorities count: open connections retire, no earlier session is resumed.
     *
     * @throws IllegalArgumentException when no TLS client can be set up with these; then the earlier ones count
     */
    void trust(TrustManagerFactory authorities) {
        Dialer.Identity identity = Dialer.Identity.of(server.trusting(authorities));
        loop.execute(() -> {
            dialer.trust(identity);
            connections.retire("the trust store has changed");
            health.judgedAnew();
            health.connected(connections.hasOpen());
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
            dialer.cancel();
            failWaiting(new UpstreamException(Reason.STOPPED, "shutting down"));
            connections.retire("shutting down");
            closedIfStopped();
        });
        return closed;
    }

    private void closedIfStopped() {
        if (stopped && connections.isEmpty()) {
            closed.complete(null);
        }
    }

    private void drain() {
        long nowNanos = System.nanoTime();
        try {
            failImpatient(nowNanos);
            takeArrivals(nowNanos);
            flush();
        } finally {
            arrivals.end();
        }
    }

    /** Takes in some of them: when more come than can be sent, answers must be read all the same. */
    private void takeArrivals(long nowNanos) {
        PendingExchange exchange;
        int taken = 0;
        burst.begin(); // of those that fail at once
        try {
            while ((exchange = arrivals.poll()) != null) {
                if (!exchange.isDone() && !heldBack(exchange, nowNanos)) {
                    sendOrWait(exchange, nowNanos);
                }
                if (++taken % ARRIVALS_AT_ONCE == 0 && System.nanoTime() - nowNanos > ARRIVALS_NANOS) {
                    break;
                }
            }
        } finally {
            burst.end();
        }
    }

    /** A repeat is sent when the connection of the first is lost, or if others are answered there and the budget allows it. */
    private boolean heldBack(PendingExchange exchange, long nowNanos) {
        PendingExchange overdue = exchange.takeOverdue();
        if (overdue == null) {
            return false;
        }
        DotConnection connection = overdue.connection;
        if (connection != null
                && (connection.isLost() || (connection.answersOthers(overdue, nowNanos) && repeats.take()))) {
            return false;
        }
        counters.heldBack.increment();
        overdue.putBehind(exchange);
        return true;
    }

    private void sendOrWait(PendingExchange exchange, long nowNanos) {
        DotConnection connection = connections.withRoom(nowNanos, exchange.isRepeat);
        if (connection != null) {
            connection.add(exchange, nowNanos);
            counters.reused.increment();
        } else if (stopped) {
            fail(exchange, Reason.STOPPED, "shutting down");
        } else if (isHopeless(nowNanos)) {
            dial(true);
            fail(exchange, Reason.BACKING_OFF, "it failed just now: " + health.lastCause());
        } else if (waiting.add(exchange, nowNanos)) {
            dialIfWanted();
        } else {
            dialIfWanted(); // else, where none may wait, nobody would
            fail(exchange, Reason.OVERLOADED, TOO_MANY_WAIT);
        }
    }

    /** Whether nobody had better wait for a connection: dials have failed for a while, or no octet arrives and a dial hangs too. */
    private boolean isHopeless(long nowNanos) {
        if (connections.hasOpen()) {
            return false;
        }
        return health.isOnlySilent()
                ? dialer.isDialing()
                        && nowNanos - dialer.begunNanos()
                                >= settings.attemptTimeout().toNanos()
                : health.isHopeless(nowNanos);
    }

    private void sendWaiting() {
        long nowNanos = System.nanoTime();
        failImpatient(nowNanos);
        PendingExchange next;
        while ((next = waiting.peek()) != null) {
            DotConnection connection = connections.withRoom(nowNanos, next.isRepeat);
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
        connections.flush();
        publish();
    }

    private void dialIfWanted() {
        dial(!waiting.isEmpty());
    }

    private void dial(boolean asked) {
        boolean wanted = asked || !connections.hasOpen() || connections.needSuccessor();
        if (!wanted || stopped || dialer.isDialing() || connections.isFull()) {
            return;
        }
        long nowNanos = System.nanoTime();
        if (!connections.areProving(nowNanos) && health.mayDial(asked, dialer.begunNanos(), nowNanos)) {
            connections.makeRoom();
            dialer.dial(() -> new DotConnection(owner, settings, counters, burst, idleLimit, allowance));
        }
    }

    /** Leaves the server alone for a while, then dials again. */
    private void pause(Reason reason, String cause, long beganNanos) {
        if (stopped) {
            return;
        }
        long pauseNanos = health.failed(reason, cause, beganNanos, System.nanoTime());
        loop.schedule(this::dialIfWanted, pauseNanos, TimeUnit.NANOSECONDS);
        if (pauseNanos > UpstreamHealth.TRIAL_INTERVAL_NANOS) {
            loop.schedule(this::dialIfWanted, UpstreamHealth.TRIAL_INTERVAL_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    /** Where it is places that are wanting, not a connection, nobody waits in a line that does not get shorter. */
    private void failImpatient(long nowNanos) {
        PendingExchange exchange = connected ? waiting.pollImpatient(nowNanos) : null;
        if (exchange == null) {
            return;
        }
        burst.begin();
        do {
            fail(exchange, Reason.OVERLOADED, TOO_MANY_WAIT);
        } while ((exchange = waiting.pollImpatient(nowNanos)) != null);
        burst.end();
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
        publish();
    }

    private void fail(PendingExchange exchange, Reason reason, String message) {
        counters.failed(reason);
        exchange.fail(reason, message);
    }

    /** For those on other threads. */
    private void publish() {
        boolean suspect = connections.areSuspect();
        connected = connections.hasOpen() && !suspect;
        hesitant = suspect || (dialIsSlow && !connected);
        connections.tell(counters);
        counters.waiting = waiting.size();
    }

    /** How a dial of this upstream ends. */
    private final class Dialed implements Dialer.Outcome {

        @Override
        public void connected(DotConnection connection) {
            dialIsSlow = false;
            health.opened();
            connections.add(connection);
            health.connected(true);
            waiting.hope(System.nanoTime());
            sendWaiting();
            if ((health.isOnTrial() || connections.areSuspect()) && !connection.isRetired()) {
                connection.probe(System.nanoTime()); // the queries that waited may be the slow ones
            }
            dialIfWanted();
        }

        @Override
        public void failed(UpstreamException cause) {
            dialIsSlow = false;
            pause(cause.reason(), String.valueOf(cause.getMessage()), dialer.begunNanos());
            if (!connections.hasOpen()) {
                failWaiting(cause);
            }
            publish();
        }

        @Override
        public void slow() {
            dialIsSlow = true;
            if (isHopeless(System.nanoTime())) {
                failWaiting(new UpstreamException(Reason.BACKING_OFF, "nothing arrives from it, and a dial hangs"));
            }
            publish();
        }
    }

    /** What a connection of this upstream reports. */
    private final class Connected implements DotConnection.Owner {

        @Override
        public void answersRead(DotConnection connection, int count) {
            repeats.answered(count);
            if (connection.hasAnswered()) {
                health.answered(connection.openedNanos());
            }
            placesFree();
        }

        @Override
        public void askAgain(PendingExchange repeat) {
            sendOrWait(repeat, System.nanoTime());
        }

        @Override
        public void wearsOut() {
            dialIfWanted();
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
        public void passedBy() {
            publish();
            dialIfWanted();
        }

        @Override
        public void inDoubt(DotConnection connection) {
            if (!connections.hasOpen()) {
                health.silent();
            }
            if (!connection.hasAnswered()) {
                pause(Reason.TIMEOUT, "it answers nothing", System.nanoTime());
            }
            dialIfWanted();
        }

        @Override
        public void closed(DotConnection connection, boolean failed, String cause) {
            connections.remove(connection);
            health.connected(connections.hasOpen());
            if (failed) {
                pause(Reason.CLOSED, cause, System.nanoTime());
            }
            placesFree();
            if (settings.keepWarm() && !stopped) {
                loop.schedule(DotUpstream.this::dialIfWanted, WARM_INTERVAL_NANOS, TimeUnit.NANOSECONDS);
            }
            closedIfStopped();
        }
    }
}
