package io.dnsproxy.upstream;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one upstream is, for health.
 *
 * @param usable whether queries are sent there
 * @param everConnected whether it has authenticated since the start
 * @param since when it became usable or unusable
 * @param lastFailure the newest failure of a dial or a connection, null when there was none
 */
public record UpstreamStatus(
        boolean usable,
        boolean everConnected,
        Instant since,
        @Nullable UpstreamFailure lastFailure) {

    /**
     * One failure.
     *
     * @param cause for people; names the server's key where a pin did not match
     */
    public record UpstreamFailure(UpstreamException.Reason reason, String cause, Instant at) {}
}
