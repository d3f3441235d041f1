package io.dnsproxy.resolver;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Rcode;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that upstreams ask back what they are asked (a forwarding loop), by what coalescing sees: a question that is in flight comes again, within a round
 * trip. One such echo means nothing, since two clients may ask alike. But where {@value #ECHOES_MIN} questions have come again, within three seconds or more in which
 * nothing was answered, and hardly any has failed without coming again, no question has got further than to us.
 *
 * <p>From then on an echo is failed at once. The one who passed it on to us fails the question with it, so that a client waits milliseconds instead of the
 * total timeout. Whatever answer comes from elsewhere ends that. The log has a line for its beginning and one for its end. Any thread.
 */
final class LoopWatch {

    static final int ECHOES_MIN = 8;

    /** An echo weighs more than a failure without one: whoever is one hop away in the loop asks too, and its questions do not come back twice. */
    private static final int ECHO_WEIGHT = 2;

    private static final int WEIGHT_MAX = ECHO_WEIGHT * ECHOES_MIN;

    /** Clients repeat a question after a second or more; a loop, after a round trip through some hops. */
    static final long ECHO_NANOS = Duration.ofMillis(400).toNanos();

    /** Longer than a stall that ends well: a server that restarts, a connection that is lost, a name's first and second attempt. */
    static final long SPELL_NANOS = Duration.ofSeconds(3).toNanos();

    private static final Logger LOG = LoggerFactory.getLogger(LoopWatch.class);

    private static final Answer LOOP = Answer.failure(
            Rcode.SERVFAIL, new ExtendedError(ExtendedError.OTHER, "a forwarding loop: this question came back"));

    private final LongSupplier nanoTime;
    private final LongAdder failed = new LongAdder();
    private volatile boolean looping;

    /** What speaks for a loop since the last answer; written under the lock. */
    private volatile int weight;

    private long sinceNanos;

    LoopWatch(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The time, for a question that is asked now. */
    long departed() {
        return nanoTime.getAsLong();
    }

    /**
     * A question that is in flight came again.
     *
     * @param departedNanos when it was asked
     * @param isFirst whether it came again for the first time
     * @return what to answer it with; null when it may wait for the one in flight
     */
    @Nullable
    Answer returned(long departedNanos, boolean isFirst) {
        long nowNanos = nanoTime.getAsLong();
        if (isFirst && nowNanos - departedNanos < ECHO_NANOS) {
            echo(nowNanos);
        }
        if (!looping) {
            return null;
        }
        failed.increment();
        return LOOP;
    }

    private synchronized void echo(long nowNanos) {
        if (weight == 0) {
            sinceNanos = nowNanos;
        }
        weight = Math.min(weight + ECHO_WEIGHT, WEIGHT_MAX);
        if (!looping && weight == WEIGHT_MAX && nowNanos - sinceNanos >= SPELL_NANOS) {
            looping = true;
            LOG.warn("this looks like a forwarding loop: questions come back while they are asked upstream, and none is"
                    + " answered; does an upstream ask this proxy? What comes back is answered SERVFAIL from now on");
        }
    }

    /**
     * A question is no longer in flight.
     *
     * @param returned whether it came again meanwhile
     * @param answer null when it failed
     */
    void landed(boolean returned, @Nullable Answer answer) {
        if (weight == 0) {
            return;
        }
        if (answer != null && !Rcode.isFailure(answer.rcode())) {
            answered();
        } else if (!returned) {
            failedAlone();
        }
    }

    private synchronized void failedAlone() {
        weight = Math.max(0, weight - 1);
    }

    private synchronized void answered() {
        weight = 0;
        if (looping) {
            looping = false;
            LOG.info("the forwarding loop has ended: an upstream has answered");
        }
    }

    /** Questions that came back and were failed at once. */
    long failed() {
        return failed.sum();
    }
}
