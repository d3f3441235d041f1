package io.dnsproxy.benchmark;

import io.dnsproxy.resolver.cache.AnswerCache;
import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.wire.Query;
import java.lang.management.ManagementFactory;

/**
 * What a kept answer occupies, everything counted, and what the cache believes it does: it fills caches to the brim and looks at how
 * much more of the heap is in use. Right only in a process in which nothing else happens.
 */
public final class CacheMemory {

    /** Objects that die late, by a reference or a cleaner, are gone after the last of them. */
    private static final int COLLECTIONS = 3;

    private static final int STALE_SECONDS = 86_400;

    private CacheMemory() {}

    /**
     * Prints, for each size, the cache's bound in octets, its entries, what it believes they occupy, and what they do.
     *
     * @param args A records of each answer, then sizes in MB
     */
    public static void main(String[] args) {
        int records = Integer.parseInt(args[0]);
        fill(1 << 20, records); // loads the classes, and whatever they keep for themselves
        for (int i = 1; i < args.length; i++) {
            System.out.println(seen(Long.parseLong(args[i]) << 20, records));
        }
    }

    /** A frame of its own, for what a frame has held may be alive until it ends. */
    private static String seen(long maxOctets, int records) {
        long before = usedOctets();
        AnswerCache cache = fill(maxOctets, records);
        long used = usedOctets() - before;
        return maxOctets + " " + cache.size() + " " + cache.octets() + " " + used;
    }

    private static AnswerCache fill(long maxOctets, int records) {
        AnswerCache cache = new AnswerCache(maxOctets, STALE_SECONDS);
        for (int name = 0; cache.evictions() == 0; name++) {
            Query query = Query.of(Traffic.query(name));
            cache.store(query, new KeptAnswer(Traffic.answer(query, name, records), Traffic.TTL_SECONDS, 0), 0);
        }
        return cache;
    }

    private static long usedOctets() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
