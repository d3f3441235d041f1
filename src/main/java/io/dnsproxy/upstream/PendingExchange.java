package io.dnsproxy.upstream;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One query on its way to one upstream, and the answer to come. All fields but the first belong to that upstream's event
 * loop: the connection's, once it is sent.
 *
 * <p>A repeat may stand behind it ({@link #putBehind}): the same query, asked of the same upstream because this one is
 * overdue, that is not sent while this one can still be answered. It shares this one's fate, unless the connection is lost.
 */
final class PendingExchange extends CompletableFuture<Answer> {

    final Query query;

    private final Upstream.Asker asker;

    /** Whether it is one of our own, whose answer nobody waits for. */
    final boolean isProbe;

    /** Whether this upstream was asked before: first attempts go first. */
    final boolean isRepeat;

    /** What it repeats, until that is decided upon; null when that has ended. */
    private @Nullable PendingExchange overdue;

    private @Nullable PendingExchange behind;

    /** Whom it stands behind, null when nobody. */
    private @Nullable PendingExchange ahead;

    /** Where it was sent, null before. */
    @Nullable
    DotConnection connection;

    /** The id on its connection. */
    int id;

    /** When it was sent; before that, since when it has waited for a connection. */
    long sentNanos;

    /** Neighbors in the order of sending, kept by {@link InFlightQueries}. */
    @Nullable
    PendingExchange older;

    @Nullable
    PendingExchange younger;

    private PendingExchange(
            Query query, Upstream.Asker asker, boolean isProbe, boolean isRepeat, @Nullable PendingExchange overdue) {
        this.query = query;
        this.asker = asker;
        this.isProbe = isProbe;
        this.isRepeat = isRepeat;
        this.overdue = overdue;
    }

    static PendingExchange first(Query query, Upstream.Asker asker) {
        return new PendingExchange(query, asker, false, false, null);
    }

    /**
     * The same query again.
     *
     * @param overdue the exchange of the same query that is still unanswered, null when it has ended
     */
    static PendingExchange repeat(Query query, @Nullable PendingExchange overdue, Upstream.Asker asker) {
        return new PendingExchange(query, asker, false, true, overdue);
    }

    /** One of our own, whose answer nobody waits for. */
    static PendingExchange probe(Query query) {
        PendingExchange exchange = new PendingExchange(query, Upstream.Asker.PATIENT, true, false, null);
        exchange.cancel(false);
        return exchange;
    }

    /**
     * What it repeats, if that is still unanswered: the one that was really sent, where that one is a repeat that was held back; null from
     * then on, and when asked again.
     */
    @Nullable
    PendingExchange takeOverdue() {
        PendingExchange taken = overdue;
        overdue = null;
        while (taken != null && taken.ahead != null) {
            taken = taken.ahead;
        }
        return taken == null || taken.isDone() ? null : taken;
    }

    /** Has a repeat wait for what becomes of this one. */
    void putBehind(PendingExchange repeat) {
        PendingExchange last = this;
        while (last.behind != null) {
            last = last.behind;
        }
        last.behind = repeat;
        repeat.ahead = last;
    }

    /** The repeat that waits for what becomes of this one, which does so no longer; null when none does. */
    @Nullable
    PendingExchange takeBehind() {
        PendingExchange taken = behind;
        behind = null;
        if (taken != null) {
            taken.ahead = null;
        }
        return taken;
    }

    /** Has whoever waits for it ask elsewhere as well. */
    void lookElsewhere() {
        if (!isDone()) {
            asker.lookElsewhere(this);
        }
    }

    /** Answers it and those behind it. */
    void answer(Answer answer) {
        for (PendingExchange at = this; at != null; at = at.takeBehind()) {
            at.complete(answer);
        }
    }

    /** Fails it and those behind it. */
    void fail(UpstreamException cause) {
        for (PendingExchange at = this; at != null; at = at.takeBehind()) {
            at.completeExceptionally(cause);
        }
    }

    void fail(UpstreamException.Reason reason, String message) {
        fail(new UpstreamException(reason, message));
    }
}
