package io.dnsproxy.listener;

import io.dnsproxy.resolver.FaultLog;
import io.dnsproxy.wire.Header;
import io.dnsproxy.wire.Rcode;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one listener has received and sent since the start: every query ends as exactly one response or one counted drop, and every
 * response has a time.
 * Written by the listener's threads, read by anyone.
 */
public final class ListenerCounters {

    /** Why a message got no response. */
    public enum Drop {
        /** Shorter than a header, or itself a response. */
        UNANSWERABLE,
        /** From a network that is not served, and does not get told so. */
        PROHIBITED,
        /** From a network that asks too often. */
        LIMITED,
        /** The client's connection had closed before the answer came. */
        CLIENT_GONE,
        /** The program failed; the log says where. */
        FAULT
    }

    private final LongAdder queries = new LongAdder();
    private final LongAdder[] responses = adders(Rcode.BUCKETS);
    private final LongAdder[] drops = adders(Drop.values().length);
    private final LongAdder truncated = new LongAdder();
    private final LongAdder prohibited = new LongAdder();
    private final TimeBuckets hitTimes = new TimeBuckets();
    private final TimeBuckets missTimes = new TimeBuckets();
    private final FaultLog faults = new FaultLog();

    private static LongAdder[] adders(int count) {
        LongAdder[] adders = new LongAdder[count];
        for (int i = 0; i < count; i++) {
            adders[i] = new LongAdder();
        }
        return adders;
    }

    void query() {
        queries.increment();
    }

    void response(int rcode, int flags) {
        responses[Rcode.bucket(rcode)].increment();
        if ((flags & Header.TC) != 0) {
            truncated.increment();
        }
    }

    void drop(Drop reason) {
        drops[reason.ordinal()].increment();
    }

    void fault(Throwable thrown) {
        drop(Drop.FAULT);
        faults.fault(thrown);
    }

    void prohibit() {
        prohibited.increment();
    }

    /**
     * Responses that were known at once, or decided upon: from the reading of the first query of a batch until all responses of
     * the batch had been handed to the system.
     */
    public TimeBuckets hitTimes() {
        return hitTimes;
    }

    /** Responses that had to be asked for: from the reading of the query until its response was written. */
    public TimeBuckets missTimes() {
        return missTimes;
    }

    /** Messages received, whatever they were. */
    public long queries() {
        return queries.sum();
    }

    /** Responses of one {@link Rcode#bucket}. */
    public long responses(int bucket) {
        return responses[bucket].sum();
    }

    /** Messages without a response, for one reason. */
    public long drops(Drop reason) {
        return drops[reason.ordinal()].sum();
    }

    /** Responses with TC. */
    public long truncated() {
        return truncated.sum();
    }

    /** Messages from networks that are not served, and connections from there that were closed unheard. */
    public long prohibited() {
        return prohibited.sum();
    }
}
