package io.dnsproxy.resolver.cache.redis;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/** What the shared cache has done since the start. Any thread. */
public final class RedisCounters {

    /** Why an answer, or a removal, was not written. */
    public enum Drop {
        /** Redis does not answer. */
        UNREACHABLE,
        /** A write was refused a short while ago. */
        PAUSED,
        /** Too many octets wait to be written. */
        FULL,
        /** Redis refused it, or the connection ended. */
        FAILED
    }

    final LongAdder gets = new LongAdder();
    final LongAdder hits = new LongAdder();
    final LongAdder unasked = new LongAdder();
    final LongAdder timeouts = new LongAdder();
    final LongAdder errors = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder writes = new LongAdder();
    private final LongAdder[] drops = new LongAdder[Drop.values().length];

    volatile LongConsumer latencyNanos = nanos -> {};

    RedisCounters() {
        for (int i = 0; i < drops.length; i++) {
            drops[i] = new LongAdder();
        }
    }

    void dropped(Drop reason) {
        drops[reason.ordinal()].increment();
    }

    /** Sends the time from look-up to reply, late replies included, in nanoseconds, to the given recorder, on threads of Lettuce. */
    public void recordLatencyTo(LongConsumer recorder) {
        latencyNanos = recorder;
    }

    /** Look-ups sent. */
    public long gets() {
        return gets.sum();
    }

    /** Look-ups that found an answer, fresh or stale. */
    public long hits() {
        return hits.sum();
    }

    /** Look-ups not sent: Redis does not answer, or too many are under way. */
    public long unasked() {
        return unasked.sum();
    }

    /** Look-ups that were not answered within the budget. */
    public long timeouts() {
        return timeouts.sum();
    }

    /** Look-ups that Redis refused, or whose connection ended. */
    public long errors() {
        return errors.sum();
    }

    /** Values found that did not parse, were too old, or answered another question; they were removed. */
    public long rejected() {
        return rejected.sum();
    }

    /** Answers that Redis took. */
    public long writes() {
        return writes.sum();
    }

    /** Answers and removals that were not written, for this reason. */
    public long drops(Drop reason) {
        return drops[reason.ordinal()].sum();
    }
}
