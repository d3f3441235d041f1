package io.dnsproxy.resolver;

import io.dnsproxy.upstream.Upstream;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Asks the next usable upstream, and on trouble the next after that, inside one total deadline. Each query's way is one
 * {@link Resolution}.
 */
public final class ResolverRoundRobin implements Resolver {

    private final List<Upstream> upstreams;
    private final Deadlines deadlines;
    private final long attemptTimeoutNanos;
    private final long totalTimeoutNanos;
    private final AtomicInteger turn = new AtomicInteger();
    private final LongAdder failovers = new LongAdder();

    /**
     * @param upstreams at least one
     * @param attemptTimeout after this long without an answer the next upstream is asked as well
     * @param totalTimeout after this long the query fails
     */
    public ResolverRoundRobin(
            List<? extends Upstream> upstreams, Deadlines deadlines, Duration attemptTimeout, Duration totalTimeout) {
        this.upstreams = List.copyOf(upstreams);
        this.deadlines = deadlines;
        this.attemptTimeoutNanos = attemptTimeout.toNanos();
        this.totalTimeoutNanos = totalTimeout.toNanos();
    }

    @Override
    public CompletionStage<Answer> resolve(Query query) {
        Resolution resolution = new Resolution(
                query,
                upstreams,
                turn.getAndIncrement() & Integer.MAX_VALUE,
                deadlines,
                attemptTimeoutNanos,
                failovers);
        return resolution.start(totalTimeoutNanos);
    }

    /** Attempts beyond a query's first. */
    public long failovers() {
        return failovers.sum();
    }
}
