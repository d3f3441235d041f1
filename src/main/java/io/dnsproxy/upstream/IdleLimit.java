package io.dnsproxy.upstream;

import java.util.concurrent.TimeUnit;

/**
 * How long the connections of one upstream may be unused before they are closed: as the settings say, or somewhat less than it
 * takes the server to close them itself, where that was seen twice in a row. To close first keeps a query from meeting a
 * connection that is just being closed. For the upstream's event loop.
 */
final class IdleLimit {

    private static final long HABIT_MIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long settingNanos;
    private long limitNanos;
    private long seenNanos;
    private long seenAtNanos;

    /** @param settingNanos never longer than this */
    IdleLimit(long settingNanos) {
        this.settingNanos = settingNanos;
        this.limitNanos = settingNanos;
    }

    long limitNanos() {
        return limitNanos;
    }

    /**
     * The server closed a connection that had been unused for so long. One restart of a server is no habit, so it takes two closes,
     * the second of a connection that was not open at the first; and no server has one of less than a second.
     */
    void closedByServer(long unusedNanos, long nowNanos) {
        if (unusedNanos < HABIT_MIN_NANOS) {
            return;
        }
        boolean another = seenNanos > 0 && nowNanos - seenAtNanos >= unusedNanos;
        if (another && Math.abs(unusedNanos - seenNanos) <= seenNanos / 4) {
            limitNanos = Math.min(settingNanos, below(Math.min(unusedNanos, seenNanos)));
        }
        seenNanos = unusedNanos;
        seenAtNanos = nowNanos;
    }

    /** A timeout of ours that ends safely before the server's. */
    static long below(long serverNanos) {
        return serverNanos - serverNanos / 8;
    }
}
