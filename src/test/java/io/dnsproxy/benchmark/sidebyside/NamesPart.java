package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.analysis.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a hit costs, and what the process occupies, with few names in the cache and with many. */
final class NamesPart implements ScalePart {

    private static final int WARM_SECONDS = 4;
    private static final long MILLIS = 2_000;
    private static final long FILL_MILLIS = 6_000;
    private static final int FILLS_MAX = 8;

    @Override
    public String measure(ScaleRun run) throws IOException {
        Table table = new Table(1, "cached names, all as likely", "heap MB", "µs for a hit", "q/s", "p99 ms", "RSS MB");
        RunningServer usual = run.server(Map.of());
        run.warm(usual, WARM_SECONDS);
        for (int names : new int[] {100, 10_000, 100_000}) {
            row(run, table, usual, names, "256");
        }
        run.end(usual);
        List<String> jvm = new ArrayList<>(run.options().jvm());
        jvm.add("-Xmx1g"); // the last one counts
        RunningServer large =
                run.server(jvm, Integer.toString(Cores.SERVER), Map.of("DNSPROXY_CACHE_MAX_SIZE", "450MB"));
        run.warm(large, WARM_SECONDS);
        row(run, table, large, 10_000, "1,024");
        row(run, table, large, 1_000_000, "1,024");
        run.end(large);
        return table.markdown();
    }

    private static void row(ScaleRun run, Table table, RunningServer server, int names, String heap)
            throws IOException {
        Demand fill = Demand.saturating(Names.IN_TURN, names, 8, 128);
        for (int i = 0; i < FILLS_MAX; i++) {
            Measurement filled = run.carryOut(server, fill, 0, FILL_MILLIS);
            if (filled.rightInAll() > names) {
                break;
            }
        }
        Measurement seen = run.measure(server, names + " names", ScaleRun.cached(names), MILLIS);
        table.row(
                ScaleRun.whole(names),
                heap,
                ScaleRun.micros(seen),
                ScaleRun.rate(seen),
                ScaleRun.millis(seen.p99Nanos()),
                ScaleRun.rss(seen));
    }
}
