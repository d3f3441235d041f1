package io.dnsproxy.analysis;

import io.dnsproxy.analysis.Chart.Axis;
import io.dnsproxy.analysis.Chart.Point;
import io.dnsproxy.analysis.Setup.Levels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Few clients and many, before three instances. */
final class RateStudy {

    private static final int INSTANCES = 3;
    private static final int[] RATES = {3, 30, 300, 3_000};

    /** Beyond this rate five minutes are enough. */
    private static final int BUSY = 1_000;

    private final List<Case> cases = new ArrayList<>();

    RateStudy(Laboratory laboratory) {
        for (Workload workload : Workload.values()) {
            for (int rate : RATES) {
                Duration half = Duration.ofMinutes(rate > BUSY ? 5 : rate < 30 ? 120 : 15);
                Setup setup =
                        workload.setup().instances(INSTANCES).queries(rate).lasting(half, half);
                cases.add(new Case(
                        workload, rate, laboratory.run(setup), laboratory.run(setup.levels(Levels.LOCAL_AND_REDIS))));
            }
        }
    }

    void report(Report report) {
        Table table = new Table(
                1,
                "clients",
                "queries/s, all",
                "spared, local",
                "spared, local + Redis",
                "Redis adds",
                "upstream queries/s it spares",
                "Redis commands/s",
                "mean wait, local",
                "mean wait, local + Redis");
        for (Case each : cases) {
            Outcome local = each.local.get();
            Outcome both = each.both.get();
            table.row(
                    each.workload.text,
                    Report.whole(each.rate),
                    Report.percent(local.savedPercent()),
                    Report.percent(both.savedPercent()),
                    Report.points(both.savedPercent() - local.savedPercent()),
                    Report.one(local.upstreamPerSecond() - both.upstreamPerSecond()),
                    Report.one((both.redisLookups() + both.redisStores()) / both.seconds()),
                    Report.millis(local.latency().meanMillis()),
                    Report.millis(both.latency().meanMillis()));
        }
        report.table("rates", table);
        report.picture("cache-rates.svg", chart());
    }

    private Chart chart() {
        Chart chart = new Chart(
                "Queries that need not go upstream, three instances",
                Axis.logarithmic("queries per second, all instances", 3, 3_000, 3, 10, 30, 100, 300, 1_000, 3_000),
                Axis.linear("% of queries", 0, 100, 0, 20, 40, 60, 80, 100));
        for (Workload workload : Workload.values()) {
            List<Case> own =
                    cases.stream().filter(each -> each.workload == workload).toList();
            chart.line(workload.text + ", local", points(own, Case::local));
            chart.line(workload.text + ", local + Redis", points(own, Case::both));
        }
        return chart;
    }

    private static List<Point> points(List<Case> cases, Function<Case, Supplier<Outcome>> which) {
        return cases.stream()
                .map(each -> new Point(each.rate, which.apply(each).get().savedPercent()))
                .toList();
    }

    private record Case(Workload workload, int rate, Supplier<Outcome> local, Supplier<Outcome> both) {}
}
