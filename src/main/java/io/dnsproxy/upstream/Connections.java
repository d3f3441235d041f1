package io.dnsproxy.upstream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one upstream: those that take queries, and those that are retired and only wait for answers that are due.
 * For the upstream's event loop.
 */
final class Connections {

    /** One that is in doubt is not closed for its successor: what is overdue there may still be answered. */
    private static final int RETIRED_MIN = 2;

    private final int max;
    private final List<DotConnection> all = new ArrayList<>();

    /** @param max connections that take queries; retired ones may be as many again, and two at any rate */
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

    /** Whether some take queries, but not for long or not just now, and have no successors yet. */
    boolean needSuccessor() {
        int lasting = lasting();
        return open() - lasting > lasting;
    }

    /** How many take queries, and go on doing so as far as can be seen. */
    private int lasting() {
        int lasting = 0;
        for (int i = 0; i < all.size(); i++) {
            DotConnection connection = all.get(i);
            lasting += connection.isRetired() || connection.isWorn() || connection.isSuspect() ? 0 : 1;
        }
        return lasting;
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
        return lasting() >= max || open() >= 2 * max;
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

    /** Whether nothing arrives on one that takes queries, and no other one has shown that the server is well. */
    boolean areSuspect() {
        boolean suspect = false;
        for (int i = 0; i < all.size(); i++) {
            DotConnection connection = all.get(i);
            if (!connection.isRetired() && connection.isSuspect()) {
                suspect = true;
            } else if (!connection.isRetired() && connection.hasAnswered()) {
                return false;
            }
        }
        return suspect;
    }

    /** Whether one may have many places in a moment. */
    boolean areProving(long nowNanos) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isProving(nowNanos)) {
                return true;
            }
        }
        return false;
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
        if (all.size() - open() < Math.max(max, RETIRED_MIN)) {
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
