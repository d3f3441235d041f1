package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.analysis.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The same uncached load, put on one upstream, on four, on sixteen. */
final class UpstreamsPart implements ScalePart {

    private static final int[] UPSTREAMS = {1, 4, Upstream.ADDRESSES};
    private static final int QUERIES_PER_SECOND = 5_000;
    private static final int WARM_SECONDS = 8;
    private static final long MILLIS = 3_000;

    @Override
    public String measure(ScaleRun run) throws IOException {
        List<RunningServer> servers = new ArrayList<>();
        List<List<Measurement>> seen = new ArrayList<>();
        for (int upstreams : UPSTREAMS) {
            RunningServer server =
                    run.server(Map.of("RESOLVER_HOST", run.upstream().servers(upstreams)));
            run.carryOut(server, Demand.saturating(Names.NEW, 0, 8, 128), 0, WARM_SECONDS * 1_000L);
            servers.add(server);
            seen.add(new ArrayList<>());
        }
        long[] connections = new long[UPSTREAMS.length];
        Demand demand = Demand.atRate(Names.NEW, 8, QUERIES_PER_SECOND);
        for (int round = 0; round < run.options().rounds(); round++) {
            for (int i = 0; i < UPSTREAMS.length; i++) {
                seen.get(i).add(run.measure(servers.get(i), UPSTREAMS[i] + " upstreams", demand, MILLIS));
                connections[i] = UpstreamSegments.connections(
                        servers.get(i).process().pid(), run.upstream().port());
            }
        }
        Table table = new Table(
                1,
                "upstreams, " + ScaleRun.whole(QUERIES_PER_SECOND) + " q/s uncached",
                "connections",
                "µs",
                "p50 ms",
                "p99 ms",
                "not answered",
                "RSS MB");
        for (int i = 0; i < UPSTREAMS.length; i++) {
            List<Measurement> all = seen.get(i);
            table.row(
                    UPSTREAMS[i],
                    connections[i],
                    Report.number(ScaleRun.median(all, Measurement::cpuMicrosPerQuery)),
                    ScaleRun.millis((long) ScaleRun.median(all, Measurement::p50Nanos)),
                    ScaleRun.millis((long) ScaleRun.median(all, Measurement::p99Nanos)),
                    ScaleRun.percent(ScaleRun.median(all, Measurement::failed)),
                    ScaleRun.whole(ScaleRun.median(all, Measurement::rssKibibytes) / 1_024));
        }
        return table.markdown();
    }
}
