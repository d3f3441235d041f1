package io.dnsproxy.resolver;

/** The first in the settings; the others stand in for it in their order. */
public final class Failover implements Selection {

    @Override
    public int pick(long fit, int turn) {
        return Long.numberOfTrailingZeros(fit);
    }
}
