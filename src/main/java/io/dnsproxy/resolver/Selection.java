package io.dnsproxy.resolver;

/** Picks the upstream to ask, among several of which each would do. Any thread; allocates nothing. */
public interface Selection {

    /** Upstreams fit into the bits of a long. */
    int UPSTREAMS_MAX = Long.SIZE;

    /**
     * Picks.
     *
     * @param fit the upstreams that would do, by their place in the settings: bit 0 is the first one; not 0
     * @param turn counts queries, from 0; the same at each attempt of one query
     * @return the place of one of them
     */
    int pick(long fit, int turn);

    /** The place of the nth, from 0, of those that would do. */
    static int nth(long fit, int n) {
        long rest = fit;
        for (int i = 0; i < n; i++) {
            rest &= rest - 1;
        }
        return Long.numberOfTrailingZeros(rest);
    }
}
