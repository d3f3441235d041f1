package io.dnsproxy.upstream;

/**
 * How many queries a new connection of one upstream takes before the server has shown that it goes on beyond so many. A server that
 * ends each connection after a number of answers leaves unanswered what was sent behind; were all of that sent on the next connection at
 * once, much of it would be lost again, and three tries are all that a query has (RFC 9520 3.1). For the upstream's event loop.
 *
 * <p>Unlimited, until the server ends a connection with queries unanswered. Then as many as that connection had answered; twice as many each time
 * that a connection has taken so many and still answers a probe.
 */
final class QueryAllowance {

    /** One that is allowed more need not show anything. */
    private static final long LIMITED_MAX = 1_024;

    private long queries = Long.MAX_VALUE;

    /** For a connection that opens now. */
    long queries() {
        return queries;
    }

    /** The server ended a connection after so many answers, and left queries unanswered. */
    void cutOff(long answers) {
        queries = Math.max(1, answers);
    }

    /**
     * A connection that was allowed so many has taken them, and goes on.
     *
     * @return what it is allowed from now on
     */
    long outlived(long allowed) {
        long more = allowed > LIMITED_MAX / 2 ? Long.MAX_VALUE : 2 * allowed;
        queries = Math.max(queries, more);
        return more;
    }
}
