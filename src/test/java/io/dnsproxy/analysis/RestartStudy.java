package io.dnsproxy.analysis;

import io.dnsproxy.analysis.Chart.Axis;
import io.dnsproxy.analysis.Chart.Point;
import io.dnsproxy.analysis.Setup.Levels;
import io.dnsproxy.analysis.Setup.Restart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Instances that lose what they keep, one after the other or all at once, and a Redis that goes away. */
final class RestartStudy {

    private static final Duration WARM_UP = Duration.ofMinutes(15);
    private static final Duration MEASURED = Duration.ofMinutes(10);
    private static final Duration EVENT = WARM_UP.plusMinutes(2);

    /** Between one instance's restart and the next one's. */
    private static final Duration PAUSE = Duration.ofSeconds(60);

    private final List<Case> cases = new ArrayList<>();
    private final List<Case> outages = new ArrayList<>();

    RestartStudy(Laboratory laboratory) {
        for (Workload workload : Workload.values()) {
            Setup setup = workload.setup().lasting(WARM_UP, MEASURED);
            Restart[] rolling = {
                new Restart(EVENT, 0),
                new Restart(EVENT.plus(PAUSE), 1),
                new Restart(EVENT.plus(PAUSE.multipliedBy(2)), 2)
            };
            Restart[] atOnce = {new Restart(EVENT, 0), new Restart(EVENT, 1), new Restart(EVENT, 2)};
            for (Levels levels : List.of(Levels.LOCAL, Levels.LOCAL_AND_REDIS)) {
                Setup own = setup.levels(levels);
                cases.add(new Case(workload, "rolling", levels, laboratory.run(own.restarts(rolling))));
                cases.add(new Case(workload, "at once", levels, laboratory.run(own.restarts(atOnce))));
            }
            Setup outage = setup.levels(Levels.LOCAL_AND_REDIS).redisDown(EVENT, EVENT.plusMinutes(2));
            outages.add(new Case(workload, "Redis away", Levels.LOCAL_AND_REDIS, laboratory.run(outage)));
        }
    }

    void report(Report report) {
        Table table = new Table(
                3,
                "clients",
                "restart",
                "caches",
                "upstream queries/s before",
                "worst 10 s",
                "more upstream queries in all",
                "mean wait before",
                "worst 10 s");
        for (Case each : cases) {
            table.row(
                    each.workload.text,
                    each.event,
                    each.levels.text,
                    Report.one(each.upstreamBefore()),
                    Report.one(each.worst(Outcome.Bin::upstreamPerSecond)),
                    Report.whole(each.moreUpstream()),
                    Report.millis(each.meanBefore(Outcome.Bin::meanMillis)),
                    Report.millis(each.worst(Outcome.Bin::meanMillis)));
        }
        report.table("restarts", table);
        for (Workload workload : Workload.values()) {
            report.picture("cache-restart-" + workload.text + ".svg", chart(workload));
        }
        reportOutages(report);
    }

    private void reportOutages(Report report) {
        Table table = new Table(
                1,
                "clients",
                "mean wait before",
                "first 10 s",
                "next 10 s",
                "queries that waited the 20 ms",
                "of all then");
        for (Case each : outages) {
            List<Outcome.Bin> bins = each.outcome.get().bins();
            int first = bin(EVENT);
            long lost = each.outcome.get().redisTimeouts();
            long then = 0;
            for (int i = first; i < first + 12; i++) {
                then += bins.get(i).queries;
            }
            table.row(
                    each.workload.text,
                    Report.millis(each.meanBefore(Outcome.Bin::meanMillis)),
                    Report.millis(bins.get(first).meanMillis()),
                    Report.millis(bins.get(first + 1).meanMillis()),
                    Table.number(lost),
                    Table.number(then));
        }
        report.table("outage", table);
    }

    private Chart chart(Workload workload) {
        Chart chart = new Chart(
                "Three instances restart: " + workload.text + ", 300 queries/s",
                Axis.linear("seconds since the first restart", -60, 360, -60, 0, 60, 120, 180, 240, 300, 360),
                Axis.linear("upstream queries per second", 0, 250, 0, 50, 100, 150, 200, 250));
        for (Case each : cases) {
            if (each.workload == workload) {
                List<Point> points = new ArrayList<>();
                for (int second = -60; second < 360; second += Outcome.Bin.SECONDS) {
                    int bin = bin(EVENT.plusSeconds(second));
                    points.add(
                            new Point(second, each.outcome.get().bins().get(bin).upstreamPerSecond()));
                }
                chart.steps(each.levels.text + ", " + each.event, points);
            }
        }
        return chart;
    }

    private static int bin(Duration at) {
        return (int) (at.toSeconds() / Outcome.Bin.SECONDS);
    }

    /** Tells one number of each bin. */
    @FunctionalInterface
    private interface Measure {
        double of(Outcome.Bin bin);
    }

    private record Case(Workload workload, String event, Levels levels, Supplier<Outcome> outcome) {

        double upstreamBefore() {
            return meanBefore(Outcome.Bin::upstreamPerSecond);
        }

        double meanBefore(Measure measure) {
            double sum = 0;
            int from = bin(WARM_UP);
            int to = bin(EVENT);
            for (int i = from; i < to; i++) {
                sum += measure.of(outcome.get().bins().get(i));
            }
            return sum / (to - from);
        }

        double worst(Measure measure) {
            double worst = 0;
            for (int i = bin(EVENT); i < bin(WARM_UP.plus(MEASURED)); i++) {
                worst = Math.max(worst, measure.of(outcome.get().bins().get(i)));
            }
            return worst;
        }

        double moreUpstream() {
            double before = upstreamBefore();
            double more = 0;
            for (int i = bin(EVENT); i < bin(WARM_UP.plus(MEASURED)); i++) {
                more += (outcome.get().bins().get(i).upstreamPerSecond() - before) * Outcome.Bin.SECONDS;
            }
            return more;
        }
    }
}
