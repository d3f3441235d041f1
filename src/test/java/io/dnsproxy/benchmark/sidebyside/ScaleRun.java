package io.dnsproxy.benchmark.sidebyside;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The programs of one part: an upstream, a generator, and as many instances of dnsproxy as it asks for. One thread. */
final class ScaleRun {

    /** Before each measurement, of the load that is measured. */
    static final long SETTLE_MILLIS = 1_000;

    private static final int SOCKETS = 8;
    private static final int IN_FLIGHT = 256;

    private final Options options;
    private final Programs programs;
    private final Upstream upstream;
    private final Generator generator;
    private final Noise.Watch watch;

    private ScaleRun(Options options, Programs programs, Upstream upstream, Generator generator, Noise.Watch watch) {
        this.options = options;
        this.programs = programs;
        this.upstream = upstream;
        this.generator = generator;
        this.watch = watch;
    }

    static ScaleRun start(Options options, Programs programs) throws IOException {
        Noise.Watch watch = Noise.watch();
        Upstream upstream = Upstream.start(programs, Upstream.Program.UNBOUND);
        Generator generator = Generator.start(programs);
        watch.add(upstream.process().pid());
        watch.add(generator.pid());
        return new ScaleRun(options, programs, upstream, generator, watch);
    }

    Options options() {
        return options;
    }

    Programs programs() {
        return programs;
    }

    Upstream upstream() {
        return upstream;
    }

    /** What disturbed it, to be called while all still runs. */
    Noise noise() throws IOException {
        return watch.end();
    }

    /** A program that is no noise. */
    void knows(Process process) {
        watch.add(process.pid());
    }

    /** An instance on the first core, its upstream the usual one. */
    RunningServer server(Map<String, String> variables) throws IOException {
        return server(options.jvm(), Integer.toString(Cores.SERVER), variables);
    }

    RunningServer server(List<String> jvm, String cores, Map<String, String> variables) throws IOException {
        RunningServer server = RunningServer.start(
                Contestant.DNSPROXY, programs, upstream.port(), options.withJvm(jvm), cores, variables);
        knows(server.process());
        return server;
    }

    /** Load of cached answers, for the compiler. */
    void warm(RunningServer server, int seconds) throws IOException {
        carryOut(server, cached(Names.COUNT), 0, seconds * 1_000L);
    }

    /** Cached answers as fast as the server can. */
    static Demand cached(int names) {
        return Demand.saturating(Names.KNOWN, names, SOCKETS, IN_FLIGHT);
    }

    Measurement measure(RunningServer server, String title, Demand demand, long millis) throws IOException {
        return said(title, carryOut(server, demand, SETTLE_MILLIS, millis));
    }

    Measurement carryOut(RunningServer server, Demand demand, long warmMillis, long millis) throws IOException {
        return generator.carryOut(server.order(demand, warmMillis, millis));
    }

    /** Ends it, so that the memory of several is not needed at one time. */
    void end(RunningServer server) throws IOException {
        watch.ends(server.process().pid());
        server.process().destroy();
        try {
            boolean _ = server.process().waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Measurement said(String title, Measurement seen) {
        System.out.printf(
                Locale.ROOT,
                "%-40s %6.1f us (generator %.1f) %,9.0f q/s p50 %.2f p99 %.2f ms, wrong %d, refused %d, lost %d, %d MB%n",
                title,
                seen.cpuMicrosPerQuery(),
                seen.generatorMicrosPerQuery(),
                seen.queriesPerSecond(),
                seen.p50Nanos() / 1e6,
                seen.p99Nanos() / 1e6,
                seen.wrong(),
                seen.refused(),
                seen.lost(),
                seen.rssKibibytes() / 1_024);
        return seen;
    }

    // ------------ figures as cells

    static String micros(Measurement seen) {
        return seen.right() == 0 ? "" : Report.number(seen.cpuMicrosPerQuery());
    }

    static String rate(Measurement seen) {
        return whole(seen.queriesPerSecond());
    }

    static String whole(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }

    static String millis(long nanos) {
        return String.format(Locale.ROOT, nanos < 100_000_000 ? "%.2f" : "%.0f", nanos / 1e6);
    }

    static String percent(double share) {
        return share == 0 ? "0" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    static String rss(Measurement seen) {
        return whole(seen.rssKibibytes() / 1_024.0);
    }

    /** Of one core, from 0 to 1 for each that is busy. */
    static double busy(Measurement seen) {
        return seen.serverCpuMicros() * 1_000.0 / seen.nanos();
    }

    static double median(List<Measurement> all, ToDoubleFunction<Measurement> figure) {
        List<Double> sorted = new ArrayList<>();
        all.forEach(seen -> sorted.add(figure.applyAsDouble(seen)));
        sorted.sort(null);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
