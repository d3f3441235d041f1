package io.dnsproxy;

import io.dnsproxy.upstream.UpstreamSettings;
import java.time.Duration;

/** Upstream settings for tests: shorter times, so that timeouts are seen soon. */
final class UpstreamTimes {

    private UpstreamTimes() {}

    /** Dials may take a second, unused connections stay for the default time. */
    static UpstreamSettings timeouts(int attemptMillis, int totalMillis) {
        return of(attemptMillis, totalMillis, 8_000, 4, 512);
    }

    /** Unused connections are closed after so long. */
    static UpstreamSettings idle(int idleMillis) {
        return of(1_500, 4_000, idleMillis, 4, 512);
    }

    /** Default times. */
    static UpstreamSettings limits(int maxConnections, int maxQueriesPerConnection) {
        return of(1_500, 4_000, 8_000, maxConnections, maxQueriesPerConnection);
    }

    private static UpstreamSettings of(
            int attemptMillis, int totalMillis, int idleMillis, int maxConnections, int maxQueriesPerConnection) {
        UpstreamSettings defaults = UpstreamSettings.defaults();
        return new UpstreamSettings(
                Duration.ofSeconds(1),
                Duration.ofMillis(attemptMillis),
                Duration.ofMillis(totalMillis),
                Duration.ofMillis(idleMillis),
                maxConnections,
                maxQueriesPerConnection,
                defaults.maxWaiting(),
                defaults.sourceAddresses(),
                defaults.keepWarm());
    }
}
