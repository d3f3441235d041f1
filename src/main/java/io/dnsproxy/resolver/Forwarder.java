package io.dnsproxy.resolver;

import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import io.dnsproxy.wire.RecordType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The front door of all that decides. A listener asks {@link #answerNow} on its own thread, and only when that knows
 * nothing copies the query and asks {@link #answerLater}.
 *
 * <p>It never fails: whatever goes wrong becomes SERVFAIL, with an Extended DNS Error for those who can read it
 * ({@link Failures}).
 */
public final class Forwarder {

    /** A transfer is many messages and a stream of its own: not for a forwarder (RFC 5936 6). */
    private static final Answer NO_TRANSFERS =
            Answer.failure(Rcode.REFUSED, new ExtendedError(ExtendedError.NOT_SUPPORTED, "no zone transfers here"));

    /** Only signed queries are kept whole, and a client decides how long they are: queries in flight are bounded by size too. */
    private static final long IN_FLIGHT_OCTETS_MAX = 32L << 20;

    private final @Nullable KnownAnswers known;
    private final Resolver chain;
    private final int maxInFlight;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong octetsInFlight = new AtomicLong();
    private final LongAdder shed = new LongAdder();
    private final FaultLog faults = new FaultLog();

    /**
     * @param known what is known already; null when nothing is kept
     * @param chain where queries go that nobody can answer at once
     * @param maxInFlight bound on queries that wait for an answer; beyond it a query gets SERVFAIL at once
     */
    public Forwarder(@Nullable KnownAnswers known, Resolver chain, int maxInFlight) {
        this.known = known;
        this.chain = chain;
        this.maxInFlight = maxInFlight;
    }

    /**
     * What can be said without asking anyone. Keeps nothing of the query.
     *
     * @param nowNanos by {@link System#nanoTime}
     * @return the answer, or null when it takes {@link #answerLater}
     */
    public @Nullable Answer answerNow(Query query, long nowNanos) {
        int type = query.type();
        if (type == RecordType.AXFR || type == RecordType.IXFR) {
            return NO_TRANSFERS;
        }
        return known == null ? null : known.find(query, nowNanos);
    }

    /**
     * Asks.
     *
     * @param query a copy, that nobody changes any more
     * @return the answer; never fails; may complete on any thread
     */
    public CompletionStage<Answer> answerLater(Query query) {
        int octets = query.length();
        boolean tooMany = inFlight.incrementAndGet() > maxInFlight;
        boolean tooLarge = octetsInFlight.addAndGet(octets) > IN_FLIGHT_OCTETS_MAX;
        if (tooMany || tooLarge) {
            release(octets);
            shed.increment();
            return CompletableFuture.completedFuture(Failures.OVERLOADED);
        }
        return ask(query).handle((answer, failure) -> {
            release(octets);
            return answer != null ? answer : failureOf(failure);
        });
    }

    private void release(int octets) {
        inFlight.decrementAndGet();
        octetsInFlight.addAndGet(-octets);
    }

    /** A fault of our own is a failure like any other to the one who asked. */
    private CompletionStage<Answer> ask(Query query) {
        try {
            return chain.resolve(query);
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Queries that wait for an answer now. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Queries that got SERVFAIL because too many were in flight. */
    public long shed() {
        return shed.sum();
    }

    private Answer failureOf(@Nullable Throwable thrown) {
        UpstreamException failure = Failures.upstreamFailure(thrown);
        if (failure != null) {
            return Failures.answer(failure);
        }
        if (thrown != null) {
            faults.fault(thrown);
        }
        return Failures.FAULT;
    }
}
