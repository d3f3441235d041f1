package io.dnsproxy.resolver.cache;

import io.dnsproxy.wire.Query;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A second level, which other instances fill too. It is a help that may be missing: it never blocks, and never fails a query.
 * Every method may be called from any thread.
 */
public interface SharedCache {

    /**
     * Looks for an answer.
     *
     * @param query a copy, unsigned
     * @return what it holds, fresh or stale; empty when it holds nothing, or does not say so within its time budget. Never
     *     fails; completes at once or on any thread
     */
    CompletionStage<Optional<KeptAnswer>> find(Query query);

    /**
     * Keeps an answer, soon or, when that cannot be, not at all.
     *
     * @param query a copy, unsigned
     * @param kept of age 0
     */
    void store(Query query, KeptAnswer kept);

    /** Forgets what it holds for this question, for whichever type if that is "no such name"; soon. */
    void remove(Query query);

    /** Forgets everything; soon. */
    void clear();
}
