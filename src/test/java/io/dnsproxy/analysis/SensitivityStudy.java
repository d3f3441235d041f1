package io.dnsproxy.analysis;

import io.dnsproxy.analysis.Setup.Levels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** How much hangs on what was assumed; and one look at how near this comes to what was measured elsewhere. */
final class SensitivityStudy {

    private static final int[] CHECKED_TTLS = {60, 300, 900};

    private final List<Case> cases = new ArrayList<>();
    private final List<Supplier<Outcome>> checks = new ArrayList<>();
    private final Supplier<Outcome> withoutRepeats;

    SensitivityStudy(Laboratory laboratory) {
        add(laboratory, "people, as stated", Setup.people());
        add(laboratory, "Zipf exponent 0.8", Setup.people().exponent(0.8));
        add(laboratory, "Zipf exponent 1.0", Setup.people().exponent(1.0));
        add(laboratory, "30,000 names", Setup.people().names(30_000));
        add(
                laboratory,
                "a fifth of the interests in names of one's own",
                Setup.people().ownShare(0.2));
        add(laboratory, "half as many repeats", Setup.people().repeatShare(0.61));
        add(laboratory, "no repeats", Setup.people().repeatShare(0));
        add(laboratory, "TTLs " + TtlMix.PER_NAME.name(), Setup.people().ttls(TtlMix.PER_NAME));
        add(laboratory, "upstream of one cache", Setup.people().upstreamCaches(1));
        add(laboratory, "upstream gives whole TTLs", Setup.people().upstreamCaches(0));
        add(laboratory, "another seed", Setup.people().seed(1));
        add(laboratory, "services, as stated", Setup.services());
        add(laboratory, "200 names", Setup.services().names(200));
        add(laboratory, "10,000 names", Setup.services().names(10_000));
        add(laboratory, "no repeats", Setup.services().repeatShare(0));
        add(laboratory, "upstream gives whole TTLs", Setup.services().upstreamCaches(0));
        Setup trace = Setup.people().instances(1).queries(6.9 * 1.7).ownShare(0).upstreamCaches(0);
        trace = trace.lasting(Duration.ofHours(3), Duration.ofHours(6));
        for (int ttlSeconds : CHECKED_TTLS) {
            checks.add(laboratory.run(trace.ttls(TtlMix.always(ttlSeconds))));
        }
        withoutRepeats = laboratory.run(trace.ttls(TtlMix.always(900)).repeatShare(0));
    }

    private void add(Laboratory laboratory, String text, Setup setup) {
        cases.add(new Case(text, laboratory.run(setup), laboratory.run(setup.levels(Levels.LOCAL_AND_REDIS))));
    }

    void report(Report report) {
        Table table = new Table(1, "what differs", "spared, local", "spared, local + Redis", "Redis adds");
        for (Case each : cases) {
            double local = each.local.get().savedPercent();
            double both = each.both.get().savedPercent();
            table.row(each.text, Report.percent(local), Report.percent(both), Report.points(both - local));
        }
        report.table("sensitivity", table);
        for (int i = 0; i < CHECKED_TTLS.length; i++) {
            String name = "check-" + CHECKED_TTLS[i];
            report.words(name, Report.wholePercent(checks.get(i).get().localHitPercent()));
        }
        report.words(
                "check-no-repeats", Report.wholePercent(withoutRepeats.get().localHitPercent()));
    }

    private record Case(String text, Supplier<Outcome> local, Supplier<Outcome> both) {}
}
