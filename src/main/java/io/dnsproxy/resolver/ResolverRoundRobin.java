package io.dnsproxy.resolver;

import io.dnsproxy.upstream.Upstream;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Asks one usable upstream after another until one has a good answer, inside one total deadline: each in turn, unless another
 * {@link Selection} is set. Each query's way is one {@link Resolution}.
 */
public final class ResolverRoundRobin implements Resolver {

    final List<Upstream> upstreams;
    final Selection selection;
    final Deadlines deadlines;
    final @Nullable Hedging hedging;
    final long attemptTimeoutNanos;
    final LongAdder failovers = new LongAdder();
    private final long totalTimeoutNanos;
    private final AtomicInteger turn = new AtomicInteger();

    /**
     * Asks each in turn, and hedges nothing.
     *
     * @param upstreams at least one, at most {@value Selection#UPSTREAMS_MAX}
     * @param attemptTimeout after this long without an answer the next upstream is asked as well
     * @param totalTimeout after this long the query fails
     */
    public ResolverRoundRobin(
            List<? extends Upstream> upstreams, Deadlines deadlines, Duration attemptTimeout, Duration totalTimeout) {
        this(upstreams, new RoundRobin(), null, deadlines, attemptTimeout, totalTimeout);
    }

    /**
     * Asks by another rule.
     *
     * @param selection among the upstreams that are usable and least asked, for each attempt
     * @param hedging null for none
     */
    public ResolverRoundRobin(
            List<? extends Upstream> upstreams,
            Selection selection,
            @Nullable Hedging hedging,
            Deadlines deadlines,
            Duration attemptTimeout,
            Duration totalTimeout) {
        this.upstreams = List.copyOf(upstreams);
        this.selection = selection;
        this.hedging = hedging;
        this.deadlines = deadlines;
        this.attemptTimeoutNanos = attemptTimeout.toNanos();
        this.totalTimeoutNanos = totalTimeout.toNanos();
    }

    @Override
    public CompletionStage<Answer> resolve(Query query) {
        return new Resolution(query, this, turn.getAndIncrement() & Integer.MAX_VALUE).start(totalTimeoutNanos);
    }

    /** Attempts beyond a query's first, hedges not counted. */
    public long failovers() {
        return failovers.sum();
    }

    /** Queries sent to a second upstream because the first took long. */
    public long hedges() {
        return hedging == null ? 0 : hedging.hedges();
    }
}
