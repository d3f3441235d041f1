package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.upstream.UpstreamStatus.State;
import io.dnsproxy.upstream.UpstreamStatus.UpstreamFailure;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the health of a server without connections: usable until it fails, then again after a pause, for one more try,
 * until an answer says that all is well. The log has one line for each change. Written by the upstream's event loop;
 * {@link #status} and {@link #isUsable} are for anyone.
 */
final class PlainHealth {

    private static final Logger LOG = LoggerFactory.getLogger(PlainHealth.class);

    private final String name;
    private final Backoff backoff;
    private final LongSupplier nanoTime;
    private final AtomicInteger recoveries = new AtomicInteger();
    private boolean answered;

    /** Whether more speaks against it than one query without an answer, which may be the fault of its name. */
    private boolean proven;

    private long firstFailedNanos;

    private volatile boolean failing;
    private volatile long leftAloneUntilNanos;
    private volatile UpstreamStatus status =
            new UpstreamStatus(State.UNTRIED, false, Instant.now(), null, null, List.of());

    /** @param random draws from 0 (inclusive) to 1 (exclusive), for {@link Backoff} */
    PlainHealth(String name, DoubleSupplier random, LongSupplier nanoTime) {
        this.name = name;
        this.backoff = new Backoff(random);
        this.nanoTime = nanoTime;
    }

    String name() {
        return name;
    }

    UpstreamStatus status() {
        return status;
    }

    /** How often it answered again after it had failed. */
    int recoveries() {
        return recoveries.get();
    }

    /** Whether a query has good prospects: nothing speaks against it, or it is time for another try. */
    boolean isUsable() {
        return !failing || nanoTime.getAsLong() - leftAloneUntilNanos >= 0;
    }

    void answered() {
        if (answered && !failing) {
            return;
        }
        answered = true;
        backoff.succeeded();
        failing = false;
        if (proven) {
            proven = false;
            recoveries.incrementAndGet();
            LOG.info("upstream {} answers again", name);
        }
        status = new UpstreamStatus(State.USABLE, true, Instant.now(), status.lastFailure(), null, List.of());
    }

    /** The network, or the server, says that it cannot be asked. */
    void refused(String cause) {
        failed(Reason.CLOSED, cause, true);
    }

    /** A query met no answer; one that was sent after another had met none is proof. */
    void silent(long sentNanos) {
        failed(Reason.TIMEOUT, "nothing is answered", failing && sentNanos - firstFailedNanos >= 0);
    }

    /** Those that fail while the server is left alone anyway say nothing new. */
    private void failed(Reason reason, String cause, boolean proof) {
        long nowNanos = nanoTime.getAsLong();
        if (failing && nowNanos - leftAloneUntilNanos < 0) {
            return;
        }
        long pauseNanos = backoff.failed(nowNanos);
        leftAloneUntilNanos = nowNanos + pauseNanos;
        UpstreamStatus before = status;
        Instant now = Instant.now();
        status = new UpstreamStatus(
                State.FAILING,
                before.everConnected(),
                failing ? before.since() : now,
                new UpstreamFailure(reason, cause, now),
                now.plusNanos(pauseNanos),
                List.of());
        if (!failing) {
            failing = true;
            firstFailedNanos = nowNanos;
        }
        if (proof && !proven) {
            proven = true;
            LOG.warn("upstream {} is not usable: {}", name, cause);
        }
    }
}
