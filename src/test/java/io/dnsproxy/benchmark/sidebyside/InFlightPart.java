package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.analysis.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** An upstream that takes its time for every answer: what comes in that time is in flight. */
final class InFlightPart implements ScalePart {

    private static final int WARM_SECONDS = 4;

    /** Until the first answers have come, and a while. */
    private static final long SETTLE_MILLIS = 3_000;

    private static final long MILLIS = 4_000;

    @Override
    public String measure(ScaleRun run) throws IOException {
        Table table = new Table(
                2,
                "settings",
                "upstream's delay",
                "in flight",
                "q/s",
                "right",
                "SERVFAIL",
                "no answer in 2 s",
                "µs",
                "% of a core",
                "p50 ms",
                "p99 ms",
                "RSS MB",
                "connections");
        new Rows(run, table, "defaults", 1_000).measure(run.options().jvm(), Map.of(), 1, 100, 1_000, 2_000, 4_000);
        List<String> jvm = new ArrayList<>(run.options().jvm());
        jvm.add("-Xmx512m"); // the last one counts
        new Rows(run, table, "raised", 1_500)
                .measure(
                        jvm,
                        Map.of(
                                "DNSPROXY_MAX_IN_FLIGHT",
                                "100000",
                                "DNSPROXY_UPSTREAM_MAX_QUERIES_PER_CONNECTION",
                                "16384",
                                "DNSPROXY_UPSTREAM_ATTEMPT_TIMEOUT",
                                "3s"),
                        10_000,
                        50_000);
        return table.markdown();
    }

    /** Those of one instance and one upstream. */
    private static final class Rows {

        private final ScaleRun run;
        private final Table table;
        private final String settings;
        private final int delayMillis;
        private final int port;

        Rows(ScaleRun run, Table table, String settings, int delayMillis) throws IOException {
            this.run = run;
            this.table = table;
            this.settings = settings;
            this.delayMillis = delayMillis;
            this.port = Place.freePort();
            List<String> command = OwnJvm.command(List.of("-XX:+UseSerialGC", "-Xmx512m"));
            command.addAll(List.of(
                    SlowUpstream.class.getName(),
                    run.programs().folder().toString(),
                    Integer.toString(port),
                    Integer.toString(delayMillis)));
            run.knows(run.programs().start("slow-" + port, Cores.OTHERS, false, OwnJvm.variables(), command));
        }

        void measure(List<String> jvm, Map<String, String> settings, int... inFlight) throws IOException {
            Map<String, String> variables = new TreeMap<>(settings);
            variables.put("RESOLVER_HOST", "127.0.0.1@" + port + '#' + Place.UPSTREAM_NAME);
            RunningServer server = run.server(jvm, Integer.toString(Cores.SERVER), variables);
            run.carryOut(server, Demand.atRate(Names.NEW, 8, 1_300), 0, WARM_SECONDS * 1_000L);
            for (int queries : inFlight) {
                row(server, queries);
            }
            run.end(server);
        }

        private void row(RunningServer server, int inFlight) throws IOException {
            int rate = Math.max(1, inFlight * 1_000 / delayMillis);
            Measurement seen;
            try {
                seen = run.carryOut(server, Demand.atRate(Names.NEW, 8, rate), SETTLE_MILLIS, MILLIS);
            } catch (IOException e) { // too many were lost to tell the rest apart
                System.out.println(settings + ' ' + inFlight + ": " + e.getMessage());
                table.row(
                        settings,
                        delay(),
                        ScaleRun.whole(inFlight),
                        ScaleRun.whole(rate),
                        "broken off",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "");
                return;
            }
            double all = seen.right() + seen.wrong() + seen.refused() + seen.lost();
            table.row(
                    settings,
                    delay(),
                    ScaleRun.whole(inFlight),
                    ScaleRun.whole(rate),
                    ScaleRun.percent(seen.right() / all),
                    ScaleRun.percent(seen.refused() / all),
                    ScaleRun.percent(seen.lost() / all),
                    rate < 100 ? "" : ScaleRun.micros(seen),
                    ScaleRun.percent(ScaleRun.busy(seen)),
                    seen.right() == 0 ? "" : ScaleRun.millis(seen.p50Nanos()),
                    seen.right() == 0 ? "" : ScaleRun.millis(seen.p99Nanos()),
                    ScaleRun.rss(seen),
                    UpstreamSegments.connections(server.process().pid(), port));
            System.out.println(settings + ' ' + inFlight + ": " + seen);
        }

        private String delay() {
            return String.format(Locale.ROOT, "%.1f s", delayMillis / 1e3);
        }
    }
}
