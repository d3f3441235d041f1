package io.dnsproxy.upstream;

/**
 * How many queries a new connection of one upstream takes before its server has shown that it goes on beyond so many. A server that
 * ends each connection after a number of answers leaves unanswered what was sent behind; were all of that sent on the next connection at
 * once, much of it would be lost again, and three tries are all that a query has (RFC 9520 3.1). For the upstream's event loop.
 *
 * <p>Unlimited, until the server ends a connection that has left queries unanswered. Then as many as that connection had answered; four times as
 * many each time that a connection has taken so many and goes on ({@link Probation}).
 */
final class QueryAllowance {

    static final long UNLIMITED = Long.MAX_VALUE;

    /** To be allowed more is to be unlimited. */
    private static final long LIMITED_MAX = 1_024;

    private static final int GROWTH = 4;

    private long queries = UNLIMITED;
    private boolean everCut;
    private long cutNanos;

    /** For a connection that opens now. */
    long queries() {
        return queries;
    }

    /**
     * The server ended a connection and left queries unanswered. Of those that were open when it ended the first, the one that had come
     * farthest counts.
     *
     * @param answers of that connection
     * @param openedNanos when the connection was ready
     */
    void cutOff(long answers, long openedNanos, long nowNanos) {
        long limited = answers > LIMITED_MAX ? UNLIMITED : Math.max(1, answers);
        boolean another = everCut && openedNanos - cutNanos < 0;
        queries = another ? Math.max(queries, limited) : limited;
        if (!another) {
            everCut = true;
            cutNanos = nowNanos;
        }
    }

    /**
     * A connection that was limited has taken so many, and goes on.
     *
     * @return what it may take in all from now on
     */
    long outlived(long taken) {
        long more = taken > LIMITED_MAX / GROWTH ? UNLIMITED : GROWTH * taken;
        queries = Math.max(queries, more);
        return more;
    }

    /** It cannot be found out. */
    void lift() {
        queries = UNLIMITED;
    }
}
