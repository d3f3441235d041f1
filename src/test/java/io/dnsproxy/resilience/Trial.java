package io.dnsproxy.resilience;

import io.dnsproxy.resilience.Fault.Course;
import io.dnsproxy.resilience.Outcome.Figures;
import io.dnsproxy.resilience.Scene.Connections;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One fault under one load, seen by the clients of one proxy. The fault begins when the load has been on for a moment, and clients go
 * on asking for a while after its end.
 *
 * @param fault what goes wrong
 * @param load what clients ask
 * @param duration of the fault, or how long it is looked at where it stays
 * @param tail how long clients go on at most after a fault that ends, if all is not well before
 */
record Trial(Fault fault, Load load, Duration duration, Duration tail) {

    private static final Duration BEFORE = Duration.ofMillis(500);
    private static final Duration AFTER = Duration.ofNanos(Outcome.WELL_NANOS + Outcome.SOON_NANOS / 2);
    private static final Duration TICK = Duration.ofMillis(100);

    /** So many queries a second tell whether all is well between trials. */
    private static final int CALM_RATE = 100;

    /** Each upstream should get half of them, when both are in use. */
    private static final int CALM_SHARE = 20;

    private static final Duration CALM = Duration.ofSeconds(1);

    /**
     * Carries it out.
     *
     * @param scene restored before and after
     * @param proxy asks the two upstreams of the scene
     */
    Result carryOut(Scene scene, InetSocketAddress proxy) throws IOException {
        try (Clients clients = new Clients(proxy, load.known(), load.queriesPerSecond(), fault.wantsPulses())) {
            clients.start();
            passUntil(System.nanoTime() + BEFORE.toNanos());
            Connections before = scene.connections();
            long beginNanos = System.nanoTime();
            fault.begin(scene);
            for (int tick = 1; tick < duration.dividedBy(TICK); tick++) {
                passUntil(beginNanos + tick * TICK.toNanos());
                fault.tick(scene, tick);
            }
            passUntil(beginNanos + duration.toNanos());
            fault.end(scene);
            long endNanos = System.nanoTime();
            if (fault.course() != Course.STAYS) {
                passUntil(endNanos + AFTER.toNanos());
                while (!areWell(clients) && System.nanoTime() - endNanos < tail.toNanos()) {
                    passUntil(System.nanoTime() + TICK.toNanos());
                }
            }
            Outcome outcome = clients.finish();
            Connections after = scene.connections();
            return new Result(
                    outcome.figures(beginNanos, fault.course() == Course.STAYS ? beginNanos : endNanos),
                    after.dialsSince(before),
                    after.fullHandshakes() - before.fullHandshakes());
        } finally {
            scene.restore();
        }
    }

    /**
     * Waits until a proxy answers everything and uses both upstreams.
     *
     * @return false if it does not come to that
     */
    static boolean awaitCalm(Scene scene, InetSocketAddress proxy, Duration patience) throws IOException {
        long endNanos = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - endNanos < 0) {
            scene.restore();
            try (Clients clients = new Clients(proxy, 0, CALM_RATE, false)) {
                clients.start();
                passUntil(System.nanoTime() + CALM.toNanos());
                long now = System.nanoTime();
                Figures figures = clients.finish().figures(now - CALM.toNanos(), now);
                if (figures.right() == figures.sent()
                        && scene.both().stream()
                                .allMatch(upstream -> upstream.queries().size() >= CALM_SHARE)) {
                    scene.restore();
                    return true;
                }
            }
        }
        return false;
    }

    /** Looks at a second that ended half a second ago, so that answers had time to come. */
    private static boolean areWell(Clients clients) {
        long fromNanos = System.nanoTime() - AFTER.toNanos();
        return clients.areWell(fromNanos, fromNanos + Outcome.WELL_NANOS);
    }

    private static void passUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
        }
    }

    /**
     * What was seen.
     *
     * @param dials connections that were begun
     * @param fullHandshakes of those, completed without an earlier session
     */
    record Result(Figures figures, long dials, int fullHandshakes) {}
}
