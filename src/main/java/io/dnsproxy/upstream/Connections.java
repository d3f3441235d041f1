package io.dnsproxy.upstream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one upstream: those that take queries, and those that are retired and only wait for answers that are due.
 * For the upstream's event loop.
 */
final class Connections {

    private final int max;
    private final List<DotConnection> all = new ArrayList<>();

    /** @param max connections that take queries; retired ones may be as many again */
    Connections(int max) {
        this.max = max;
    }

    void add(DotConnection connection) {
        all.add(connection);
    }

    void remove(DotConnection connection) {
        all.remove(connection);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Whether some take queries, but not for long, and have no successors yet. */
    boolean needSuccessor() {
        int worn = 0;
        for (int i = 0; i < all.size(); i++) {
            worn += all.get(i).isWorn() ? 1 : 0;
        }
        return worn > open() - worn;
    }

    /** How many take queries. */
    int open() {
        int open = 0;
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).isRetired()) {
                open++;
            }
        }
        return open;
    }

    boolean hasOpen() {
        return open() > 0;
    }

    /** Whether one more that takes queries would be too many; those that do so not for long have a successor each. */
    boolean isFull() {
        int lasting = 0;
        for (int i = 0; i < all.size(); i++) {
            lasting += all.get(i).isRetired() || all.get(i).isWorn() ? 0 : 1;
        }
        return lasting >= max;
    }

    /**
     * The first one that has a place for a query, so that few connections are used; null when none has.
     *
     * @param repeat whether it is for a repeat, for which not every place is meant
     */
    @Nullable
    DotConnection withRoom(long nowNanos, boolean repeat) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).hasRoom(nowNanos, repeat)) {
                return all.get(i);
            }
        }
        return null;
    }

    /** Whether some take queries, and not one of them has been heard for a while. */
    boolean areSuspect(long nowNanos) {
        boolean suspect = hasOpen();
        for (int i = 0; i < all.size() && suspect; i++) {
            suspect = all.get(i).isRetired() || all.get(i).isSuspect(nowNanos);
        }
        return suspect;
    }

    /** Sends what was added to any. */
    void flush() {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).flush();
        }
    }

    /** Has all of them finish what they have. */
    void retire(String cause) {
        List.copyOf(all).forEach(connection -> connection.retire(cause));
    }

    /** Closes the oldest retired one if they are as many as may be: before a new connection is dialed. */
    void makeRoom() {
        if (all.size() - open() < max) {
            return;
        }
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isRetired()) {
                all.get(i).close("too many connections wait for late answers");
                return;
            }
        }
    }

    /** Tells the figures of now. */
    void tell(UpstreamCounters counters) {
        int inFlight = 0;
        int resting = 0;
        for (int i = 0; i < all.size(); i++) {
            inFlight += all.get(i).inFlight();
            resting += all.get(i).resting();
        }
        counters.inFlight = inFlight;
        counters.resting = resting;
        counters.connections = all.size();
    }
}
