package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.analysis.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One worker on a core of its own, one that may use both cores, two on both: cached answers, 64 client sockets. */
final class WorkersPart implements ScalePart {

    private static final int SOCKETS = 64;
    private static final int QUERIES_PER_SECOND = 40_000;
    private static final int WARM_SECONDS = 4;
    private static final long RATE_MILLIS = 3_000;
    private static final long SATURATED_MILLIS = 1_500;
    private static final String THREADS = "udp-";

    @Override
    public String measure(ScaleRun run) throws IOException {
        String both = Cores.SERVER + "," + Cores.OTHERS;
        List<Row> rows = new ArrayList<>();
        for (Setup setup : List.of(
                new Setup("1 worker, first core", 1, Integer.toString(Cores.SERVER)),
                new Setup("1 worker, both cores", 1, both),
                new Setup("2 workers, both cores", 2, both))) {
            RunningServer server = run.server(
                    run.options().jvm(),
                    setup.cores,
                    Map.of("DNSPROXY_LISTEN_WORKERS", Integer.toString(setup.workers)));
            run.warm(server, WARM_SECONDS);
            rows.add(new Row(setup, server));
        }
        Demand rate = Demand.atRate(Names.KNOWN, SOCKETS, QUERIES_PER_SECOND);
        Demand saturating = Demand.saturating(Names.KNOWN, Names.COUNT, SOCKETS, 256);
        for (int round = 0; round < run.options().rounds(); round++) {
            for (Row row : rows) {
                Map<String, Long> before = row.threads();
                row.atRate.add(run.measure(row.server, row.setup.title + ", rate", rate, RATE_MILLIS));
                row.shares.add(share(before, row.threads()));
                row.saturated.add(
                        run.measure(row.server, row.setup.title + ", saturated", saturating, SATURATED_MILLIS));
            }
        }
        return table(rows);
    }

    private static String table(List<Row> rows) {
        Table table = new Table(
                1,
                "cached, UDP, 64 client sockets",
                "µs at " + ScaleRun.whole(QUERIES_PER_SECOND) + " q/s",
                "× one worker, same cores",
                "p99 ms",
                "not answered",
                "busier worker's share",
                "q/s, saturated",
                "µs, saturated");
        Row one = rows.get(1);
        for (Row row : rows) {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < row.atRate.size(); i++) {
                ratios.add(row.atRate.get(i).cpuMicrosPerQuery()
                        / one.atRate.get(i).cpuMicrosPerQuery());
            }
            ratios.sort(null);
            table.row(
                    row.setup.title,
                    Report.number(ScaleRun.median(row.atRate, Measurement::cpuMicrosPerQuery)),
                    String.format(Locale.ROOT, "%.2f", ratios.get(ratios.size() / 2)),
                    ScaleRun.millis((long) ScaleRun.median(row.atRate, Measurement::p99Nanos)),
                    ScaleRun.percent(ScaleRun.median(row.atRate, Measurement::failed)),
                    String.format(
                            Locale.ROOT,
                            "%.0f %%",
                            100
                                    * row.shares.stream()
                                            .mapToDouble(Double::doubleValue)
                                            .max()
                                            .orElse(0)),
                    ScaleRun.whole(ScaleRun.median(row.saturated, Measurement::queriesPerSecond)),
                    Report.number(ScaleRun.median(row.saturated, Measurement::cpuMicrosPerQuery)));
        }
        return table.markdown();
    }

    /** What the busier of the workers took of what all took. */
    private static double share(Map<String, Long> before, Map<String, Long> after) {
        double sum = 0;
        double most = 0;
        for (Map.Entry<String, Long> thread : after.entrySet()) {
            double took = thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
            sum += took;
            most = Math.max(most, took);
        }
        return sum == 0 ? 1 : most / sum;
    }

    private record Setup(String title, int workers, String cores) {}

    private static final class Row {

        final Setup setup;
        final RunningServer server;
        final List<Measurement> atRate = new ArrayList<>();
        final List<Double> shares = new ArrayList<>();
        final List<Measurement> saturated = new ArrayList<>();

        Row(Setup setup, RunningServer server) {
            this.setup = setup;
            this.server = server;
        }

        Map<String, Long> threads() throws IOException {
            return ProcessFigures.threadCpuMicros(server.process().pid(), THREADS);
        }
    }
}
