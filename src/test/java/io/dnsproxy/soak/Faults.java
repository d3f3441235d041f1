package io.dnsproxy.soak;

import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.ScriptedResolver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What goes wrong with two resolvers in the course of time: connections are reset, of one and of the other in turn, and now and then the
 * first one is down for a while. Never both at a time. A thread of its own.
 */
final class Faults implements AutoCloseable {

    private static final Duration BETWEEN_RESETS = Duration.ofSeconds(20);
    private static final Duration OUTAGE = Duration.ofSeconds(20);

    /** Then whoever dials in vain has come back. */
    private static final Duration RECOVERY = Duration.ofSeconds(15);

    private static final int RESETS_BETWEEN_OUTAGES = 12;

    /** The least that all this takes, several times. */
    private static final Duration FULL_COURSE = Duration.ofMinutes(2);

    private final List<ScriptedResolver> resolvers;
    private final double scale;
    private final Thread thread = Thread.ofPlatform().name("faults").daemon().unstarted(this::run);
    private final AtomicInteger resets = new AtomicInteger();
    private final AtomicInteger outages = new AtomicInteger();

    /** @param duration of the run: in a short one, all goes faster */
    Faults(List<ScriptedResolver> resolvers, Duration duration) {
        this.resolvers = resolvers;
        this.scale = Math.min(1, (double) duration.toMillis() / FULL_COURSE.toMillis());
    }

    void start() {
        thread.start();
    }

    int resets() {
        return resets.get();
    }

    int outages() {
        return outages.get();
    }

    private void run() {
        try {
            pass(BETWEEN_RESETS);
            outage();
            for (int i = 1; true; i++) {
                resolvers.get(i % resolvers.size()).endConnections(Ending.RESET);
                resets.incrementAndGet();
                pass(BETWEEN_RESETS);
                if (i % RESETS_BETWEEN_OUTAGES == 0) {
                    outage();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void outage() throws InterruptedException {
        ScriptedResolver resolver = resolvers.getFirst();
        resolver.stopListening();
        try {
            resolver.endConnections(Ending.RESET);
            pass(OUTAGE);
        } finally {
            resolver.listenAgain();
        }
        outages.incrementAndGet();
        pass(RECOVERY);
    }

    private void pass(Duration time) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep((long) (time.toMillis() * scale));
    }

    /** All resolvers are well again. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
