package io.dnsproxy.benchmark.startup;

import io.dnsproxy.analysis.Document;
import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Starts dnsproxy and the empty application in turn, and writes what it saw into {@code docs/startup.md}. */
public final class StartUp {

    private static final int PROGRAMS_CORE = 0;
    private static final int OWN_CORE = 1;

    /** Beyond this something hangs. */
    private static final long BOUND_MINUTES = 20;

    /** Until compilers rest and all that they have freed is given back. */
    private static final long SETTLE_MILLIS = 15_000;

    /** What a monitor asks in the first minutes. */
    private static final int PROBES = 20;

    private final Options options;
    private final Upstream upstream;
    private final Path folder;
    private final List<Start> starts = new ArrayList<>();
    private final Results results = new Results();

    /** What is started in each round. */
    private record Start(Way way, Program program, List<String> command) {}

    private StartUp(Options options, Upstream upstream, Path folder) {
        this.options = options;
        this.upstream = upstream;
        this.folder = folder;
    }

    /**
     * Measures.
     *
     * @param args as {@link Options} has them
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Options options = Options.parse(args);
        Thread.ofPlatform().daemon().start(StartUp::endAfterBound);
        Path folder = Files.createTempDirectory("startup");
        Results results;
        try (Upstream upstream = new Upstream(folder)) {
            StartUp bench = new StartUp(options, upstream, folder);
            bench.prepare();
            bench.measure();
            results = bench.results;
        } finally {
            remove(folder);
        }
        Report report = new Report(options, results);
        System.out.println(report.text());
        if (options.writesDocument()) {
            new Document(Path.of(options.docs(), "startup.md")).fill(report.parts());
        }
        System.exit(0); // the resolver's threads would keep it
    }

    private void prepare() throws IOException {
        Path ours = options.jar().toAbsolutePath();
        Path empty = folder.resolve("empty.jar");
        EmptyJar.write(ours, empty);
        for (Way way : options.ways()) {
            for (Program program : Program.values()) {
                Path jar = program == Program.EMPTY ? empty : ours;
                starts.add(new Start(way, program, way.prepare(program, jar, options.imageFlags(), upstream, folder)));
            }
        }
    }

    private void measure() throws IOException, InterruptedException {
        Tools.run(
                "taskset",
                "-apc",
                Integer.toString(OWN_CORE),
                Long.toString(ProcessHandle.current().pid()));
        for (int round = 0; round <= options.rounds(); round++) {
            for (Start start : starts) {
                Seen seen = run(start, round > 0 && start.way() == Way.IMAGE);
                System.out.printf(
                        Locale.ROOT,
                        "round %d %-16s %-18s %5.0f ms, %5.0f ms cpu, %4d MB%n",
                        round,
                        start.way().title(),
                        start.program().title(),
                        seen.millis(),
                        seen.cpuMillis(),
                        seen.restingKibibytes() >> 10);
                if (round > 0) { // the first one is for the page cache
                    results.add(start.way(), start.program(), seen);
                }
            }
        }
    }

    private Seen run(Start start, boolean memory) throws IOException, InterruptedException {
        Program program = start.program();
        try (Launch launch = Launch.of(program, start.command(), upstream, folder, PROGRAMS_CORE)) {
            double millis = launch.firstAnswerNanos() / 1e6;
            long cpuMillis = Seen.cpuMillis(launch.pid());
            return new Seen(millis, cpuMillis, memory ? restingKibibytes(program, launch) : 0);
        }
    }

    private long restingKibibytes(Program program, Launch launch) throws IOException, InterruptedException {
        for (int i = 0; i < PROBES; i++) {
            Health.isUp(launch.ports().http());
        }
        if (program == Program.DNSPROXY) {
            Dns.askAll(launch.ports().dns(), options.names());
            upstream.forget();
        }
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        return Seen.rssKibibytes(launch.pid());
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
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
