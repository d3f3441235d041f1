package io.dnsproxy.resolver;

import io.dnsproxy.upstream.Upstream;
import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One query's way through the upstreams.
 *
 * <p>An attempt that fails starts the next; one that is overdue, or whose connection has fallen silent, starts the next too, but its
 * answer is still welcome: the first good answer wins. A failure rcode counts once for each upstream and is relayed only when no upstream does better,
 * unless its Extended DNS Error says that others would say the same. At most {@value #TRIES_MAX} tries at one upstream
 * (RFC 9520 3.1).
 *
 * <p>Thread-safe: attempts end on the upstreams' event loops, deadlines on the timer's thread. The lock guards decisions
 * only; asking and completing happen outside of it.
 */
final class Resolution implements Upstream.Asker {

    private static final int TRIES_MAX = 3;

    /** A server that ends its connections one after another has ended the last one by then. */
    private static final long LAST_TRY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A backstop: a connection that could not be had is not a try, but not for ever. */
    private static final int ATTEMPTS_MAX = 512;

    private final Query query;
    private final ResolverRoundRobin resolver;
    private final List<Upstream> upstreams;
    private final int turn;
    private final int[] asked;
    private final int[] tries;
    private final boolean[] exhausted;
    private final CompletableFuture<Answer> result = new CompletableFuture<>();
    private final List<Attempt> outstanding = new ArrayList<>(1);

    /** The one whose end, or time, starts the next. */
    private @Nullable Attempt current;

    /** The one beside it, while both can still be answered in time. */
    private @Nullable Attempt hedge;

    private Deadlines.@Nullable Deadline total;
    private Deadlines.@Nullable Deadline overdue;

    /** The answer that wins or, until one does, the first failure rcode. */
    private @Nullable Answer best;

    private @Nullable UpstreamException failure;
    private int attempts;

    /** Attempts that are decided upon and not yet outstanding. */
    private int starting;

    private boolean over;

    /** Whether the connection of the attempt that ended last was closed, and no pause has been made since. */
    private boolean lostJustNow;

    /** How long the one that won took, where hedging wants to know; 0 else. */
    private long tookNanos;

    Resolution(Query query, ResolverRoundRobin resolver, int turn) {
        this.query = query;
        this.resolver = resolver;
        this.upstreams = resolver.upstreams;
        this.turn = turn;
        this.asked = new int[upstreams.size()];
        this.tries = new int[upstreams.size()];
        this.exhausted = new boolean[upstreams.size()];
    }

    CompletableFuture<Answer> start(long totalTimeoutNanos) {
        synchronized (this) {
            total = resolver.deadlines.after(totalTimeoutNanos, this::finish);
        }
        Hedging hedging = resolver.hedging;
        if (hedging != null) {
            hedging.asked();
        }
        attemptNext();
        return result;
    }

    /** Asks the next upstream; when there is none left and nothing is outstanding, the query has failed. */
    private void attemptNext() {
        int index;
        boolean repeat = false;
        Attempt overdueHere = null;
        synchronized (this) {
            if (over) {
                return;
            }
            index = attempts < ATTEMPTS_MAX ? choose() : -1;
            if (index >= 0 && lostJustNow && tries[index] == TRIES_MAX - 1) {
                lostJustNow = false;
                overdue = resolver.deadlines.after(LAST_TRY_PAUSE_NANOS, this::attemptNext);
                return;
            }
            if (index >= 0) {
                repeat = asked[index]++ > 0;
                overdueHere = repeat ? newestAt(index) : null;
                tries[index]++;
                starting++;
                lostJustNow = false;
                if (attempts++ > 0) {
                    resolver.failovers.increment();
                }
            } else if (!isNothingOutstanding()) {
                return; // the answer of an overdue attempt, or the total deadline, ends it
            }
        }
        if (index < 0) {
            finish();
        } else {
            Upstream upstream = upstreams.get(index);
            attempt(
                    index,
                    repeat
                            ? upstream.repeat(query, overdueHere == null ? null : overdueHere.answer, this)
                            : upstream.exchange(query, this),
                    false);
        }
    }

    private @Nullable Attempt newestAt(int index) {
        for (int i = outstanding.size() - 1; i >= 0; i--) {
            if (outstanding.get(i).index == index) {
                return outstanding.get(i);
            }
        }
        return null;
    }

    /**
     * The upstream to ask: of those that may still be tried, usable ones first, then those least asked; among equals the
     * {@link Selection} decides.
     */
    private int choose() {
        int best = Integer.MAX_VALUE;
        long fit = 0;
        for (int i = 0; i < tries.length; i++) {
            int rank = rank(i);
            if (rank < best) {
                best = rank;
                fit = 0;
            }
            if (rank == best && rank != Integer.MAX_VALUE) {
                fit |= 1L << i;
            }
        }
        return fit == 0 ? -1 : resolver.selection.pick(fit, turn);
    }

    private int rank(int i) {
        if (exhausted[i] || tries[i] >= TRIES_MAX) {
            return Integer.MAX_VALUE;
        }
        return upstreams.get(i).isUsable() ? asked[i] : ATTEMPTS_MAX + asked[i];
    }

    private void attempt(int index, CompletableFuture<Answer> answer, boolean isHedge) {
        Attempt attempt = new Attempt(index, answer, resolver.hedging == null ? 0 : System.nanoTime());
        synchronized (this) {
            starting--;
            if (over) {
                attempt.abandon();
                return;
            }
            outstanding.add(attempt);
            if (isHedge) {
                hedge = attempt;
            } else {
                current = attempt;
                hedge = null;
                if (!attempt.answer.isDone()) {
                    cancel(overdue);
                    overdue = overdueAfter(index);
                }
            }
        }
        answer.whenComplete((answered, thrown) -> ended(attempt, answered, thrown));
    }

    private Deadlines.Deadline overdueAfter(int index) {
        Hedging hedging = resolver.hedging;
        boolean othersLeft = attempts < upstreams.size();
        if (othersLeft && !upstreams.get(index).isConnected()) {
            // To wait for a dial is no attempt.
            return resolver.deadlines.after(resolver.attemptTimeoutNanos / 3, this::attemptNext);
        }
        if (othersLeft && hedging != null && attempts == 1) {
            long delayNanos = hedging.delayNanos();
            return resolver.deadlines.after(delayNanos, () -> hedge(hedging, delayNanos));
        }
        return resolver.deadlines.after(resolver.attemptTimeoutNanos, this::attemptNext);
    }

    /** The first upstream takes longer than most: another that is usable is asked as well, if the budget allows. */
    private void hedge(Hedging hedging, long waitedNanos) {
        int index;
        synchronized (this) {
            if (over || attempts != 1) {
                return;
            }
            overdue = resolver.deadlines.after(resolver.attemptTimeoutNanos - waitedNanos, this::attemptNext);
            index = choose();
            if (index < 0 || asked[index] > 0 || !upstreams.get(index).isUsable() || !hedging.take()) {
                return;
            }
            asked[index]++;
            tries[index]++;
            attempts++;
            starting++;
        }
        attempt(index, upstreams.get(index).exchange(query, this), true);
    }

    private boolean isNothingOutstanding() {
        return outstanding.isEmpty() && starting == 0;
    }

    /** The hedge takes the place of the first attempt, if there is one. */
    private boolean hedgeTakesOver() {
        current = hedge;
        hedge = null;
        return current != null;
    }

    @SuppressWarnings("ReferenceEquality") // futures have no other
    private boolean isCurrent(CompletableFuture<Answer> exchange) {
        return current != null && current.answer == exchange;
    }

    @Override
    public void lookElsewhere(CompletableFuture<Answer> exchange) {
        synchronized (this) {
            if (over || !isCurrent(exchange) || hedgeTakesOver()) {
                return;
            }
            cancel(overdue);
        }
        attemptNext();
    }

    private void ended(Attempt attempt, @Nullable Answer answer, @Nullable Throwable thrown) {
        boolean wins;
        boolean goOn;
        synchronized (this) {
            if (over) {
                return;
            }
            outstanding.remove(attempt);
            goOn = isNothingOutstanding(); // else the current one goes on
            if (attempt == hedge) {
                hedge = null;
            } else if (attempt == current) {
                goOn |= !hedgeTakesOver();
            }
            wins = answer != null && isFinal(answer);
            if (answer != null) {
                exhausted[attempt.index] = true;
                if (wins || best == null) {
                    best = answer;
                }
            } else if (thrown instanceof UpstreamException upstreamFailure) {
                failure = upstreamFailure;
                noteFailure(attempt.index, upstreamFailure);
            }
            if (wins && attempt.sentNanos != 0) {
                tookNanos = System.nanoTime() - attempt.sentNanos;
            }
            if (goOn) {
                cancel(overdue);
            }
        }
        if (wins) {
            finish();
        } else if (goOn) {
            attemptNext();
        }
    }

    /** What a failure says about asking the same upstream again. */
    private void noteFailure(int index, UpstreamException upstreamFailure) {
        lostJustNow = upstreamFailure.reason() == UpstreamException.Reason.CLOSED;
        switch (upstreamFailure.reason()) {
            case CERTIFICATE, PIN, OVERLOADED, BACKING_OFF, STOPPED -> exhausted[index] = true;
            case CONNECT, HANDSHAKE -> tries[index]--; // nothing was sent
            case CLOSED, TIMEOUT, MALFORMED -> {}
        }
    }

    private void finish() {
        List<Attempt> abandoned;
        Answer answer;
        UpstreamException cause;
        long winnerNanos;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            abandoned = List.copyOf(outstanding);
            outstanding.clear();
            cancel(total);
            cancel(overdue);
            answer = best;
            cause = failure;
            winnerNanos = tookNanos;
        }
        for (Attempt attempt : abandoned) {
            attempt.abandon();
        }
        Hedging hedging = resolver.hedging;
        if (answer != null) {
            if (hedging != null && winnerNanos != 0) {
                hedging.answered(winnerNanos);
            }
            result.complete(answer);
        } else {
            result.completeExceptionally(cause == null ? UpstreamException.timeout() : cause);
        }
    }

    private static void cancel(Deadlines.@Nullable Deadline deadline) {
        if (deadline != null) {
            deadline.cancel();
        }
    }

    /** Whether other upstreams need not be asked: it is an answer, or a failure that others would repeat. */
    private static boolean isFinal(Answer answer) {
        return !Rcode.isFailure(answer.rcode()) || isDeliberate(answer);
    }

    /** DNSSEC bogus, or blocked, censored, filtered, prohibited by policy (RFC 8914 4.7, 4.16 to 4.19). */
    private static boolean isDeliberate(Answer answer) {
        return answer.hasExtendedError(ExtendedError.DNSSEC_BOGUS)
                || answer.hasExtendedError(ExtendedError.BLOCKED)
                || answer.hasExtendedError(ExtendedError.CENSORED)
                || answer.hasExtendedError(ExtendedError.FILTERED)
                || answer.hasExtendedError(ExtendedError.PROHIBITED);
    }

    /** One question to one upstream. */
    private static final class Attempt {

        final int index;
        final CompletableFuture<Answer> answer;

        /** When it was sent, where hedging wants to know; 0 else. */
        final long sentNanos;

        Attempt(int index, CompletableFuture<Answer> answer, long sentNanos) {
            this.index = index;
            this.answer = answer;
            this.sentNanos = sentNanos;
        }

        /** Nobody waits for its answer any more. To cancel it would make an exception with a stack trace. */
        void abandon() {
            answer.completeExceptionally(UpstreamException.timeout());
        }
    }
}
