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
 * <p>Same means: name ignoring case, type, class, DO and CD. A signed query is never joined with another: its answer's
 * signature covers its own id and key.
 */
public final class CoalescingResolver implements Resolver {

    private final Resolver next;
    private final ConcurrentMap<QuestionKey, CompletableFuture<Answer>> flights = new ConcurrentHashMap<>();
    private final LongAdder coalesced = new LongAdder();

    public CoalescingResolver(Resolver next) {
        this.next = next;
    }

    @Override
    public CompletionStage<Answer> resolve(Query query) {
        if (query.isSigned()) {
            return next.resolve(query);
        }
        QuestionKey question = query.key();
        CompletableFuture<Answer> flight = new CompletableFuture<>();
        CompletableFuture<Answer> underWay = flights.putIfAbsent(question, flight);
        if (underWay != null) {
            coalesced.increment();
            return underWay;
        }
        try {
            next.resolve(query).whenComplete((answer, failure) -> land(question, flight, answer, failure));
        } catch (RuntimeException | Error e) {
            land(question, flight, null, e);
        }
        return flight;
    }

    /** Takes the flight off the map first: whoever asks from now on asks anew. */
    private void land(
            QuestionKey question,
            CompletableFuture<Answer> flight,
            @Nullable Answer answer,
            @Nullable Throwable failure) {
        flights.remove(question, flight);
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

    /** Different questions in flight now. */
    public int flights() {
        return flights.size();
    }
}
