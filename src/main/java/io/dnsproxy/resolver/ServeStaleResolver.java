package io.dnsproxy.resolver;

import io.dnsproxy.resolver.cache.AnswerCache;
import io.dnsproxy.resolver.cache.CacheCounters;
import io.dnsproxy.resolver.cache.CachedAnswer;
import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers from stale data when nothing fresh can be had, or not before the client would lose patience (RFC 8767 5). Whoever
 * waits does so for itself; the asking goes on, and what it brings serves those who come later.
 */
public final class ServeStaleResolver implements Resolver {

    /** RFC 8767 5: the client response timer. */
    private static final long CLIENT_PATIENCE_NANOS = Duration.ofMillis(1_800).toNanos();

    private final AnswerCache cache;
    private final CacheCounters counters;
    private final IntSupplier recoveries;
    private final Deadlines deadlines;
    private final Resolver next;
    private final LongSupplier nanoTime;

    /** @param recoveries how often upstreams have recovered until now */
    public ServeStaleResolver(
            AnswerCache cache,
            CacheCounters counters,
            IntSupplier recoveries,
            Deadlines deadlines,
            Resolver next,
            LongSupplier nanoTime) {
        this.cache = cache;
        this.counters = counters;
        this.recoveries = recoveries;
        this.deadlines = deadlines;
        this.next = next;
        this.nanoTime = nanoTime;
    }

    @Override
    public CompletionStage<Answer> resolve(Query query) {
        CompletionStage<Answer> flight = next.resolve(query);
        if (query.isSigned()) {
            return flight;
        }
        Waiter waiter = new Waiter(query);
        flight.whenComplete(waiter::landed);
        waiter.awaitPatiently();
        return waiter.answer;
    }

    /** One query that waits, and how long it does. */
    private final class Waiter {

        final CompletableFuture<Answer> answer = new CompletableFuture<>();
        private final Query query;
        private volatile Deadlines.@Nullable Deadline deadline;

        Waiter(Query query) {
            this.query = query;
        }

        void awaitPatiently() {
            if (!answer.isDone()) {
                Deadlines.Deadline set = deadlines.after(CLIENT_PATIENCE_NANOS, this::overdue);
                deadline = set;
                if (answer.isDone()) {
                    set.cancel();
                }
            }
        }

        void landed(@Nullable Answer landed, @Nullable Throwable thrown) {
            Deadlines.Deadline set = deadline;
            if (set != null) {
                set.cancel();
            }
            if (landed != null && !Rcode.isFailure(landed.rcode())) {
                answer.complete(landed);
                return;
            }
            try {
                answerFromCache(!isOurOwnFault(thrown));
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
            fail(landed, thrown);
        }

        private void overdue() {
            answerFromCache(true);
        }

        /** @param refreshFailed whether others need not try for a while: nobody else waits in vain for the same answer */
        private void answerFromCache(boolean refreshFailed) {
            long nowNanos = nanoTime.getAsLong();
            CachedAnswer entry = answer.isDone() ? null : cache.find(query, nowNanos);
            if (entry == null) {
                return;
            }
            if (entry.isFresh(nowNanos)) {
                answer.complete(entry.answer());
                return;
            }
            if (refreshFailed) {
                cache.refreshFailed(query, entry, nowNanos, recoveries.getAsInt());
            }
            if (answer.complete(entry.stale())) {
                counters.servedStaleAfterMiss();
            }
        }

        /** Without effect if there is an answer. */
        private void fail(@Nullable Answer failure, @Nullable Throwable thrown) {
            if (failure != null) {
                answer.complete(failure);
            } else {
                answer.completeExceptionally(thrown == null ? UpstreamException.timeout() : thrown);
            }
        }
    }

    /** That there was too much to do says nothing about the next try. */
    private static boolean isOurOwnFault(@Nullable Throwable thrown) {
        UpstreamException failure = Failures.upstreamFailure(thrown);
        return failure != null
                && switch (failure.reason()) {
                    case OVERLOADED, STOPPED -> true;
                    case CONNECT, HANDSHAKE, CERTIFICATE, PIN, CLOSED, TIMEOUT, MALFORMED, BACKING_OFF -> false;
                };
    }
}
