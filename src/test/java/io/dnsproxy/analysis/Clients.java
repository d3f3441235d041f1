package io.dnsproxy.analysis;

import io.dnsproxy.wire.RecordType;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * All clients together. At random moments (a Poisson process) some client takes an interest in a name, in a popular one more
 * often, and looks it up; often it looks it up again after a while, and again. Each look-up is one query for A and, if that
 * client asks for them, one for AAAA and one for HTTPS, all at the same moment.
 */
final class Clients {

    /** Shares of the clients' interests; all ask for A. */
    private static final double ASK_AAAA = 0.5;

    private static final double ASK_HTTPS = 0.2;

    private static final double QUERIES_PER_LOOKUP = 1 + ASK_AAAA + ASK_HTTPS;

    /** No instance in particular: each query goes to any. */
    private static final int ANY = -1;

    private final SplittableRandom random;
    private final ZipfRanks popularity;
    private final Setup setup;
    private final double nanosBetweenInterests;
    private final PriorityQueue<Interest> again = new PriorityQueue<>();
    private Interest next;
    private long interests;
    private int ownNames;

    Clients(SplittableRandom random, ZipfRanks popularity, Setup setup) {
        this.random = random;
        this.popularity = popularity;
        this.setup = setup;
        nanosBetweenInterests = 1e9 * QUERIES_PER_LOOKUP / setup.queriesPerSecond / (1 - setup.repeatShare);
        next = interest(0);
    }

    /** Asks until then. */
    void askUntil(long nanos, VirtualTime time, Asked asked) {
        while (true) {
            Interest repeat = again.peek();
            boolean fresh = repeat == null || next.atNanos <= repeat.atNanos;
            Interest due = fresh ? next : repeat;
            if (due.atNanos >= nanos) {
                break;
            }
            if (fresh) {
                next = interest(due.atNanos);
            } else {
                again.remove();
            }
            time.advanceTo(due.atNanos);
            lookUp(due, asked);
        }
        time.advanceTo(nanos);
    }

    private void lookUp(Interest interest, Asked asked) {
        asked.query(instance(interest), interest.name, RecordType.A);
        if (interest.aaaa) {
            asked.query(instance(interest), interest.name, RecordType.AAAA);
        }
        if (interest.https) {
            asked.query(instance(interest), interest.name, RecordType.HTTPS);
        }
        if (random.nextDouble() < setup.repeatShare) {
            again.add(interest.at(interest.atNanos + exponential((double) setup.repeatGap.toNanos())));
        }
    }

    /** Any, as a balancer by flow has it with UDP from ever new ports; or always the one that the client is bound to. */
    private int instance(Interest interest) {
        return interest.instance == ANY ? random.nextInt(setup.instances) : interest.instance;
    }

    private Interest interest(long afterNanos) {
        long atNanos = afterNanos + exponential(nanosBetweenInterests);
        boolean own = random.nextDouble() < setup.ownShare;
        int name = own ? setup.names + ownNames++ : popularity.draw(random);
        return new Interest(
                atNanos,
                interests++,
                name,
                setup.bound ? random.nextInt(setup.instances) : ANY,
                random.nextDouble() < ASK_AAAA,
                random.nextDouble() < ASK_HTTPS);
    }

    private long exponential(double meanNanos) {
        return (long) (-Math.log1p(-random.nextDouble()) * meanNanos);
    }

    /** Takes one query. */
    @FunctionalInterface
    interface Asked {
        void query(int instance, int name, int type);
    }

    /** One client's interest in one name, and when it looks it up next. */
    private record Interest(long atNanos, long number, int name, int instance, boolean aaaa, boolean https)
            implements Comparable<Interest> {

        Interest at(long nanos) {
            return new Interest(nanos, number, name, instance, aaaa, https);
        }

        @Override
        public int compareTo(Interest other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
