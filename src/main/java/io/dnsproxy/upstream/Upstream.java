package io.dnsproxy.upstream;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One resolver that can be asked. */
public interface Upstream {

    /** Whoever waits for an answer. */
    interface Asker {

        /**
         * Nothing arrives any more where the query was sent: it had better be asked elsewhere as well, without waiting for the attempt
         * timeout. An answer is still welcome. Told at most once for each exchange, on the upstream's event loop.
         *
         * @param exchange the future that waits
         */
        void lookElsewhere(CompletableFuture<Answer> exchange);

        /** For those who have nowhere else to ask. */
        Asker PATIENT = exchange -> {};
    }

    /** What logs, health and metrics call it: {@code 9.9.9.9#dns.quad9.net}. */
    String name();

    /**
     * Asks this resolver, from any thread, without blocking.
     *
     * <p>The future completes with the answer, whatever its rcode, or fails with an {@link UpstreamException}, on this
     * upstream's event loop. A caller that no longer needs the answer cancels it: a query that has not left yet then never
     * does.
     *
     * @param query a copy, that nobody changes any more
     */
    CompletableFuture<Answer> exchange(Query query, Asker asker);

    /**
     * Asks this resolver once more, as {@link #exchange} does. First attempts go before repeats. While the exchange that is
     * overdue can still be answered, which only this upstream knows, the repeat may be held back; it then ends as that one
     * does.
     *
     * @param overdue the future of the same query's newest exchange here, null when that has failed
     */
    CompletableFuture<Answer> repeat(Query query, @Nullable CompletableFuture<Answer> overdue, Asker asker);

    /** Whether a query has good prospects here: connected, or free to connect. Cheap, from any thread. */
    boolean isUsable();

    /** Whether a query would leave at once; else it first waits for a dial. Cheap, from any thread. */
    boolean isConnected();

    /** What an answer takes here of late, times the queries that wait for one; 0 before the first. Cheap, from any thread. */
    long expectedNanos();
}
