package io.dnsproxy.resolver.cache;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.QuestionKey;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The answers that this instance keeps, bounded by what they occupy; when it is full, those go that were not asked for again.
 * Nothing goes only because its TTL has ended: within the stale window it may still be needed (RFC 8767), and after it, it is
 * what nobody asks for.
 *
 * <p>Answers lie as octets in a few large arrays and are no objects, so that neither their number nor their coming and going is
 * anything to the garbage collector. What is found is copied out.
 *
 * <p>"No such name" is kept once for all types of the name (RFC 2308 5). Time is a parameter, by {@link System#nanoTime}; any
 * thread. A look-up locks one of many stripes while it copies, most often for less than a microsecond; storing, while some chunks
 * are gone through or the index doubles, up to some tenths of a millisecond.
 */
public final class AnswerCache {

    /** A stripe has about so much, unless there are too many. */
    private static final long STRIPE_OCTETS = 1 << 20;

    private static final int STRIPES_MAX = 1 << 14;

    /** RFC 8767 5: so long it is not tried again after a refresh that failed. */
    private static final long RECHECK_NANOS = Duration.ofSeconds(30).toNanos();

    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final AnswerStripe[] stripes;
    private final int stripeShift;
    private final long staleNanos;

    /** @param maxOctets bound on {@link #octets} */
    public AnswerCache(long maxOctets, int staleSeconds) {
        staleNanos = staleSeconds * NANOS_PER_SECOND;
        long wanted = Math.clamp(maxOctets / STRIPE_OCTETS, 1, STRIPES_MAX);
        stripes = new AnswerStripe[(int) Long.highestOneBit(wanted)];
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = new AnswerStripe(maxOctets / stripes.length);
        }
        stripeShift = Long.numberOfTrailingZeros(stripes.length);
    }

    /** By the upper bits, since within a stripe the lower ones count. */
    private AnswerStripe stripe(QuestionKey key) {
        return stripes[(int) ((key.hashCode() & 0xffff_ffffL) << stripeShift >>> Integer.SIZE)];
    }

    /**
     * Looks up: what is fresh if there is anything fresh; else what is stale, within the stale window. Keeps nothing of the query,
     * and allocates nothing, but for an answer larger than all that were found before, and for Extended DNS Errors.
     *
     * @param into what is found, until it is used again; changed in any case
     * @return whether anything was found
     */
    public boolean find(Query query, long nowNanos, CachedAnswer into) {
        boolean typed = stripe(query.key()).find(query.key(), nowNanos, into);
        if (typed && into.isFresh(nowNanos)) {
            return true;
        }
        // of two stale ones, "no such name" is the newer: an answer of one type ends it
        boolean nameWide = stripe(query.nameKey()).find(query.nameKey(), nowNanos, into);
        return (typed || nameWide) && into.remainingNanos(nowNanos) > -staleNanos;
    }

    /** The same, for those who keep what they find. */
    public @Nullable CachedAnswer find(Query query, long nowNanos) {
        if (!stripe(query.key()).contains(query.key())
                && !stripe(query.nameKey()).contains(query.nameKey())) {
            return null;
        }
        CachedAnswer into = new CachedAnswer();
        return find(query, nowNanos, into) ? into : null;
    }

    /** Whether the caller has to refresh what it found for this query: of all who ask, one is told so. */
    public boolean claimRefresh(Query query, CachedAnswer found) {
        QuestionKey key = keyOf(query, found);
        return stripe(key).claim(key, found.expiryNanos());
    }

    /**
     * Notes that nothing newer could be had than what was found for this query.
     *
     * @param recoveries how often upstreams have recovered until now
     */
    public void refreshFailed(Query query, CachedAnswer found, long nowNanos, int recoveries) {
        QuestionKey key = keyOf(query, found);
        stripe(key).fail(key, found.expiryNanos(), nowNanos + RECHECK_NANOS, recoveries);
    }

    private static QuestionKey keyOf(Query query, CachedAnswer found) {
        return found.isForEveryType() ? query.nameKey() : query.key();
    }

    /**
     * Keeps an answer, in place of what was known before, unless it would take up a great part of all there is.
     *
     * @param query the question; nothing of it is kept
     * @return the same answer, with its birth
     */
    public Answer store(Query query, KeptAnswer kept, long nowNanos) {
        long bornNanos = nowNanos - kept.ageMillis() * NANOS_PER_MILLI;
        Answer answer = kept.answer().bornAt(bornNanos);
        QuestionKey key = answer.deniesEveryType() ? query.nameKey() : query.key();
        QuestionKey other = answer.deniesEveryType() ? query.key() : query.nameKey();
        boolean negative = Retention.isNegative(query, answer);
        long expiryNanos = bornNanos + kept.ttlSeconds() * NANOS_PER_SECOND;
        stripe(key).store(key, answer, expiryNanos, kept.ttlSeconds(), negative);
        stripe(other).remove(other);
        return answer;
    }

    /**
     * Shows the entries of these keys, for those who look seldom: it takes as long as there are entries.
     *
     * @param those is told keys that hold only until it returns, and must not ask the cache anything
     * @param seer called when nothing is locked
     */
    public void forEach(Predicate<QuestionKey> those, BiConsumer<QuestionKey, CachedAnswer> seer) {
        for (AnswerStripe stripe : stripes) {
            stripe.matching(those).forEach(seer);
        }
    }

    /** Forgets what it knows for a question. */
    public void remove(Query query) {
        stripe(query.key()).remove(query.key());
        stripe(query.nameKey()).remove(query.nameKey());
    }

    /**
     * Forgets what it knows of these.
     *
     * @param those as in {@link #forEach}
     * @return how many entries that were
     */
    public int removeIf(Predicate<QuestionKey> those) {
        int removed = 0;
        for (AnswerStripe stripe : stripes) {
            removed += stripe.removeIf(those);
        }
        return removed;
    }

    /** Forgets everything. */
    public void clear() {
        for (AnswerStripe stripe : stripes) {
            stripe.clear();
        }
    }

    /** Entries. */
    public long size() {
        return sum(AnswerStripe::size);
    }

    /** Entries that say that something does not exist. */
    public long negatives() {
        return sum(AnswerStripe::negatives);
    }

    /** What the entries occupy, and all that leads to them. */
    public long octets() {
        return sum(AnswerStripe::octets);
    }

    /** Entries that went because there was no room. */
    public long evictions() {
        return sum(AnswerStripe::evictions);
    }

    private long sum(ToLongFunction<AnswerStripe> of) {
        long sum = 0;
        for (AnswerStripe stripe : stripes) {
            sum += of.applyAsLong(stripe);
        }
        return sum;
    }
}
