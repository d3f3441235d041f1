package io.dnsproxy.resolver.cache.redis;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the shared cache is.
 *
 * @param reachable whether it is asked; if not, it is probed every few seconds
 * @param since when that changed last, or the start
 * @param lastFailure what was wrong the last time; null if nothing ever was
 */
public record RedisStatus(
        boolean reachable, Instant since, @Nullable RedisFailure lastFailure) {

    /**
     * What was wrong.
     *
     * @param reason without credentials, and without names that clients asked for
     * @param at when that was
     */
    public record RedisFailure(String reason, Instant at) {}
}
