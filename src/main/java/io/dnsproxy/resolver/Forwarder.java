package io.dnsproxy.resolver;

import io.dnsproxy.resolver.local.LocalAnswers;
import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import io.dnsproxy.wire.RecordType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

    private final @Nullable KnownAnswers known;
    private final LocalAnswers local;
    private final Resolver chain;
    private final FaultLog faults = new FaultLog();

    /** One that answers nothing locally but what nobody else may. */
    public Forwarder(@Nullable KnownAnswers known, Resolver chain) {
        this(known, LocalAnswers.none(), chain);
    }

    /**
     * @param known what is known already; null when nothing is kept
     * @param local what is answered here though it is not known
     * @param chain where queries go that nobody can answer at once
     */
    public Forwarder(@Nullable KnownAnswers known, LocalAnswers local, Resolver chain) {
        this.known = known;
        this.local = local;
        this.chain = chain;
    }

    /**
     * What can be said without asking anyone. Keeps nothing of the query.
     *
     * @param nowNanos by {@link System#nanoTime}
     * @return the answer, which holds until this thread asks again; or null when it takes {@link #answerLater}
     */
    public @Nullable Answer answerNow(Query query, long nowNanos) {
        int type = query.type();
        if (type == RecordType.AXFR || type == RecordType.IXFR) {
            return NO_TRANSFERS;
        }
        Answer answer = known == null ? null : known.find(query, nowNanos);
        return answer == null ? local.find(query) : answer;
    }

    /** "No such name", if it is a special one that does not exist, whatever type is asked for; else null. */
    public @Nullable Answer denyNow(Query query) {
        return local.deny(query);
    }

    /**
     * Asks.
     *
     * @param query a copy, that nobody changes any more
     * @return the answer; never fails; may complete on any thread
     */
    public CompletionStage<Answer> answerLater(Query query) {
        return ask(query).handle((answer, failure) -> answer != null ? answer : failureOf(failure));
    }

    /** A fault of our own is a failure like any other to the one who asked. */
    private CompletionStage<Answer> ask(Query query) {
        try {
            return chain.resolve(query);
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
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
