package io.dnsproxy.analysis;

import io.dnsproxy.analysis.Chart.Axis;
import io.dnsproxy.analysis.Setup.Levels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What clients wait, for several distances of the public resolver and of Redis. */
final class LatencyStudy {

    private static final int INSTANCES = 10;

    private final List<Case> cases = new ArrayList<>();

    LatencyStudy(Laboratory laboratory) {
        for (Workload workload : Workload.values()) {
            for (long upstreamMillis : new long[] {10, 30}) {
                Duration upstream = Duration.ofMillis(upstreamMillis);
                Setup setup = workload.setup().instances(INSTANCES);
                add(laboratory, workload, "none", setup.levels(Levels.NONE).roundTrips(Duration.ZERO, upstream));
                add(laboratory, workload, "local", setup.roundTrips(Duration.ZERO, upstream));
                Setup both = setup.levels(Levels.LOCAL_AND_REDIS);
                add(
                        laboratory,
                        workload,
                        "local + Redis, 0.3 ms",
                        both.roundTrips(Duration.ofNanos(300_000), upstream));
                add(laboratory, workload, "local + Redis, 1 ms", both.roundTrips(Duration.ofMillis(1), upstream));
            }
        }
    }

    private void add(Laboratory laboratory, Workload workload, String caches, Setup setup) {
        cases.add(new Case(workload, setup.upstreamRoundTrip, caches, laboratory.run(setup)));
    }

    void report(Report report) {
        Table table = new Table(3, "clients", "upstream", "caches", "mean", "p50", "p75", "p90", "p99");
        for (Case each : cases) {
            LatencyHistogram latency = each.outcome.get().latency();
            table.row(
                    each.workload.text,
                    each.upstream.toMillis() + " ms",
                    each.caches,
                    Report.millis(latency.meanMillis()),
                    Report.millis(latency.quantileMillis(0.5)),
                    Report.millis(latency.quantileMillis(0.75)),
                    Report.millis(latency.quantileMillis(0.9)),
                    Report.millis(latency.quantileMillis(0.99)));
        }
        report.table("latency", table);
        for (Workload workload : Workload.values()) {
            report.picture("cache-latency-" + workload.text + ".svg", chart(workload));
        }
    }

    private Chart chart(Workload workload) {
        Chart chart = new Chart(
                "What clients wait: " + workload.text + ", ten instances, upstream 30 ms away",
                Axis.logarithmic("milliseconds", 0.03, 50, 0.05, 0.1, 0.3, 1, 3, 10, 30),
                Axis.linear("% of queries answered", 0, 100, 0, 20, 40, 60, 80, 100));
        for (Case each : cases) {
            if (each.workload == workload && each.upstream.toMillis() == 30) {
                List<Chart.Point> points = new ArrayList<>();
                points.add(new Chart.Point(0.03, 0));
                points.addAll(each.outcome.get().latency().cumulative());
                chart.steps(each.caches, points);
            }
        }
        return chart;
    }

    private record Case(Workload workload, Duration upstream, String caches, Supplier<Outcome> outcome) {}
}
