package io.dnsproxy.benchmark.sidebyside;

import java.util.SplittableRandom;

/** Which names are asked for. A name is a number; {@link Question} spells it. */
enum Names {
    /** Known names, each as likely as the others: after the first second all of the usual {@link #COUNT} are cached. */
    KNOWN,
    /** Known names, one after the other, and again from the first. */
    IN_TURN,
    /** A name that nobody has asked for yet. */
    NEW,
    /** Four of five are known names in Zipf's order, the fifth is new. */
    MIXED;

    /** Known names, where nothing else is said. */
    static final int COUNT = 10_000;

    private static final double HITS = 0.8;
    private static final int DRAWS = 1 << 16;

    /** Source of names for one thread. The numbers of new names begin at the time of day, so that no two runs share any. */
    final class Source {

        private final SplittableRandom random = new SplittableRandom();
        private final int[] popular = popular();
        private final int count;
        private long next = System.currentTimeMillis() << 12;
        private long turn;

        private Source(int count) {
            this.count = count;
        }

        long next() {
            return switch (Names.this) {
                case KNOWN -> random.nextInt(count);
                case IN_TURN -> turn++ % count;
                case NEW -> next++;
                case MIXED -> random.nextDouble() < HITS ? popular[random.nextInt(DRAWS)] : next++;
            };
        }

        /** As many places for each rank as Zipf's law gives it. */
        private static int[] popular() {
            double sum = 0;
            for (int rank = 1; rank <= COUNT; rank++) {
                sum += 1.0 / rank;
            }
            int[] places = new int[DRAWS];
            int rank = 1;
            double until = DRAWS / sum;
            for (int i = 0; i < DRAWS; i++) {
                while (i >= until && rank < COUNT) {
                    rank++;
                    until += DRAWS / (sum * rank);
                }
                places[i] = rank - 1;
            }
            return places;
        }
    }

    /** @param count of known names */
    Source source(int count) {
        return new Source(count);
    }
}
