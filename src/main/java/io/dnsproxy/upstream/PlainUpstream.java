package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One server that is asked in plain DNS: each query by a UDP socket of its own, and by TCP where that does not do
 * ({@link PlainExchange}). All state belongs to one event loop. Queries beyond {@link UpstreamSettings#maxQueriesPerConnection},
 * which is a bound on sockets here, wait until others end.
 *
 * <p>A datagram may be lost, so a repeat is always sent; how often, the caller decides (RFC 9520 3.1).
 */
public final class PlainUpstream implements Upstream {

    private final PlainServer server;
    private final UpstreamSettings settings;
    private final EventLoop loop;
    private final PlainHealth health;
    private final UpstreamCounters counters;
    private final QueryIds ids = new QueryIds();
    private final Set<PlainExchange> inFlight = new HashSet<>();
    private final Queue<PlainExchange> waiting = new ArrayDeque<>();
    private long lastAnswerNanos = System.nanoTime();
    private boolean stopped;

    PlainUpstream(int number, PlainServer server, UpstreamSettings settings, EventLoop loop) {
        this.counters = new UpstreamCounters(number);
        this.server = server;
        this.settings = settings;
        this.loop = loop;
        this.health =
                new PlainHealth(server.name(), () -> ThreadLocalRandom.current().nextDouble(), System::nanoTime);
    }

    @Override
    public String name() {
        return health.name();
    }

    @Override
    public boolean isUsable() {
        return health.isUsable();
    }

    /** There is nothing to connect. */
    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public long expectedNanos() {
        return counters.smoothedNanos * (counters.inFlight + counters.waiting + 1L);
    }

    /** How it is now. */
    public UpstreamStatus status() {
        return health.status();
    }

    /** How often it answered again after it had failed. */
    public int recoveries() {
        return health.recoveries();
    }

    /** What it has done; a dial is one for an answer by TCP. */
    public UpstreamCounters counters() {
        return counters;
    }

    @Override
    public CompletableFuture<Answer> exchange(Query query, Asker asker) {
        PlainExchange exchange = new PlainExchange(query, this);
        try {
            loop.execute(() -> begin(exchange));
        } catch (RejectedExecutionException e) {
            exchange.fail(Reason.STOPPED, "shutting down");
        }
        return exchange;
    }

    @Override
    public CompletableFuture<Answer> repeat(Query query, @Nullable CompletableFuture<Answer> overdue, Asker asker) {
        return exchange(query, asker);
    }

    /** Fails what is unanswered, and whatever comes. */
    void stop() {
        loop.execute(() -> {
            stopped = true;
            List.copyOf(waiting).forEach(exchange -> exchange.fail(Reason.STOPPED, "shutting down"));
            List.copyOf(inFlight).forEach(exchange -> exchange.fail(Reason.STOPPED, "shutting down"));
        });
    }

    private void begin(PlainExchange exchange) {
        if (stopped) {
            exchange.fail(Reason.STOPPED, "shutting down");
        } else if (inFlight.size() < settings.maxQueriesPerConnection()) {
            send(exchange);
        } else if (waiting.size() < settings.maxWaiting()) {
            waiting.add(exchange);
            counters.waiting = waiting.size();
        } else {
            counters.failed(Reason.OVERLOADED);
            exchange.fail(Reason.OVERLOADED, "too many queries wait for a socket");
        }
    }

    private void send(PlainExchange exchange) {
        if (exchange.isDone()) {
            return; // nobody waits for it any more
        }
        inFlight.add(exchange);
        counters.inFlight = inFlight.size();
        exchange.whenComplete((answer, thrown) -> runOnLoop(() -> ended(exchange)));
        exchange.start(ids.next());
    }

    private void ended(PlainExchange exchange) {
        exchange.release();
        inFlight.remove(exchange);
        while (inFlight.size() < settings.maxQueriesPerConnection() && !waiting.isEmpty()) {
            send(waiting.remove());
        }
        counters.inFlight = inFlight.size();
        counters.waiting = waiting.size();
    }

    private void runOnLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return;
        }
        try {
            loop.execute(task);
        } catch (RejectedExecutionException stoppedLoop) {
            // its end has closed every socket
        }
    }

    PlainServer server() {
        return server;
    }

    UpstreamSettings settings() {
        return settings;
    }

    EventLoop loop() {
        return loop;
    }

    /** An answer came, on the event loop. */
    void answered(long sentNanos, long nowNanos) {
        counters.answered(nowNanos - sentNanos);
        heard(nowNanos);
    }

    /** The server is there, on the event loop. */
    void heard(long nowNanos) {
        lastAnswerNanos = nowNanos;
        health.answered();
    }

    /** A query has had its time, on the event loop. If others were answered meanwhile, it is its name that is slow. */
    void overdue(long sentNanos) {
        if (lastAnswerNanos - sentNanos < 0) {
            health.silent(sentNanos);
        }
    }

    /** The network, or the server's TCP, says that it cannot be asked, on the event loop. */
    void unreachable(String cause) {
        health.refused(cause);
    }
}
