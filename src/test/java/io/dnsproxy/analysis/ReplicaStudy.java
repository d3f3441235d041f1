package io.dnsproxy.analysis;

import io.dnsproxy.analysis.Chart.Axis;
import io.dnsproxy.analysis.Chart.Point;
import io.dnsproxy.analysis.Setup.Levels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The same clients before ever more instances, each of which sees a smaller part of the queries. */
final class ReplicaStudy {

    private static final int[] INSTANCES = {1, 3, 10, 50};

    /** Three and ten that a balancer with affinity chooses by the client's address, or one on each of fifty nodes. */
    private static final int[] BOUND = {3, 10, 50};

    private final List<Case> cases = new ArrayList<>();
    private final List<Case> bound = new ArrayList<>();

    ReplicaStudy(Laboratory laboratory) {
        for (Workload workload : Workload.values()) {
            cases.add(of(workload, 1, Levels.NONE, workload.setup(), laboratory));
            for (int instances : INSTANCES) {
                for (Levels levels : List.of(Levels.LOCAL, Levels.LOCAL_AND_REDIS)) {
                    cases.add(of(workload, instances, levels, workload.setup(), laboratory));
                }
            }
            for (int instances : BOUND) {
                for (Levels levels : List.of(Levels.LOCAL, Levels.LOCAL_AND_REDIS)) {
                    bound.add(of(workload, instances, levels, workload.setup().bound(), laboratory));
                }
            }
        }
    }

    private static Case of(Workload workload, int instances, Levels levels, Setup setup, Laboratory laboratory) {
        return new Case(
                workload,
                instances,
                levels,
                laboratory.run(setup.instances(instances).levels(levels)));
    }

    void report(Report report) {
        report.table("replicas", table(cases));
        report.table("bound", table(bound));
        report.picture("cache-replicas.svg", chart());
        report.table("memory", memory());
        words(report);
    }

    private static Table table(List<Case> cases) {
        Table table = new Table(
                3,
                "clients",
                "instances",
                "caches",
                "answered at once",
                "upstream spared",
                "upstream queries/s",
                "mean wait",
                "p50",
                "p90",
                "p99");
        for (Case each : cases) {
            Outcome outcome = each.outcome.get();
            table.row(
                    each.workload.text,
                    each.instances,
                    each.levels.text,
                    Report.percent(outcome.localHitPercent()),
                    Report.percent(outcome.savedPercent()),
                    Report.one(outcome.upstreamPerSecond()),
                    Report.millis(outcome.latency().meanMillis()),
                    Report.millis(outcome.latency().quantileMillis(0.5)),
                    Report.millis(outcome.latency().quantileMillis(0.9)),
                    Report.millis(outcome.latency().quantileMillis(0.99)));
        }
        return table;
    }

    private void words(Report report) {
        for (Workload workload : Workload.values()) {
            for (Levels levels : List.of(Levels.LOCAL, Levels.LOCAL_AND_REDIS)) {
                String name = workload.text + (levels == Levels.LOCAL ? "-local" : "-redis");
                Outcome three = outcome(cases, workload, 3, levels);
                report.words(name, Report.wholePercent(three.savedPercent()));
                report.words(
                        name + "-bound",
                        Report.wholePercent(outcome(bound, workload, 3, levels).savedPercent()));
                report.words(name + "-wait", Report.one(three.latency().meanMillis()) + " ms");
            }
        }
    }

    private Chart chart() {
        Chart chart = new Chart(
                "Queries that need not go upstream, 300 queries/s in all",
                Axis.logarithmic("instances that share the queries", 1, 50, 1, 2, 3, 5, 10, 20, 50),
                Axis.linear("% of queries", 0, 100, 0, 20, 40, 60, 80, 100));
        for (Workload workload : Workload.values()) {
            for (Levels levels : List.of(Levels.LOCAL, Levels.LOCAL_AND_REDIS)) {
                List<Point> points = new ArrayList<>();
                for (int instances : INSTANCES) {
                    points.add(new Point(
                            instances,
                            outcome(cases, workload, instances, levels).savedPercent()));
                }
                chart.line(workload.text + ", " + levels.text, points);
            }
        }
        return chart;
    }

    private Table memory() {
        Table table = new Table(
                2,
                "clients",
                "instances",
                "entries in each",
                "octets an entry",
                "memory of each",
                "entries in Redis",
                "octets of a message");
        for (Workload workload : Workload.values()) {
            for (int instances : INSTANCES) {
                Outcome outcome = outcome(cases, workload, instances, Levels.LOCAL_AND_REDIS);
                table.row(
                        workload.text,
                        instances,
                        Report.whole((double) outcome.entries() / instances),
                        Report.whole((double) outcome.octets() / outcome.entries()),
                        Report.one((double) outcome.octets() / instances / (1 << 20)) + " MB",
                        Report.whole(outcome.redisEntries()),
                        Report.whole((double) outcome.redisMessageOctets() / outcome.redisEntries()));
            }
        }
        return table;
    }

    private static Outcome outcome(List<Case> cases, Workload workload, int instances, Levels levels) {
        for (Case each : cases) {
            if (each.workload == workload && each.instances == instances && each.levels == levels) {
                return each.outcome.get();
            }
        }
        throw new IllegalArgumentException("not studied");
    }

    private record Case(Workload workload, int instances, Levels levels, Supplier<Outcome> outcome) {}
}
