package io.dnsproxy.upstream;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The queries of one upstream that wait for a place on a connection: first attempts before repeats, and in the order of their
 * coming. For the upstream's event loop.
 */
final class WaitingLine {

    /** Repeats may take only this part of the line: they are what piles up when an upstream leaves queries unanswered. */
    private static final int REPEATS_PART = 2;

    private final int max;
    private final ArrayDeque<PendingExchange> firsts = new ArrayDeque<>();
    private final ArrayDeque<PendingExchange> repeats = new ArrayDeque<>();

    /** @param max exchanges that may wait at one time */
    WaitingLine(int max) {
        this.max = max;
    }

    /**
     * Has it wait.
     *
     * @return false when there is no room
     */
    boolean add(PendingExchange exchange) {
        if (isFull(exchange)) {
            firsts.removeIf(PendingExchange::isDone);
            repeats.removeIf(PendingExchange::isDone);
            if (isFull(exchange)) {
                return false;
            }
        }
        return lineOf(exchange).add(exchange);
    }

    private boolean isFull(PendingExchange exchange) {
        return size() >= max || (exchange.isRepeat && repeats.size() >= max / REPEATS_PART);
    }

    private ArrayDeque<PendingExchange> lineOf(PendingExchange exchange) {
        return exchange.isRepeat ? repeats : firsts;
    }

    /** Who is next, null when nobody waits. Those whose answers came from elsewhere have left. */
    @Nullable
    PendingExchange peek() {
        PendingExchange next = peek(firsts);
        return next == null ? peek(repeats) : next;
    }

    private static @Nullable PendingExchange peek(ArrayDeque<PendingExchange> line) {
        PendingExchange next;
        while ((next = line.peek()) != null && next.isDone()) {
            line.remove();
        }
        return next;
    }

    /** Takes out who is next, null when nobody waits. */
    @Nullable
    PendingExchange poll() {
        PendingExchange next = peek();
        return next == null ? null : lineOf(next).remove();
    }

    boolean isEmpty() {
        return peek() == null;
    }

    int size() {
        return firsts.size() + repeats.size();
    }
}
