package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.benchmark.sidebyside.Question.Verdict;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The queries on their way, and the tally of what became of them. One thread asks, one thread (or the same) takes the answers.
 *
 * <p>An id of a lost query is never used again, so that a late answer is not taken for that of another query.
 */
final class Exchange {

    /** Clients of DNS wait longer; an answer that took this long is of no use to a measurement. */
    static final long PATIENCE_NANOS = 2_000_000_000L;

    private static final int IDS = 1 << 16;
    private static final int MAX_LOST = IDS / 2;
    private static final long FREE = 0;
    private static final long NEVER_AGAIN = -1;

    private final AtomicLongArray sentNanos = new AtomicLongArray(IDS);
    private final long[] numbers = new long[IDS];
    private final Names.Source names;
    private final boolean echoed;
    private final LogHistogram latency = new LogHistogram();
    private int lastId;
    private long right;
    private long wrong;
    private long refused;
    private long lost;
    private long late;
    private long rightInAll;

    /** @param echoed whether the server returns the question itself */
    Exchange(Names.Source names, boolean echoed) {
        this.names = names;
        this.echoed = echoed;
    }

    /**
     * Writes the next query, {@link Question#OCTETS} long.
     *
     * @throws IllegalStateException if no id is left
     */
    void ask(byte[] to, int offset, long nowNanos) {
        int id = lastId;
        int tries = 0;
        do {
            id = (id + 1) & (IDS - 1);
            if (++tries > IDS) {
                throw new IllegalStateException("65,536 queries on their way or lost");
            }
        } while (sentNanos.getAcquire(id) != FREE);
        lastId = id;
        numbers[id] = names.next();
        Question.write(to, offset, id, numbers[id]);
        sentNanos.setRelease(id, nowNanos);
    }

    /** Takes an answer. Returns whether a query is done with by that, and another one may be asked in its place. */
    boolean answered(byte[] message, int offset, int length, long nowNanos) {
        if (length < Question.OCTETS) {
            wrong++;
            return false;
        }
        int id = Question.id(message, offset);
        long sent = sentNanos.getAcquire(id);
        if (sent == FREE || sent == NEVER_AGAIN) {
            late++;
            return false;
        }
        Verdict verdict = Question.check(message, offset, length, numbers[id], echoed);
        sentNanos.setRelease(id, FREE);
        switch (verdict) {
            case RIGHT -> {
                right++;
                rightInAll++;
                latency.add(nowNanos - sent);
            }
            case WRONG -> wrong++;
            case REFUSED -> refused++;
        }
        return true;
    }

    /** Gives up the queries that have waited too long, and returns how many there were. */
    int giveUp(long nowNanos, long patienceNanos) {
        int found = 0;
        for (int id = 0; id < IDS; id++) {
            long sent = sentNanos.getAcquire(id);
            if (sent != FREE && sent != NEVER_AGAIN && nowNanos - sent > patienceNanos) {
                sentNanos.setRelease(id, NEVER_AGAIN);
                found++;
            }
        }
        lost += found;
        if (lost > MAX_LOST) {
            throw new IllegalStateException("more than " + MAX_LOST + " queries lost");
        }
        return found;
    }

    int onTheirWay() {
        int found = 0;
        for (int id = 0; id < IDS; id++) {
            long sent = sentNanos.getAcquire(id);
            found += sent == FREE || sent == NEVER_AGAIN ? 0 : 1;
        }
        return found;
    }

    /** Forgets what was counted, but not what is on its way. */
    void countAnew() {
        latency.clear();
        right = 0;
        wrong = 0;
        refused = 0;
        lost = 0;
        late = 0;
    }

    long right() {
        return right;
    }

    long wrong() {
        return wrong;
    }

    /** Answers with an rcode other than NOERROR. */
    long refused() {
        return refused;
    }

    long lost() {
        return lost;
    }

    /** Answers to no query, or to one that was given up. */
    long late() {
        return late;
    }

    /** Right answers since the beginning, those that {@link #countAnew} forgot among them. */
    long rightInAll() {
        return rightInAll;
    }

    LogHistogram latency() {
        return latency;
    }
}
