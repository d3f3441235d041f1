package io.dnsproxy.resilience;

import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.ReceivedQuery;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.ServerCertificate;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.testkit.Welcome;
import java.time.Duration;
import java.util.List;

/** Two upstreams by one authority, and the network before them. Between trials all is well here: {@link #restore}. One thread. */
final class Scene implements AutoCloseable {

    /** How far away upstreams seem to be: each answer comes so late. */
    static final Duration DISTANCE = Duration.ofMillis(10);

    /** An honest upstream's answer. */
    static final Reply RIGHT = Reply.right().after(DISTANCE);

    private static final long QUIET_NANOS = 300_000_000;

    private final ThrowawayAuthority authority = ThrowawayAuthority.create();
    private final Network network;
    private final FalseClock clock;
    private final ScriptedResolver first;
    private final ScriptedResolver second;
    private final ServerCertificate certificate;
    private volatile long lastQueryNanos = System.nanoTime();
    private boolean firstIsDown;
    private boolean secondIsDown;

    Scene(Network network, FalseClock clock) {
        this.network = network;
        this.clock = clock;
        first = ScriptedResolver.start(authority);
        second = ScriptedResolver.start(authority);
        certificate = first.certificate();
        restore();
    }

    /** The one that most faults befall. */
    ScriptedResolver first() {
        return first;
    }

    ScriptedResolver second() {
        return second;
    }

    List<ScriptedResolver> both() {
        return List.of(first, second);
    }

    ThrowawayAuthority authority() {
        return authority;
    }

    Network network() {
        return network;
    }

    FalseClock clock() {
        return clock;
    }

    /** Its machine is there, but refuses connections; those that it had are reset. */
    void takeDown(ScriptedResolver upstream) {
        upstream.stopListening();
        upstream.endConnections(Ending.RESET);
        if (upstream == first) {
            firstIsDown = true;
        } else {
            secondIsDown = true;
        }
    }

    /** Those that were taken down are there again, and know nothing of earlier sessions. */
    void bringBack() {
        if (firstIsDown) {
            first.forgetSessions();
            first.listenAgain();
            firstIsDown = false;
        }
        if (secondIsDown) {
            second.forgetSessions();
            second.listenAgain();
            secondIsDown = false;
        }
    }

    /** Another certificate from now on; connections that were begun under the one before end. */
    void show(ServerCertificate other) {
        first.certificate(other);
        first.forgetSessions();
        first.endConnections(Ending.CLOSE_NOTIFY);
    }

    /** The right certificate again. */
    void showOwn() {
        show(certificate);
    }

    /** Whether no upstream was asked anything for a while. */
    boolean isQuiet() {
        return System.nanoTime() - lastQueryNanos > QUIET_NANOS;
    }

    /** All is as it was in the beginning. Upstreams forget what they have seen. */
    void restore() {
        network.mend();
        clock.set(Duration.ZERO);
        bringBack();
        if (!first.certificate().equals(certificate)) {
            showOwn();
        }
        for (ScriptedResolver upstream : both()) {
            upstream.answer(this::rightly);
            upstream.welcome(Welcome.TLS);
            upstream.forgetQueries();
            upstream.forgetEndedConnections();
        }
    }

    private Reply rightly(ReceivedQuery query) {
        lastQueryNanos = query.arrivalNanos();
        return RIGHT;
    }

    /** How often somebody has connected, in all, and by a full handshake. Counts what {@link #restore} has not forgotten. */
    Connections connections() {
        int accepted = 0;
        int full = 0;
        for (ScriptedResolver upstream : both()) {
            accepted += upstream.connections().size();
            full += (int) upstream.fullHandshakes();
        }
        return new Connections(accepted, network.dials(), full);
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }

    /**
     * A count of connections.
     *
     * @param accepted by an upstream
     * @param begun by anybody, accepted or not; negative if that is not known
     * @param fullHandshakes completed with a certificate
     */
    record Connections(int accepted, long begun, int fullHandshakes) {

        /** Dials since an earlier count; where those in vain are not known, those that were accepted. */
        long dialsSince(Connections before) {
            return begun < 0 ? accepted - before.accepted : begun - before.begun;
        }
    }
}
