package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.analysis.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** TCP clients that say nothing, and the same number that asks in turn. */
final class TcpPart implements ScalePart {

    private static final int[] CLIENTS = {1, 100, 1_000, 10_000};

    /** In all; so from 100 clients on, each query comes alone. */
    private static final int IN_FLIGHT = 64;

    private static final int WARM_SECONDS = 4;
    private static final long IDLE_MILLIS = 2_000;

    /** Time to connect, to collect and to look. */
    private static final long HEAP_MILLIS = 5_000;

    private static final long MILLIS = 3_000;

    @Override
    public String measure(ScaleRun run) throws IOException {
        RunningServer server = run.server(Map.of(
                "DNSPROXY_LISTEN_TCP_MAX_CONNECTIONS",
                "16384",
                "DNSPROXY_LISTEN_TCP_MAX_CONNECTIONS_PER_CLIENT",
                "16384"));
        run.warm(server, WARM_SECONDS);
        List<Measurement> idle = new ArrayList<>();
        List<Long> heap = new ArrayList<>();
        for (int clients : CLIENTS) {
            heap.add(heap(run, server, clients));
            idle.add(run.measure(server, clients + " clients, idle", Demand.overTcp(clients, 0), IDLE_MILLIS));
        }
        run.carryOut(server, Demand.overTcp(100, IN_FLIGHT), 0, WARM_SECONDS * 1_000L);
        Table table = new Table(
                1,
                "TCP clients",
                "idle: RSS MB",
                "live heap MB",
                "heap KB for each",
                "idle: % of a core",
                "asking: µs",
                "q/s",
                "p99 ms",
                "RSS MB");
        for (int i = 0; i < CLIENTS.length; i++) {
            Measurement seen =
                    run.measure(server, CLIENTS[i] + " clients, asking", Demand.overTcp(CLIENTS[i], IN_FLIGHT), MILLIS);
            table.row(
                    ScaleRun.whole(CLIENTS[i]),
                    ScaleRun.rss(idle.get(i)),
                    Report.number(heap.get(i) / 1_024.0),
                    i == 0 ? "" : Report.number((heap.get(i) - heap.getFirst()) / (CLIENTS[i] - 1.0)),
                    ScaleRun.percent(ScaleRun.busy(idle.get(i))),
                    ScaleRun.micros(seen),
                    ScaleRun.rate(seen),
                    ScaleRun.millis(seen.p99Nanos()),
                    ScaleRun.rss(seen));
        }
        return table.markdown();
    }

    /** In kibibytes, after a collection, while all of them are connected; 0 if that cannot be told. */
    private static long heap(ScaleRun run, RunningServer server, int clients) throws IOException {
        if (!UpstreamSegments.canBeCounted()) {
            return 0;
        }
        CompletableFuture<Long> live = CompletableFuture.supplyAsync(() -> {
            long deadlineNanos = System.nanoTime() + HEAP_MILLIS * 1_000_000;
            while (UpstreamSegments.accepted(server.port()) < clients && System.nanoTime() < deadlineNanos) {
                Thread.onSpinWait();
            }
            return LiveHeap.kibibytes(server.process().pid());
        });
        run.carryOut(server, Demand.overTcp(clients, 0), 0, HEAP_MILLIS);
        return live.join();
    }
}
