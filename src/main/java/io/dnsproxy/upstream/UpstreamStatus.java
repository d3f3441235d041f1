package io.dnsproxy.upstream;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one upstream is, for those who watch.
 *
 * @param state whether queries are sent there, and why not
 * @param everConnected whether it has authenticated since the start
 * @param since when it became usable or unusable
 * @param lastFailure the newest failure of a dial or a connection, null when there was none
 * @param pauseEnd until when that failure keeps it from being dialed, null when there was none
 * @param changes the newest changes of its state, oldest first: each is a line of the log
 */
public record UpstreamStatus(
        State state,
        boolean everConnected,
        Instant since,
        @Nullable UpstreamFailure lastFailure,
        @Nullable Instant pauseEnd,
        List<UpstreamChange> changes) {

    /** Whether queries are sent there, and why not. */
    public enum State {
        /** Nothing speaks against it, and it has never been connected to. */
        UNTRIED,
        /** Connected, or free to connect. */
        USABLE,
        /** Nothing arrives from it, and nothing else speaks against it. */
        DOUBTED,
        /** It could not be connected to, or has closed without an answer. */
        FAILING
    }

    /** Whether queries are sent there. */
    public boolean usable() {
        return state == State.UNTRIED || state == State.USABLE;
    }

    /**
     * One failure.
     *
     * @param cause for people; names the server's key where a pin did not match
     */
    public record UpstreamFailure(UpstreamException.Reason reason, String cause, Instant at) {}

    /**
     * One change.
     *
     * @param cause why, for people; null where it changed for the better
     */
    public record UpstreamChange(
            Instant at, State state, @Nullable String cause) {}
}
