package io.dnsproxy.resolver.cache;

import io.dnsproxy.wire.Answer;

/**
 * An answer that may be kept, as it leaves one instance and comes to another.
 *
 * @param answer neither signed nor truncated; its TTLs are those of its birth
 * @param ttlSeconds how long it is fresh from its birth on, at least 1
 * @param ageMillis time since its birth, not negative; may be past the TTL: then it is stale
 */
public record KeptAnswer(Answer answer, int ttlSeconds, long ageMillis) {

    private static final int NANOS_PER_MILLI = 1_000_000;
    private static final int MILLIS_PER_SECOND = 1_000;

    /** Nanoseconds of freshness that are left; negative: it has been stale for so long. */
    public long remainingNanos() {
        return ((long) ttlSeconds * MILLIS_PER_SECOND - ageMillis) * NANOS_PER_MILLI;
    }
}
