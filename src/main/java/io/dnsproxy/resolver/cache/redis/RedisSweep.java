package io.dnsproxy.resolver.cache.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanCursor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Removes everything of ours, some hundred keys at a time with a pause between, so that look-ups go on. What Redis's absence interrupts begins
 * anew when it is back. All but {@link #begin} belongs to the connection's background thread.
 */
final class RedisSweep {

    private static final long PAUSE_NANOS = 5_000_000;
    private static final long RETRY_NANOS = 5_000_000_000L;

    private final RedisConnection connection;
    private final String pattern;

    private boolean wanted;
    private boolean running;
    private boolean once;

    RedisSweep(RedisConnection connection, String pattern) {
        this.connection = connection;
        this.pattern = pattern;
    }

    /** Any thread. */
    void begin() {
        connection.later(0, () -> {
            wanted = true;
            once = false;
            resume();
        });
    }

    /** Goes on with what is wanted. */
    void resume() {
        RedisLink link = connection.usable();
        if (wanted && !running && link != null) {
            running = true;
            once = true;
            step(link, ScanCursor.INITIAL);
        }
    }

    private void step(RedisLink link, ScanCursor from) {
        link.scan(from, pattern)
                .thenCompose(cursor -> unlink(link, cursor))
                .whenComplete((cursor, failure) ->
                        connection.later(PAUSE_NANOS, () -> stepped(link, failure == null ? cursor : null)));
    }

    private static CompletionStage<ScanCursor> unlink(RedisLink link, KeyScanCursor<String> cursor) {
        return cursor.getKeys().isEmpty()
                ? CompletableFuture.completedStage(cursor)
                : link.unlink(cursor.getKeys().toArray(String[]::new)).thenApply(_ -> cursor);
    }

    private void stepped(RedisLink link, @Nullable ScanCursor cursor) {
        if (cursor == null) {
            running = false;
            connection.later(RETRY_NANOS, this::resume);
        } else if (!cursor.isFinished()) {
            step(link, cursor);
        } else {
            running = false;
            // What was stored while this one was under way, before the latest wish, may have been passed by.
            wanted = !once;
            resume();
        }
    }
}
