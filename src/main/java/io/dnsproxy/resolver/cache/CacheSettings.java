package io.dnsproxy.resolver.cache;

/**
 * How much is kept, and for how long.
 *
 * @param maxOctets what answers and failures may occupy in memory, together
 * @param minTtlSeconds shorter TTLs are raised to this, except 0, which stays "not to be kept"
 * @param maxTtlSeconds longer TTLs are lowered to this
 * @param maxNegativeTtlSeconds the same for "no such name" and "no such data"
 * @param staleSeconds how long past its TTL an answer may serve when no newer one can be had; 0: never (RFC 8767)
 * @param prefetchHits an answer that was asked for this often is refreshed before its TTL ends; 0: none is
 * @param prefetchPercent in which last part of its TTL
 */
public record CacheSettings(
        long maxOctets,
        int minTtlSeconds,
        int maxTtlSeconds,
        int maxNegativeTtlSeconds,
        int staleSeconds,
        int prefetchHits,
        int prefetchPercent) {

    private static final int HOUR_SECONDS = 3_600;
    private static final int DAY_SECONDS = 24 * HOUR_SECONDS;

    /** Those of the configuration contract. */
    public static CacheSettings defaults() {
        return new CacheSettings(64L << 20, 0, DAY_SECONDS, HOUR_SECONDS, DAY_SECONDS, 3, 10);
    }

    /** The same with another bound on memory. */
    public CacheSettings withMaxOctets(long octets) {
        return new CacheSettings(
                octets,
                minTtlSeconds,
                maxTtlSeconds,
                maxNegativeTtlSeconds,
                staleSeconds,
                prefetchHits,
                prefetchPercent);
    }

    /** The same with another stale window. */
    public CacheSettings withStaleSeconds(int seconds) {
        return new CacheSettings(
                maxOctets, minTtlSeconds, maxTtlSeconds, maxNegativeTtlSeconds, seconds, prefetchHits, prefetchPercent);
    }

    /** The same without prefetching. */
    public CacheSettings withoutPrefetch() {
        return new CacheSettings(
                maxOctets, minTtlSeconds, maxTtlSeconds, maxNegativeTtlSeconds, staleSeconds, 0, prefetchPercent);
    }
}
