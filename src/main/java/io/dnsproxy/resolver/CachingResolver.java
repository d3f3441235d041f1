package io.dnsproxy.resolver;

import io.dnsproxy.resolver.cache.AnswerCache;
import io.dnsproxy.resolver.cache.CachedAnswer;
import io.dnsproxy.resolver.cache.FailureCache;
import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.resolver.cache.Retention;
import io.dnsproxy.resolver.cache.SharedCache;
import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what comes back, and asks the shared cache, if there is one, before the next resolver.
 *
 * <p>It looks into what the instance itself knows once more: between the miss that led here and the joining of a flight, that
 * flight may have landed.
 */
public final class CachingResolver implements Resolver {

    /** What the shared cache has may be what this instance put there, but for the rounding of times. */
    private static final long NEWER_NANOS = Duration.ofSeconds(1).toNanos();

    private final AnswerCache cache;
    private final FailureCache failures;
    private final Retention retention;
    private final @Nullable SharedCache shared;
    private final Resolver next;
    private final LongSupplier nanoTime;
    private final FaultLog faults = new FaultLog();

    public CachingResolver(
            AnswerCache cache,
            FailureCache failures,
            Retention retention,
            @Nullable SharedCache shared,
            Resolver next,
            LongSupplier nanoTime) {
        this.cache = cache;
        this.failures = failures;
        this.retention = retention;
        this.shared = shared;
        this.next = next;
        this.nanoTime = nanoTime;
    }

    @Override
    public CompletionStage<Answer> resolve(Query query) {
        if (query.isSigned()) {
            return next.resolve(query);
        }
        long nowNanos = nanoTime.getAsLong();
        CachedAnswer known = cache.find(query, nowNanos);
        if (known != null && known.isFresh(nowNanos) && !known.isClaimed()) {
            return CompletableFuture.completedFuture(known.answer());
        }
        Answer failure = known == null ? failures.find(query, nowNanos) : null;
        if (failure != null) {
            return CompletableFuture.completedFuture(failure);
        }
        return shared == null ? ask(query) : askShared(query, shared);
    }

    private CompletionStage<Answer> askShared(Query query, SharedCache shared) {
        CompletionStage<Optional<KeptAnswer>> look;
        try {
            look = shared.find(query);
        } catch (RuntimeException e) {
            faults.fault(e); // it is a help that may be missing
            return ask(query);
        }
        return look.exceptionally(never -> Optional.empty()).thenCompose(found -> {
            Answer usable = found.isPresent() ? adoptOrPass(query, found.get()) : null;
            return usable == null ? ask(query) : CompletableFuture.completedFuture(usable);
        });
    }

    private @Nullable Answer adoptOrPass(Query query, KeptAnswer found) {
        try {
            return adopt(query, found);
        } catch (RuntimeException | Error e) {
            faults.fault(e);
            return null;
        }
    }

    /**
     * Takes over what another instance has learned, even if it is stale, unless it says nothing newer. It is kept by this
     * instance's rules, and not longer than the other one meant.
     *
     * @return null when it is still better to ask
     */
    private @Nullable Answer adopt(Query query, KeptAnswer found) {
        KeptAnswer own = retention.of(query, found.answer());
        if (own == null) {
            return null;
        }
        KeptAnswer adopted =
                new KeptAnswer(own.answer(), Math.min(own.ttlSeconds(), found.ttlSeconds()), found.ageMillis());
        long nowNanos = nanoTime.getAsLong();
        CachedAnswer known = cache.find(query, nowNanos);
        if (known != null && adopted.remainingNanos() < known.remainingNanos(nowNanos) + NEWER_NANOS) {
            return null;
        }
        Answer answer = cache.store(query, adopted, nowNanos);
        return adopted.remainingNanos() > 0 ? answer : null;
    }

    private CompletionStage<Answer> ask(Query query) {
        CompletableFuture<Answer> kept = new CompletableFuture<>();
        next.resolve(query).whenComplete((answer, thrown) -> {
            if (answer == null) {
                rememberFailure(query, Failures.upstreamFailure(thrown));
                kept.completeExceptionally(thrown == null ? UpstreamException.timeout() : thrown);
            } else {
                kept.complete(keepOrPass(query, answer));
            }
        });
        return kept;
    }

    /** Whatever goes wrong in keeping it, those who wait get it. */
    private Answer keepOrPass(Query query, Answer answer) {
        try {
            return keep(query, answer);
        } catch (RuntimeException | Error e) {
            faults.fault(e);
            return answer;
        }
    }

    private Answer keep(Query query, Answer answer) {
        if (Rcode.isFailure(answer.rcode())) {
            failures.failed(query, answer, nanoTime.getAsLong());
            return answer;
        }
        failures.succeeded(query);
        KeptAnswer kept = retention.of(query, answer);
        if (kept == null) {
            forgetOlder(query, answer);
            return answer;
        }
        Answer stored = cache.store(query, kept, nanoTime.getAsLong());
        if (shared != null) {
            shared.store(query, kept);
        }
        return stored;
    }

    /** Not to be kept, but the truth of now: what was true before must not serve as stale (RFC 8767 4). */
    private void forgetOlder(Query query, Answer answer) {
        if (!answer.truncated()) {
            cache.remove(query);
            if (shared != null) {
                shared.remove(query);
            }
        }
    }

    private void rememberFailure(Query query, @Nullable UpstreamException failure) {
        if (failure != null && Failures.concernsTheQuestion(failure)) {
            failures.failed(query, Failures.answer(failure), nanoTime.getAsLong());
        }
    }
}
