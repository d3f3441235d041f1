package io.dnsproxy.resolver;

import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds the queries that are being asked for, in number and in octets; what is beyond fails at once, as overloaded. A place is
 * held until the asking ends, even if whoever waited has been served stale data meanwhile.
 */
public final class InFlightBound implements Resolver {

    /** Only signed queries are kept whole, and a client decides how long they are: queries in flight are bounded by size too. */
    private static final long OCTETS_MAX = 32L << 20;

    private final int max;
    private final Resolver next;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong octetsInFlight = new AtomicLong();
    private final LongAdder shed = new LongAdder();

    /** @param max queries at one time */
    public InFlightBound(int max, Resolver next) {
        this.max = max;
        this.next = next;
    }

    @Override
    public CompletionStage<Answer> resolve(Query query) {
        int octets = query.length();
        boolean tooMany = inFlight.incrementAndGet() > max;
        boolean tooLarge = octetsInFlight.addAndGet(octets) > OCTETS_MAX;
        if (tooMany || tooLarge) {
            release(octets);
            shed.increment();
            return CompletableFuture.failedFuture(
                    new UpstreamException(Reason.OVERLOADED, "too many queries in flight"));
        }
        try {
            return next.resolve(query).whenComplete((answer, thrown) -> release(octets));
        } catch (RuntimeException | Error e) {
            release(octets);
            throw e;
        }
    }

    private void release(int octets) {
        inFlight.decrementAndGet();
        octetsInFlight.addAndGet(-octets);
    }

    /** Queries that are being asked for now. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Queries that were beyond the bound. */
    public long shed() {
        return shed.sum();
    }
}
