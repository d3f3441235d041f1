package io.dnsproxy.listener;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often a client network may ask by UDP: a token bucket for each, in one table that never grows. Any thread; no locks; allocates
 * nothing.
 *
 * <p>A bucket is one number: the time at which it will be full again (the generic cell rate algorithm). A bucket that is full again
 * says nothing, so its place is free for another network. A network for which none of its few places is free takes that of the
 * bucket that is fullest: so it may be forgotten that a network asked a little, never that it asked the most.
 */
public final class RateLimit {

    /** Places in which a network's bucket can be: as many keys as a line of the processor's cache holds. */
    private static final int WAYS = 8;

    /** What no network has as key. */
    private static final long UNUSED = 0;

    private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

    private final RateLimitSettings settings;
    private final long nanosPerQuery;
    private final long burstNanos;
    private final AtomicLongArray keys;
    private final AtomicLongArray fullAtNanos;
    private final SipHash hash;
    private final LongAdder limited = new LongAdder();
    private final LongAdder displaced = new LongAdder();

    public RateLimit(RateLimitSettings settings) {
        this.settings = settings;
        this.nanosPerQuery = NANOS_PER_SECOND / settings.queriesPerSecond();
        this.burstNanos = Math.max(settings.burst().toNanos(), nanosPerQuery);
        int places = Integer.highestOneBit(Math.max(WAYS, 2 * settings.maxNetworks() - 1));
        this.keys = new AtomicLongArray(places);
        this.fullAtNanos = new AtomicLongArray(places);
        SecureRandom random = new SecureRandom();
        this.hash = new SipHash(random.nextLong(), random.nextLong());
    }

    /** Of the queries over the limit every so manieth is answered, with TC and nothing else; 0 is none. */
    int slip() {
        return settings.slip();
    }

    /**
     * Whether this client may ask once more now; if so, that counts.
     *
     * @param addressHigh the client's address as {@link ClientAddress} has it
     * @param nowNanos by {@link System#nanoTime}; may be the time of a whole batch
     */
    boolean tryTake(long addressHigh, long addressLow, long nowNanos) {
        if (settings.exempt().contains(addressHigh, addressLow)) {
            return true;
        }
        long key = key(addressHigh, addressLow);
        int place = place(key, nowNanos);
        while (true) {
            long fullAt = fullAtNanos.get(place);
            long untilFullNanos = Math.max(0, fullAt - nowNanos) + nanosPerQuery;
            if (untilFullNanos > burstNanos) {
                limited.increment();
                return false;
            }
            if (fullAtNanos.compareAndSet(place, fullAt, nowNanos + untilFullNanos)) {
                return true;
            }
        }
    }

    private long key(long addressHigh, long addressLow) {
        long key = ClientAddress.isIpv4(addressHigh, addressLow)
                ? hash.hash(0, 0, (int) addressLow & mask(settings.ipv4PrefixBits()))
                : hash.hash(
                        addressHigh & mask64(settings.ipv6PrefixBits()),
                        addressLow & mask64(settings.ipv6PrefixBits() - Long.SIZE),
                        0,
                        0);
        return key == UNUSED ? 1 : key;
    }

    private static int mask(int bits) {
        return bits == 0 ? 0 : -1 << (Integer.SIZE - bits);
    }

    private static long mask64(int bits) {
        if (bits <= 0) {
            return 0;
        }
        return bits >= Long.SIZE ? -1L : -1L << (Long.SIZE - bits);
    }

    /** Where the network's bucket is, or from now on is. Two threads that look for a place at once may both believe to have it. */
    private int place(long key, long nowNanos) {
        int first = (int) key & (keys.length() - 1) & -WAYS;
        int fullest = first;
        long leastNanos = Long.MAX_VALUE;
        for (int place = first; place < first + WAYS; place++) {
            long there = keys.get(place);
            if (there == key) {
                return place;
            }
            long untilFullNanos = there == UNUSED ? Long.MIN_VALUE : fullAtNanos.get(place) - nowNanos;
            if (untilFullNanos < leastNanos) {
                leastNanos = untilFullNanos;
                fullest = place;
            }
        }
        if (leastNanos > 0) {
            displaced.increment();
        }
        fullAtNanos.set(fullest, nowNanos);
        keys.set(fullest, key);
        return fullest;
    }

    /** Queries that were over the limit, answered with TC or not. */
    public long limited() {
        return limited.sum();
    }

    /** Buckets that were not full and had to go, because the table was. */
    public long displaced() {
        return displaced.sum();
    }
}
