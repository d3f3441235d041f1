package io.dnsproxy.upstream;

import io.netty.util.collection.IntObjectHashMap;
import java.util.BitSet;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The unanswered queries of one connection by id, oldest first, and the ids that rest. For the connection's event loop.
 *
 * <p>A query is <em>in flight</em> until it is answered or overdue. An overdue query is <em>late</em>: it no longer takes a
 * place, but its answer is still welcome, until it is given up. The id of a late query rests from then on until the
 * connection closes, so that no answer to it can ever meet another query (RFC 5452 9).
 */
final class InFlightQueries {

    private static final int IDS = 1 << 16;

    private final IntObjectHashMap<PendingExchange> unanswered = new IntObjectHashMap<>();
    private final BitSet resting = new BitSet(IDS);
    private final IntSupplier ids;
    private final Age inFlight = new Age();
    private final Age late = new Age();
    private int restingIds;

    /** @param ids draws unpredictable ids in 0..65535 */
    InFlightQueries(IntSupplier ids) {
        this.ids = ids;
    }

    /** Gives the exchange an id that no unanswered query of this connection has and that does not rest. */
    void add(PendingExchange exchange, long nowNanos) {
        int id;
        do {
            id = ids.getAsInt();
        } while (resting.get(id) || unanswered.containsKey(id));
        exchange.id = id;
        exchange.sentNanos = nowNanos;
        unanswered.put(id, exchange);
        inFlight.append(exchange);
    }

    /** The unanswered query with this id, or null. */
    @Nullable
    PendingExchange find(int id) {
        return unanswered.get(id);
    }

    /** Takes out a query that {@link #find} gave: it is answered. */
    void remove(PendingExchange exchange) {
        unanswered.remove(exchange.id);
        (resting.get(exchange.id) ? late : inFlight).remove(exchange);
    }

    /** Makes every query sent before the given time late, and its id rest. */
    void rest(long sentBeforeNanos) {
        PendingExchange oldest;
        while ((oldest = inFlight.oldest) != null && oldest.sentNanos - sentBeforeNanos < 0) {
            inFlight.remove(oldest);
            late.append(oldest);
            resting.set(oldest.id);
            restingIds++;
        }
    }

    /** Forgets every late query sent before the given time, and tells whose it was. */
    void giveUp(long sentBeforeNanos, Consumer<PendingExchange> givenUp) {
        PendingExchange oldest;
        while ((oldest = late.oldest) != null && oldest.sentNanos - sentBeforeNanos < 0) {
            late.remove(oldest);
            unanswered.remove(oldest.id);
            givenUp.accept(oldest);
        }
    }

    /** Tells every late query, oldest first. */
    void forEachLate(Consumer<PendingExchange> lateQuery) {
        late.forEach(lateQuery);
    }

    /** Tells every query in flight, oldest first. */
    void forEachInFlight(Consumer<PendingExchange> queryInFlight) {
        inFlight.forEach(queryInFlight);
    }

    /** Forgets those that are not late, oldest first, and tells whose they were. */
    void drainInFlight(Consumer<PendingExchange> unansweredQuery) {
        PendingExchange oldest;
        while ((oldest = inFlight.oldest) != null) {
            remove(oldest);
            unansweredQuery.accept(oldest);
        }
    }

    /** Forgets all, oldest first, and tells whose they were: the connection has closed. */
    void drain(Consumer<PendingExchange> unansweredQuery) {
        PendingExchange oldest;
        while ((oldest = oldestUnanswered()) != null) {
            remove(oldest);
            unansweredQuery.accept(oldest);
        }
    }

    /** The query that has waited longest, late or not; null when every query is answered or given up. */
    @Nullable
    PendingExchange oldestUnanswered() {
        return late.oldest != null ? late.oldest : inFlight.oldest;
    }

    /** The query in flight that has waited longest, or null. */
    @Nullable
    PendingExchange oldestInFlight() {
        return inFlight.oldest;
    }

    /** The late query that has waited longest, or null. */
    @Nullable
    PendingExchange oldestLate() {
        return late.oldest;
    }

    /** Queries that take a place: sent, unanswered, not overdue. */
    int inFlight() {
        return inFlight.size;
    }

    /** Ids that rest until the connection closes. */
    int resting() {
        return restingIds;
    }

    /** Queries sent and unanswered, overdue or not. */
    int unanswered() {
        return unanswered.size();
    }

    boolean isEmpty() {
        return unanswered.isEmpty();
    }

    /** Whether nobody waits for an answer: there is no query, or each was answered elsewhere. */
    boolean isUnawaited() {
        return late.isUnawaited() && inFlight.isUnawaited();
    }

    boolean isResting(int id) {
        return resting.get(id);
    }

    /** Exchanges in the order in which they were sent, linked through themselves. */
    private static final class Age {

        @Nullable
        PendingExchange oldest;

        @Nullable
        PendingExchange youngest;

        int size;

        void forEach(Consumer<PendingExchange> exchange) {
            for (PendingExchange at = oldest; at != null; at = at.younger) {
                exchange.accept(at);
            }
        }

        boolean isUnawaited() {
            for (PendingExchange at = oldest; at != null; at = at.younger) {
                if (!at.isDone()) {
                    return false;
                }
            }
            return true;
        }

        void append(PendingExchange exchange) {
            exchange.older = youngest;
            exchange.younger = null;
            if (youngest == null) {
                oldest = exchange;
            } else {
                youngest.younger = exchange;
            }
            youngest = exchange;
            size++;
        }

        void remove(PendingExchange exchange) {
            if (exchange.older == null) {
                oldest = exchange.younger;
            } else {
                exchange.older.younger = exchange.younger;
            }
            if (exchange.younger == null) {
                youngest = exchange.older;
            } else {
                exchange.younger.older = exchange.older;
            }
            exchange.older = null;
            exchange.younger = null;
            size--;
        }
    }
}
