package io.dnsproxy.resolver;

import io.dnsproxy.upstream.Upstream;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The better of two that are drawn at random, by the time that its answers take and the queries that wait there. That prefers
 * the fast ones, yet does not send everything to the one that was fastest a moment ago. One query in
 * {@value #EXPLORED_OF} goes to any, or one that was slow would never be seen to be fast again.
 */
public final class Fastest implements Selection {

    private static final int EXPLORED_OF = 64;

    private final List<Upstream> upstreams;

    /** @param upstreams all of them, in the order of the settings */
    public Fastest(List<? extends Upstream> upstreams) {
        this.upstreams = List.copyOf(upstreams);
    }

    @Override
    public int pick(long fit, int turn) {
        int candidates = Long.bitCount(fit);
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int draw = random.nextInt(candidates);
        int one = Selection.nth(fit, draw);
        if (candidates == 1 || turn % EXPLORED_OF == 0) {
            return one;
        }
        int other = Selection.nth(fit, (draw + 1 + random.nextInt(candidates - 1)) % candidates);
        return upstreams.get(one).expectedNanos() <= upstreams.get(other).expectedNanos() ? one : other;
    }
}
