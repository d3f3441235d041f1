package io.dnsproxy.listener;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop in the order in which they may be closed for a newcomer when all places are taken (RFC 7766
 * 6.2.3): first those that have never asked anything, then those that have not asked for longest. A flood of connections so
 * pushes out itself before it pushes out anybody who asks. For that event loop.
 */
final class IdleOrder {

    /** Where so many in a row wait for answers, none of the others is worth looking for. */
    private static final int LOOKS_MAX = 8;

    private final SequencedMap<TcpConnection, Boolean> silent = new LinkedHashMap<>();
    private final SequencedMap<TcpConnection, Boolean> asking = new LinkedHashMap<>(16, 0.75f, true);

    void opened(TcpConnection connection) {
        silent.put(connection, true);
    }

    /** A query came. */
    void used(TcpConnection connection) {
        if (asking.get(connection) == null && silent.remove(connection) != null) { // to get it is to move it to the end
            asking.put(connection, true);
        }
    }

    void closed(TcpConnection connection) {
        silent.remove(connection);
        asking.remove(connection);
    }

    /** Closes the one that is missed least, at once. False where none may be. */
    boolean displaceOne() {
        TcpConnection least = firstIdle(silent);
        if (least == null) {
            least = firstIdle(asking);
        }
        if (least == null) {
            return false;
        }
        closed(least);
        least.displace();
        return true;
    }

    private static @Nullable TcpConnection firstIdle(SequencedMap<TcpConnection, Boolean> connections) {
        for (int looks = Math.min(LOOKS_MAX, connections.size()); looks > 0; looks--) {
            TcpConnection oldest = connections.firstEntry().getKey();
            if (oldest.isIdle()) {
                return oldest;
            }
            connections.putLast(oldest, true); // the next look begins behind it: a few that are stuck hide nobody
        }
        return null;
    }
}
