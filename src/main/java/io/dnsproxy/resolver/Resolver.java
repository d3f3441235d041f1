package io.dnsproxy.resolver;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import java.util.concurrent.CompletionStage;

/** One link of the chain that answers queries: each knows only the next. */
@FunctionalInterface
public interface Resolver {

    /**
     * Resolves, from any thread, without blocking.
     *
     * @param query a copy, that nobody changes any more
     * @return the answer, whatever its rcode, or a stage that fails with an
     *     {@link io.dnsproxy.upstream.UpstreamException}; it may complete on any thread
     */
    CompletionStage<Answer> resolve(Query query);
}
