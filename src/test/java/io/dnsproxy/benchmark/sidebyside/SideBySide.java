package io.dnsproxy.benchmark.sidebyside;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Measures dnsproxy and its peers in one run, and writes what it saw into {@code docs/performance.md}. */
public final class SideBySide {

    private static final long SETTLE_MILLIS = 1_000;

    /** An echo is soon compiled. */
    private static final int FLOOR_WARM_SECONDS = 2;

    /** Beyond this something hangs. */
    private static final long BOUND_MINUTES = 40;

    private final Options options;
    private final Programs programs;
    private final Results results = new Results();
    private int upstreamPort;

    private SideBySide(Options options, Programs programs) {
        this.options = options;
        this.programs = programs;
    }

    /**
     * Runs the loads, all servers in turn at each.
     *
     * @param args as {@link Options} has them
     */
    public static void main(String[] args) throws IOException {
        Options options = Options.parse(args);
        Thread.ofPlatform().daemon().start(SideBySide::endAfterBound);
        Results results;
        Noise noise;
        try (Programs programs = new Programs()) {
            SideBySide bench = new SideBySide(options, programs);
            Noise.Watch watch = Noise.watch();
            bench.run(watch);
            noise = watch.end();
            results = bench.results;
        }
        Report report = new Report(options, results, noise);
        System.out.println(report.text());
        if (options.writesDocument()) {
            report.write(Path.of(options.docs()));
        }
    }

    private void run(Noise.Watch watch) throws IOException {
        startUpstream(watch);
        Generator generator = Generator.start(programs);
        watch.add(generator.pid());
        List<RunningServer> servers = new ArrayList<>();
        for (Contestant contestant : options.contestants()) {
            if (!contestant.isInstalled()) {
                results.missing(contestant, "not installed");
                continue;
            }
            try {
                RunningServer server = RunningServer.start(contestant, programs, upstreamPort, options);
                servers.add(server);
                watch.add(server.process().pid());
                say("started " + contestant.title());
            } catch (IOException e) {
                say(e.toString());
                results.missing(contestant, "did not start");
            }
        }
        for (Load load : options.loads()) {
            measure(load, servers, generator);
        }
    }

    private void measure(Load load, List<RunningServer> servers, Generator generator) throws IOException {
        for (RunningServer server : servers) {
            if (server.contestant().isJava() && server.contestant().takes(load)) {
                int seconds = server.contestant().isFloor() ? FLOOR_WARM_SECONDS : options.warmSeconds();
                order(load, generator, server, server.order(load.demand(), 0, seconds * 1_000L));
            }
        }
        for (int round = 1; round <= options.rounds(); round++) {
            for (RunningServer server : servers) {
                if (!server.contestant().takes(load)) {
                    continue;
                }
                Measurement seen = order(
                        load, generator, server, server.order(load.demand(), SETTLE_MILLIS, options.millis(load)));
                if (seen != null) {
                    results.add(load, server.contestant(), round, seen);
                }
            }
        }
        for (RunningServer server : servers) {
            if (load.isSaturating() && server.contestant().takes(load)) {
                count(load, server, generator);
            }
        }
    }

    /** Null if nothing could be measured. */
    private @Nullable Measurement order(Load load, Generator generator, RunningServer server, Order order)
            throws IOException {
        if (!server.process().isAlive()) {
            say(server.contestant().title() + " has ended: "
                    + programs.said(server.contestant().word()));
            return null;
        }
        try {
            Measurement seen = generator.carryOut(order);
            say(String.format(
                    Locale.ROOT,
                    "%-26s %-18s %6.1f us (generator %.1f) %,9.0f q/s p50 %.2f p99 %.2f p99.9 %.2f ms, wrong %d, refused %d, lost %d",
                    load.title(),
                    server.contestant().title(),
                    seen.cpuMicrosPerQuery(),
                    seen.generatorMicrosPerQuery(),
                    seen.queriesPerSecond(),
                    seen.p50Nanos() / 1e6,
                    seen.p99Nanos() / 1e6,
                    seen.p999Nanos() / 1e6,
                    seen.wrong(),
                    seen.refused(),
                    seen.lost()));
            return seen;
        } catch (IOException e) {
            say(load.title() + ", " + server.contestant().title() + ": " + e.getMessage());
            return null;
        }
    }

    /** Apart from the measurements, since counting takes time. */
    private void count(Load load, RunningServer server, Generator generator) throws IOException {
        if (!server.process().isAlive()) {
            return;
        }
        long pid = server.process().pid();
        Order order = server.order(load.demand(), 0, SETTLE_MILLIS);
        if (SystemCalls.canBeCounted()) {
            try (SystemCalls calls = SystemCalls.of(pid, programs)) {
                Measurement seen = generator.carryOut(order);
                results.calls(load, server.contestant(), calls.end() * 1_000.0 / seen.rightInAll());
            } catch (IOException e) {
                say("calls of " + server.contestant().title() + ": " + e);
            }
        }
        if (load.names() != Names.KNOWN && !server.contestant().isFloor() && UpstreamSegments.canBeCounted()) {
            try {
                long before = UpstreamSegments.sent(pid, upstreamPort);
                Measurement seen = generator.carryOut(order);
                long sent = UpstreamSegments.sent(pid, upstreamPort) - before;
                if (sent >= 0) { // else connections were closed meanwhile, and took their counts with them
                    results.segments(load, server.contestant(), sent * 1_000.0 / seen.rightInAll());
                }
            } catch (IOException e) {
                say("segments of " + server.contestant().title() + ": " + e);
            }
        }
    }

    private void startUpstream(Noise.Watch watch) throws IOException {
        Upstream upstream = Upstream.start(programs, options.upstream());
        upstreamPort = upstream.port();
        watch.add(upstream.process().pid());
    }

    private static void say(String words) {
        System.out.println(words);
    }

    private static void endAfterBound() {
        try {
            TimeUnit.MINUTES.sleep(BOUND_MINUTES);
            System.err.println("not done after " + BOUND_MINUTES + " minutes");
            System.exit(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
