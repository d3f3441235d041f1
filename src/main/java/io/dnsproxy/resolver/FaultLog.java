package io.dnsproxy.resolver;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log where the program failed a query: each instance at most once a minute, since who can cause it once can cause it often,
 * and without the exception's message, since that could hold a name that somebody asked for. Any thread.
 */
public final class FaultLog {

    private static final Logger LOG = LoggerFactory.getLogger(FaultLog.class);

    private static final long INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int FRAMES = 12;

    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());

    /** Logs, unless it did so within the last minute. */
    public void fault(Throwable thrown) {
        long nowNanos = System.nanoTime();
        long next = nextNanos.get();
        if (nowNanos - next >= 0 && nextNanos.compareAndSet(next, nowNanos + INTERVAL_NANOS)) {
            LOG.error(
                    "a query met a fault of this program; please report this: {} at {}",
                    thrown.getClass().getName(),
                    Arrays.stream(thrown.getStackTrace())
                            .limit(FRAMES)
                            .map(StackTraceElement::toString)
                            .collect(Collectors.joining(", ")));
        }
    }
}
