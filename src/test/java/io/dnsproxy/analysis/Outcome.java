package io.dnsproxy.analysis;

import java.util.List;

/**
 * What a run came to; all but what is kept is counted after the warm-up.
 *
 * @param queries of clients
 * @param localHits answered at once by the instance that was asked
 * @param redisLookups questions to Redis
 * @param redisStores answers given to Redis
 * @param redisTimeouts questions to Redis that it did not answer in time
 * @param coalesced queries that waited for another's answer
 * @param upstreamQueries to the public resolver, prefetches among them
 * @param prefetches answers refreshed before they ended
 * @param bins the run from its start, warm-up included, in pieces of {@link Bin#SECONDS}
 * @param entries in the caches of all instances, at the end
 * @param octets that these occupy by the cache's own account
 * @param redisEntries in Redis, at the end
 * @param redisMessageOctets of their messages
 */
record Outcome(
        long queries,
        long localHits,
        long redisLookups,
        long redisStores,
        long redisTimeouts,
        long coalesced,
        long upstreamQueries,
        long prefetches,
        double seconds,
        LatencyHistogram latency,
        List<Bin> bins,
        long entries,
        long octets,
        int redisEntries,
        long redisMessageOctets) {

    /** Percent of the queries that the instance asked answered at once. */
    double localHitPercent() {
        return 100.0 * localHits / queries;
    }

    /** Percent of the queries for which nobody had to ask the public resolver: those that waited for another's among them. */
    double savedPercent() {
        return 100 - 100.0 * upstreamQueries / queries;
    }

    /** Percent of the questions to Redis whose answer spared one to the public resolver. */
    double redisHitPercent() {
        return redisLookups == 0 ? 0 : 100.0 * (redisLookups - upstreamQueries) / redisLookups;
    }

    double upstreamPerSecond() {
        return upstreamQueries / seconds;
    }

    /** One piece of the run. */
    static final class Bin {

        static final int SECONDS = 10;

        long queries;
        long localHits;
        long upstreamQueries;
        double waitedNanos;

        double localHitPercent() {
            return queries == 0 ? 0 : 100.0 * localHits / queries;
        }

        double upstreamPerSecond() {
            return (double) upstreamQueries / SECONDS;
        }

        double meanMillis() {
            return queries == 0 ? 0 : waitedNanos / queries / 1e6;
        }
    }
}
