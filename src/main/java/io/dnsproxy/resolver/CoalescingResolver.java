package io.dnsproxy.resolver;

import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.QuestionKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The same question asked again while it is in flight waits for the answer that is on its way. Besides saving work this
 * keeps an attacker from having many chances to guess one answer (RFC 5452 5).
 *
 * <p>A question may also come again because an upstream asks us in turn. To wait for itself would last the total timeout; {@link LoopWatch} notices.
 *
 * <p>Same means: name ignoring case, type, class, DO and CD. A signed query is never joined with another: its answer's
 * signature covers its own id and key.
 */
public final class CoalescingResolver implements Resolver {

    private final Resolver next;
    private final ConcurrentMap<QuestionKey, Flight> flights = new ConcurrentHashMap<>();
    private final LongAdder coalesced = new LongAdder();
    private final LoopWatch loops = new LoopWatch(System::nanoTime);

    public CoalescingResolver(Resolver next) {
        this.next = next;
    }

    @Override
    public CompletionStage<Answer> resolve(Query query) {
        if (query.isSigned()) {
            return next.resolve(query);
        }
        QuestionKey question = query.key();
        Flight flight = new Flight(loops.departed());
        Flight underWay = flights.putIfAbsent(question, flight);
        if (underWay != null) {
            return join(underWay);
        }
        try {
            next.resolve(query).whenComplete((answer, failure) -> land(question, flight, answer, failure));
        } catch (RuntimeException | Error e) {
            land(question, flight, null, e);
        }
        return flight;
    }

    private CompletionStage<Answer> join(Flight underWay) {
        boolean isFirst = !underWay.returned;
        underWay.returned = true;
        Answer failure = loops.returned(underWay.departedNanos, isFirst);
        if (failure != null) {
            return CompletableFuture.completedFuture(failure);
        }
        coalesced.increment();
        return underWay;
    }

    /** Takes the flight off the map first: whoever asks from now on asks anew. */
    private void land(QuestionKey question, Flight flight, @Nullable Answer answer, @Nullable Throwable failure) {
        flights.remove(question, flight);
        loops.landed(flight.returned, answer);
        if (answer != null) {
            flight.complete(answer);
        } else {
            flight.completeExceptionally(failure == null ? UpstreamException.timeout() : failure);
        }
    }

    /** Queries that waited for another's answer. */
    public long coalesced() {
        return coalesced.sum();
    }

    /** Queries that were failed because they came back from upstream. */
    public long looped() {
        return loops.failed();
    }

    /** Different questions in flight now. */
    public int flights() {
        return flights.size();
    }

    /** One question in flight, and the answer to come. */
    private static final class Flight extends CompletableFuture<Answer> {

        final long departedNanos;

        /** Whether it was asked again meanwhile; should two threads find that at once, both may take theirs for the first time. */
        volatile boolean returned;

        Flight(long departedNanos) {
            this.departedNanos = departedNanos;
        }
    }
}
