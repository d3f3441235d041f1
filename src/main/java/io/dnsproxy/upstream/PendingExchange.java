package io.dnsproxy.upstream;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One query on its way to one upstream. All fields but the first two belong to that upstream's event loop: the
 * connection's, once it is sent.
 */
final class PendingExchange {

    final Query query;
    final CompletableFuture<Answer> answer = new CompletableFuture<>();

    /** The id on its connection. */
    int id;

    long sentNanos;

    /** Neighbors in the order of sending, kept by {@link InFlightQueries}. */
    @Nullable
    PendingExchange older;

    @Nullable
    PendingExchange younger;

    PendingExchange(Query query) {
        this.query = query;
    }

    void fail(UpstreamException.Reason reason, String message) {
        answer.completeExceptionally(new UpstreamException(reason, message));
    }
}
