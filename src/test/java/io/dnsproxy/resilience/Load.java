package io.dnsproxy.resilience;

import java.util.Locale;

/** What clients ask, over UDP, at a fixed rate whether answers come or not. */
enum Load {
    /** A household: each name is new, so each query needs an upstream. */
    NEW("200 q/s, new names", 200, 0),
    /** An office: four of five queries are for a few names that are soon known. */
    MIXED("1,000 q/s, four of five cached", 1_000, 0.8),
    /** A company: each name is new. */
    BUSY("2,000 q/s, new names", 2_000, 0);

    private final String title;
    private final int queriesPerSecond;
    private final double known;

    /** @param known the share of queries for names that were asked before, from 0 to 1 */
    Load(String title, int queriesPerSecond, double known) {
        this.title = title;
        this.queriesPerSecond = queriesPerSecond;
        this.known = known;
    }

    String title() {
        return title;
    }

    int queriesPerSecond() {
        return queriesPerSecond;
    }

    double known() {
        return known;
    }

    /** As it is written on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
