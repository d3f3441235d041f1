package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.upstream.UpstreamStatus.State;
import io.dnsproxy.upstream.UpstreamStatus.UpstreamChange;
import io.dnsproxy.upstream.UpstreamStatus.UpstreamFailure;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of one upstream's health, from what happens to real traffic: usable while connected, or while nothing speaks
 * against connecting. After a silence a connection alone is no proof: it is on trial until something is answered. The log has one
 * line for each change, and the status keeps the newest of them. Written by the upstream's event loop; {@link #status} is for anyone.
 */
final class UpstreamHealth {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamHealth.class);

    /** So long after trouble began queries wait for its end: a server that restarts loses none. */
    static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A query may cut a pause short, but not so soon after the last dial began. */
    static final long TRIAL_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final String SILENCE = "nothing arrives from it";

    /** So many changes are kept: a server that comes and goes for an hour shows it. */
    private static final int CHANGES_KEPT = 16;

    private final String name;
    private final Backoff backoff;
    private final ArrayDeque<UpstreamChange> changes = new ArrayDeque<>(CHANGES_KEPT);
    private boolean open;
    private boolean connected;
    private boolean silent;
    private boolean failing;
    private boolean onTrial;
    private boolean failed;
    private long failedNanos;
    private boolean troubled;
    private long troubleNanos;
    private @Nullable Reason loggedReason;
    private final AtomicInteger recoveries = new AtomicInteger();
    private volatile UpstreamStatus status =
            new UpstreamStatus(State.UNTRIED, false, Instant.now(), null, null, List.of());

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
        open = isConnected;
        settle();
    }

    /** Whether the next answer decides, not the next connection: it fell silent, and has not been heard since. */
    boolean isOnTrial() {
        return onTrial;
    }

    /** Nothing arrives on its connection, and there is no other. */
    void silent() {
        open = false;
        connected = false;
        silent = true;
        onTrial = true;
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
        forgive();
    }

    /** A dial has succeeded. */
    void opened() {
        backoff.reached();
    }

    /**
     * An answer came. If its connection was opened after the newest failure, the next failure is a first one again; an older one
     * says nothing about dials.
     */
    void answered(long openedNanos) {
        if (failed && openedNanos - failedNanos >= 0) {
            forgive();
        }
        if (onTrial) {
            onTrial = false;
            settle();
        }
    }

    private void forgive() {
        failed = false;
        troubled = false;
        backoff.succeeded();
    }

    private void settle() {
        connected = open && !onTrial;
        if (connected) {
            if (failing) {
                recoveries.incrementAndGet(); // silence alone may have been the fault of a name
            }
            silent = false;
            failing = false;
        }
        update();
    }

    /**
     * A dial failed, or a connection that had never answered; {@link Reason#TIMEOUT} when that was merely silent.
     *
     * @param beganNanos when the dial began, or the connection closed
     * @return how long to leave the upstream alone, in nanoseconds
     */
    long failed(Reason reason, String cause, long beganNanos, long nowNanos) {
        UpstreamStatus before = status;
        boolean begins =
                !troubled || (!failing && reason != Reason.CLOSED); // to accept and to close is no end of trouble
        if (begins && !connected) {
            troubled = true;
            troubleNanos = beganNanos;
        }
        failed = true;
        failedNanos = nowNanos;
        failing = !connected;
        silent = silent && reason == Reason.TIMEOUT;
        long pauseNanos = backoff.failed(nowNanos);
        Instant now = Instant.now();
        status = new UpstreamStatus(
                before.state(),
                before.everConnected(),
                before.since(),
                new UpstreamFailure(reason, cause, now),
                now.plusNanos(pauseNanos),
                before.changes());
        update();
        if (!before.usable() && !status.usable() && reason != loggedReason) {
            changed(State.FAILING, before.since(), now);
            logFailure(reason);
        }
        return pauseNanos;
    }

    /** Whether it has been out of reach for so long that nobody had better wait for it. */
    boolean isHopeless(long nowNanos) {
        return failing && !silent && nowNanos - troubleNanos >= GRACE_NANOS;
    }

    /**
     * Whether it may be dialed now: when no pause is left, and, where a query asks for it, once a second all the same, unless the
     * server is not the one that is meant.
     *
     * @param asked whether there is a query for it
     * @param dialedNanos when the last dial began
     */
    boolean mayDial(boolean asked, long dialedNanos, long nowNanos) {
        if (backoff.remainingNanos(nowNanos) == 0) {
            return true;
        }
        return asked && (silent || (!isStranger() && nowNanos - dialedNanos >= TRIAL_INTERVAL_NANOS));
    }

    private boolean isStranger() {
        UpstreamFailure failure = status.lastFailure();
        return failure != null && (failure.reason() == Reason.CERTIFICATE || failure.reason() == Reason.PIN);
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
        State state = usable ? State.USABLE : silent ? State.DOUBTED : State.FAILING;
        Instant now = Instant.now();
        changed(state, usable == before.usable() ? before.since() : now, now);
        if (state == State.DOUBTED) {
            // One slow name on a quiet connection looks like this too.
            LOG.info("upstream {} is doubted: {}", name, SILENCE);
            loggedReason = Reason.TIMEOUT;
        } else if (state == State.FAILING) {
            UpstreamFailure failure = before.lastFailure();
            logFailure(failure == null ? null : failure.reason());
        } else if (before.usable() || firstConnection) {
            LOG.info("upstream {} is connected", name);
        } else {
            LOG.info("upstream {} is usable again", name);
        }
    }

    private void logFailure(@Nullable Reason reason) {
        loggedReason = reason;
        LOG.warn("upstream {} is not usable: {}", name, lastCause());
    }

    private void changed(State state, Instant since, Instant now) {
        String cause = switch (state) {
            case UNTRIED, USABLE -> null;
            case DOUBTED -> SILENCE;
            case FAILING -> lastCause();
        };
        if (changes.size() == CHANGES_KEPT) {
            changes.removeFirst();
        }
        changes.addLast(new UpstreamChange(now, state, cause));
        UpstreamStatus before = status;
        status = new UpstreamStatus(
                state,
                before.everConnected() || connected,
                since,
                before.lastFailure(),
                before.pauseEnd(),
                List.copyOf(changes));
    }
}
