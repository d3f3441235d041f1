package io.dnsproxy.resolver.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.QuestionKey;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The answers that this instance keeps, bounded by what they occupy; when it is full, those go that were asked for least
 * (W-TinyLFU). Nothing goes only because its TTL has ended: within the stale window it may still be needed (RFC 8767), and
 * after it, it is what nobody asks for.
 *
 * <p>"No such name" is kept once for all types of the name (RFC 2308 5). Time is a parameter, by {@link System#nanoTime}; any
 * thread. Looking up waits for nobody; storing may have to help in dropping entries.
 */
public final class AnswerCache {

    /** The entry, its key, and what the map needs for them, besides what they say themselves. */
    private static final int ENTRY_OCTETS = 140;

    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Cache<QuestionKey, CachedAnswer> entries;
    private final long staleNanos;
    private final LongAdder negatives = new LongAdder();
    private final LongAdder evictions = new LongAdder();

    /** @param maxOctets bound on {@link #octets} */
    public AnswerCache(long maxOctets, int staleSeconds) {
        staleNanos = staleSeconds * NANOS_PER_SECOND;
        entries = Caffeine.newBuilder()
                .maximumWeight(maxOctets)
                .weigher((QuestionKey key, CachedAnswer entry) ->
                        ENTRY_OCTETS + key.octets() + entry.answer().octets())
                .executor(Runnable::run) // a thread of its own would only add a hand-over
                .removalListener(this::removed)
                .build();
    }

    /**
     * Looks up. Keeps nothing of the query, and allocates nothing if it finds something fresh.
     *
     * @return fresh if there is anything fresh; else stale, within the stale window; else null
     */
    public @Nullable CachedAnswer find(Query query, long nowNanos) {
        CachedAnswer typed = entries.getIfPresent(query.key());
        if (typed != null && typed.isFresh(nowNanos)) {
            return typed;
        }
        CachedAnswer nameWide = entries.getIfPresent(query.nameKey());
        if (nameWide != null && nameWide.isFresh(nowNanos)) {
            return nameWide;
        }
        return usable(nameWide == null ? typed : nameWide, nowNanos);
    }

    /** Of the two, "no such name" is the newer: an answer of one type ends it. */
    private @Nullable CachedAnswer usable(@Nullable CachedAnswer stale, long nowNanos) {
        return stale == null || stale.remainingNanos(nowNanos) <= -staleNanos ? null : stale;
    }

    /**
     * Keeps an answer, in place of what was known before.
     *
     * @param query a copy
     * @return the same answer, with its birth
     */
    public Answer store(Query query, KeptAnswer kept, long nowNanos) {
        long bornNanos = nowNanos - kept.ageMillis() * NANOS_PER_MILLI;
        Answer answer = kept.answer().bornAt(bornNanos);
        boolean negative = Retention.isNegative(query, answer);
        CachedAnswer entry =
                new CachedAnswer(answer, bornNanos + kept.ttlSeconds() * NANOS_PER_SECOND, kept.ttlSeconds(), negative);
        if (negative) {
            negatives.increment();
        }
        if (answer.deniesEveryType()) {
            entries.put(query.nameKey(), entry);
            entries.invalidate(query.key());
        } else {
            entries.put(query.key(), entry);
            entries.invalidate(query.nameKey());
        }
        return answer;
    }

    private void removed(@Nullable QuestionKey key, @Nullable CachedAnswer entry, RemovalCause cause) {
        if (entry != null && entry.isNegative()) {
            negatives.decrement();
        }
        if (cause.wasEvicted()) {
            evictions.increment();
        }
    }

    /** Shows every entry, for those who look seldom: it takes as long as there are entries. */
    public void forEach(BiConsumer<QuestionKey, CachedAnswer> seer) {
        entries.asMap().forEach(seer);
    }

    /** Forgets what it knows for a question. */
    public void remove(Query query) {
        entries.invalidate(query.key());
        entries.invalidate(query.nameKey());
    }

    /**
     * Forgets what it knows of these.
     *
     * @return how many entries that were
     */
    public int removeIf(Predicate<QuestionKey> those) {
        int removed = 0;
        for (QuestionKey key : entries.asMap().keySet()) {
            if (those.test(key) && entries.asMap().remove(key) != null) {
                removed++;
            }
        }
        return removed;
    }

    /** Forgets everything. */
    public void clear() {
        entries.invalidateAll();
    }

    /** Entries, about. */
    public long size() {
        return entries.estimatedSize();
    }

    /** Entries that say that something does not exist. */
    public long negatives() {
        return negatives.sum();
    }

    /** What the entries occupy, estimated. */
    public long octets() {
        return entries.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
    }

    /** Entries that went because there was no room. */
    public long evictions() {
        return evictions.sum();
    }
}
