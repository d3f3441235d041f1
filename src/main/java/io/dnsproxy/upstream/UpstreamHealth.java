package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.upstream.UpstreamStatus.UpstreamFailure;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of one upstream's health, from what happens to real traffic (no probes): usable while connected, or while
 * nothing speaks against connecting. The log has one line for each change. Written by the upstream's event loop;
 * {@link #status} is for anyone.
 */
final class UpstreamHealth {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamHealth.class);

    private final String name;
    private final Backoff backoff;
    private boolean connected;
    private boolean silent;
    private boolean failing;
    private final AtomicInteger recoveries = new AtomicInteger();
    private volatile UpstreamStatus status = new UpstreamStatus(true, false, Instant.now(), null);

    /** @param random draws from 0 (inclusive) to 1 (exclusive), for {@link Backoff} */
    UpstreamHealth(String name, DoubleSupplier random) {
        this.name = name;
        this.backoff = new Backoff(random);
    }

    String name() {
        return name;
    }

    UpstreamStatus status() {
        return status;
    }

    /** How often it could be connected to again after it could not. */
    int recoveries() {
        return recoveries.get();
    }

    /** Whether a connection is open that takes queries. */
    void connected(boolean isConnected) {
        connected = isConnected;
        if (isConnected) {
            if (failing) {
                recoveries.incrementAndGet(); // silence alone may have been the fault of a name
            }
            silent = false;
            failing = false;
        }
        update();
    }

    /** Nothing arrives on its connection, and there is no other. */
    void silent() {
        connected = false;
        silent = true;
        update();
    }

    /**
     * Whether silence is all that speaks against it: that may be the fault of the names that were asked, so the next query may
     * try it at once, pause or not.
     */
    boolean isOnlySilent() {
        return silent;
    }

    /** Other authorities count from now on: what failed under the old ones need not be waited for. */
    void judgedAnew() {
        backoff.succeeded();
    }

    /** An answer came: the next failure is a first one again. */
    void answered() {
        backoff.succeeded();
    }

    /**
     * A dial failed, or a connection that had never answered; {@link Reason#TIMEOUT} when that was merely silent.
     *
     * @return how long to leave the upstream alone, in nanoseconds
     */
    long failed(Reason reason, String cause, long nowNanos) {
        UpstreamStatus before = status;
        failing = !connected;
        silent = silent && reason == Reason.TIMEOUT;
        status = new UpstreamStatus(
                before.usable(),
                before.everConnected(),
                before.since(),
                new UpstreamFailure(reason, cause, Instant.now()));
        long pauseNanos = backoff.failed(nowNanos);
        update();
        return pauseNanos;
    }

    /** How much longer to leave it alone, in nanoseconds; 0 when it may be dialed. */
    long pauseNanos(long nowNanos) {
        return backoff.remainingNanos(nowNanos);
    }

    /** The newest failure, in words. */
    String lastCause() {
        UpstreamFailure failure = status.lastFailure();
        return failure == null ? "no failure yet" : failure.cause();
    }

    private void update() {
        UpstreamStatus before = status;
        boolean usable = connected || (!silent && !failing);
        boolean firstConnection = connected && !before.everConnected();
        if (usable == before.usable() && !firstConnection) {
            return;
        }
        status = new UpstreamStatus(
                usable,
                before.everConnected() || connected,
                usable == before.usable() ? before.since() : Instant.now(),
                before.lastFailure());
        if (!usable && silent) {
            // One slow name on a quiet connection looks like this too.
            LOG.info("upstream {} is doubted: nothing arrives from it", name);
        } else if (!usable) {
            LOG.warn("upstream {} is not usable: {}", name, lastCause());
        } else if (before.usable() || firstConnection) {
            LOG.info("upstream {} is connected", name);
        } else {
            LOG.info("upstream {} is usable again", name);
        }
    }
}
