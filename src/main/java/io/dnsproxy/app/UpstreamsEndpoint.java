package io.dnsproxy.app;

import io.dnsproxy.upstream.DotUpstream;
import io.dnsproxy.upstream.PlainUpstream;
import io.dnsproxy.upstream.UpstreamCounters;
import io.dnsproxy.upstream.UpstreamStatus;
import io.dnsproxy.upstream.UpstreamStatus.UpstreamFailure;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * {@code /actuator/upstreams}: how each upstream is, what it has done since the start, and what has changed lately. Knows no name that
 * was asked, and no client.
 */
@Endpoint(id = "upstreams", defaultAccess = Access.READ_ONLY)
class UpstreamsEndpoint {

    /** Of all upstreams together. */
    private static final int CHANGES_SHOWN = 32;

    private static final double NANOS_PER_MILLI = 1_000_000;

    private final List<DotUpstream> upstreams;
    private final List<DotUpstream> routed;
    private final List<PlainUpstream> routedInClear;

    /**
     * @param upstreams for everybody
     * @param routed the servers of routes that are asked over TLS
     * @param routedInClear the servers of routes that are asked in plain DNS
     */
    UpstreamsEndpoint(List<DotUpstream> upstreams, List<DotUpstream> routed, List<PlainUpstream> routedInClear) {
        this.upstreams = upstreams;
        this.routed = routed;
        this.routedInClear = routedInClear;
    }

    /**
     * All of them.
     *
     * @param upstreams for everybody, in the order of the settings
     * @param routed the servers of routes, those that are asked over TLS first
     * @param changes of all that are asked over TLS, newest first
     */
    record Report(List<UpstreamReport> upstreams, List<UpstreamReport> routed, List<Change> changes) {}

    /** How it is, in a word. */
    enum State {
        /** Not connected to yet, and nothing speaks against it. */
        UNTRIED,
        /** Open for queries. */
        CONNECTED,
        /** Asked in plain DNS, where there is nothing to open. */
        USABLE,
        /** Closed because nobody asked; the next query opens it. */
        IDLE,
        /** Nothing arrives from it: the next answer decides. */
        DOUBTED,
        /** It failed, and is left alone until {@code pauseEnd}. */
        BACKING_OFF,
        /** It failed, and is being tried again. */
        FAILING
    }

    /**
     * One of them. What it has done is told since the start.
     *
     * @param name as the log and the metrics have it
     * @param state a {@link State} in small letters
     * @param since when it became usable or unusable
     * @param pauseEnd until when it is left alone after a failure; null unless that is to come
     * @param answerMillis how long answers take, smoothed; null before the first
     * @param inFlight queries sent and not answered yet
     * @param waiting queries that wait for a connection
     * @param connections open now
     * @param tlsVersion of the newest connection
     * @param queries sent
     * @param dials connections attempted
     * @param queriesPerConnection sent on each connection, on average
     * @param reuseRatio the part of the queries that found a connection open
     * @param resumptionRatio the part of the handshakes that resumed an earlier session
     * @param pins the keys that were accepted, as the settings take them, that of the newest connection first
     * @param lastError the newest failure of a dial or a connection
     */
    record UpstreamReport(
            String name,
            String state,
            Instant since,
            @Nullable Instant pauseEnd,
            @Nullable Double answerMillis,
            int inFlight,
            int waiting,
            int connections,
            @Nullable String tlsVersion,
            long queries,
            long dials,
            @Nullable Double queriesPerConnection,
            @Nullable Double reuseRatio,
            @Nullable Double resumptionRatio,
            List<Pin> pins,
            @Nullable LastError lastError) {}

    /** One key. */
    record Pin(String pin, Instant firstSeen, Instant lastSeen) {}

    /** One failure. */
    record LastError(String reason, String cause, Instant at) {}

    /**
     * One change, as the log has it.
     *
     * @param state usable, doubted or failing
     * @param cause null where it changed for the better
     */
    record Change(
            Instant at,
            String upstream,
            String state,
            @Nullable String cause) {}

    @ReadOperation
    Report report() {
        Instant now = Instant.now();
        return new Report(
                upstreams.stream().map(upstream -> report(upstream, now)).toList(),
                Stream.concat(
                                routed.stream().map(upstream -> report(upstream, now)),
                                routedInClear.stream().map(upstream -> report(upstream, now)))
                        .toList(),
                Stream.concat(upstreams.stream(), routed.stream())
                        .flatMap(upstream -> upstream.status().changes().stream()
                                .map(change -> new Change(
                                        change.at(), upstream.name(), Meters.label(change.state()), change.cause())))
                        .sorted(Comparator.comparing(Change::at).reversed())
                        .limit(CHANGES_SHOWN)
                        .toList());
    }

    private static UpstreamReport report(DotUpstream upstream, Instant now) {
        Instant pauseEnd = pauseEnd(upstream.status(), now);
        State state = stateOf(upstream.status().state(), upstream.isConnected(), pauseEnd != null);
        List<Pin> pins = upstream.seen().keys().stream()
                .map(key -> new Pin(key.pin().base64(), key.firstSeen(), key.lastSeen()))
                .toList();
        String tlsVersion = upstream.seen().tlsVersion();
        return report(upstream.name(), state, upstream.status(), pauseEnd, upstream.counters(), tlsVersion, pins);
    }

    private static UpstreamReport report(PlainUpstream upstream, Instant now) {
        UpstreamStatus status = upstream.status();
        Instant pauseEnd = pauseEnd(status, now);
        State state = status.state() == UpstreamStatus.State.USABLE
                ? State.USABLE
                : stateOf(status.state(), false, pauseEnd != null);
        return report(upstream.name(), state, status, pauseEnd, upstream.counters(), null, List.of());
    }

    private static @Nullable Instant pauseEnd(UpstreamStatus status, Instant now) {
        Instant pauseEnd = status.pauseEnd();
        return status.usable() || pauseEnd == null || pauseEnd.isBefore(now) ? null : pauseEnd;
    }

    private static UpstreamReport report(
            String name,
            State state,
            UpstreamStatus status,
            @Nullable Instant pauseEnd,
            UpstreamCounters counters,
            @Nullable String tlsVersion,
            List<Pin> pins) {
        UpstreamFailure failure = status.lastFailure();
        long resumed = counters.resumedHandshakes();
        long opened = counters.fullHandshakes() + resumed;
        return new UpstreamReport(
                name,
                Meters.label(state),
                status.since(),
                pauseEnd,
                counters.smoothedNanos() == 0 ? null : rounded(counters.smoothedNanos() / NANOS_PER_MILLI),
                counters.inFlight(),
                counters.waiting(),
                counters.connections(),
                tlsVersion,
                counters.sent(),
                counters.dials(),
                ratio(counters.sent(), opened),
                ratio(counters.reused(), counters.sent()),
                ratio(resumed, opened),
                pins,
                failure == null ? null : new LastError(Meters.label(failure.reason()), failure.cause(), failure.at()));
    }

    private static State stateOf(UpstreamStatus.State state, boolean connected, boolean pauses) {
        return switch (state) {
            case UNTRIED -> State.UNTRIED;
            case USABLE -> connected ? State.CONNECTED : State.IDLE;
            case DOUBTED -> State.DOUBTED;
            case FAILING -> pauses ? State.BACKING_OFF : State.FAILING;
        };
    }

    private static @Nullable Double ratio(long part, long whole) {
        return whole == 0 ? null : rounded(part / (double) whole);
    }

    private static double rounded(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
