package io.dnsproxy.resolver.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.QuestionKey;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Questions that could not be answered just now: for 1 s, then 2, 4, and 5 s each time that it fails again, nobody is asked
 * (RFC 9520 3.2). All of it is forgotten when an upstream recovers. Bounded; any thread; time is a parameter.
 */
public final class FailureCache {

    private static final int FIRST_PAUSE_SECONDS = 1;
    private static final int LONGEST_PAUSE_SECONDS = 5;

    /** A failure so long after the last one is a first one again. */
    private static final long FORGIVEN_NANOS = Duration.ofMinutes(1).toNanos();

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** The entry, its key, and what the map needs for them. */
    private static final int ENTRY_OCTETS = 160;

    private static final ExtendedError CACHED = new ExtendedError(ExtendedError.CACHED_ERROR);

    private final Cache<QuestionKey, Failure> failures;
    private final IntSupplier recoveries;

    /** @param recoveries how often upstreams have recovered until now */
    public FailureCache(long maxOctets, IntSupplier recoveries) {
        this.recoveries = recoveries;
        failures = Caffeine.newBuilder()
                .maximumWeight(maxOctets)
                .weigher((QuestionKey key, Failure failure) -> ENTRY_OCTETS + key.octets() + failure.answer.octets())
                .executor(Runnable::run)
                .build();
    }

    /** The failure to repeat for now, or null. */
    public @Nullable Answer find(Query query, long nowNanos) {
        Failure failure = failures.getIfPresent(query.key());
        return failure != null && isCurrent(failure, nowNanos) ? failure.answer : null;
    }

    private boolean isCurrent(Failure failure, long nowNanos) {
        return nowNanos - failure.untilNanos < 0 && failure.recoveries == recoveries.getAsInt();
    }

    /**
     * Remembers.
     *
     * @param query a copy, to which this is the answer for now
     */
    public void failed(Query query, Answer answer, long nowNanos) {
        int now = recoveries.getAsInt();
        failures.asMap().compute(query.key(), (key, before) -> {
            int pauseSeconds =
                    before == null || before.recoveries != now || nowNanos - before.untilNanos > FORGIVEN_NANOS
                            ? FIRST_PAUSE_SECONDS
                            : Math.min(2 * before.pauseSeconds, LONGEST_PAUSE_SECONDS);
            return new Failure(
                    answer.withExtendedError(CACHED), nowNanos + pauseSeconds * NANOS_PER_SECOND, pauseSeconds, now);
        });
    }

    /** The question was answered. */
    public void succeeded(Query query) {
        failures.invalidate(query.key());
    }

    /** Shows each failure that is repeated for now, for those who look seldom: it takes as long as there are failures. */
    public void forEach(long nowNanos, BiConsumer<QuestionKey, Answer> seer) {
        failures.asMap().forEach((key, failure) -> {
            if (isCurrent(failure, nowNanos)) {
                seer.accept(key, failure.answer);
            }
        });
    }

    /** Forgets what it knows of these. */
    public void removeIf(Predicate<QuestionKey> those) {
        failures.asMap().keySet().removeIf(those);
    }

    /** Forgets everything. */
    public void clear() {
        failures.invalidateAll();
    }

    /** Questions that are remembered, about. */
    public long size() {
        return failures.estimatedSize();
    }

    private record Failure(Answer answer, long untilNanos, int pauseSeconds, int recoveries) {}
}
