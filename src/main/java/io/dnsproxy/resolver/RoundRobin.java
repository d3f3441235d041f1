package io.dnsproxy.resolver;

/** Each in turn, so that each gets its share, also of the queries of one that is down. */
public final class RoundRobin implements Selection {

    @Override
    public int pick(long fit, int turn) {
        return Selection.nth(fit, turn % Long.bitCount(fit));
    }
}
