package io.dnsproxy.resilience;

import io.dnsproxy.benchmark.sidebyside.OwnJvm;
import io.dnsproxy.benchmark.sidebyside.Programs;
import io.dnsproxy.resilience.RunningProxy.Needs;
import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Lets every fault loose under every load on dnsproxy and its peer, and writes what it saw into {@code docs/resilience.md}. Where it can,
 * it does so in a network namespace of its own, in which packets get lost.
 */
public final class ChaosSuite {

    /** Set in the process that has a network of its own. */
    private static final String INSIDE = "dnsproxy.chaos.inside";

    /** The core of the upstreams and the clients. */
    private static final String CORE = "1";

    private static final Duration CALM_PATIENCE = Duration.ofSeconds(30);

    /** Beyond this something hangs. */
    private static final long BOUND_MINUTES = 40;

    private final Options options;
    private final Programs programs;
    private final Scene scene;
    private final Results results;

    private ChaosSuite(Options options, Programs programs, Scene scene) throws IOException {
        this.options = options;
        this.programs = programs;
        this.scene = scene;
        this.results = Results.readFrom(options.kept());
        scene.authority().writePem(programs.folder());
    }

    /**
     * Runs what is wanted.
     *
     * @param args as {@link Options} has them
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Options options = Options.parse(args);
        if (!Boolean.getBoolean(INSIDE) && canHaveOwnNetwork()) {
            System.exit(runInside(args));
        }
        Thread.ofPlatform().daemon().start(ChaosSuite::endAfterBound);
        Network network = Boolean.getBoolean(INSIDE) ? FilteredNetwork.setUp() : new SilentNetwork();
        try (Programs programs = new Programs();
                Scene scene = new Scene(network, FalseClock.in(programs.folder()))) {
            ChaosSuite suite = new ChaosSuite(options, programs, scene);
            for (Proxy proxy : options.proxies()) {
                if (proxy.isInstalled(options)) {
                    suite.run(proxy);
                } else {
                    say(proxy.title() + " is not there");
                }
            }
            suite.report();
        }
    }

    private void run(Proxy proxy) throws IOException {
        for (Needs needs : Needs.values()) {
            List<Fault> faults = options.faults().stream()
                    .filter(fault -> Needs.of(fault) == needs && proxy.takes(fault) && fault.canBeHad(scene))
                    .toList();
            if (!faults.isEmpty()) {
                run(proxy, needs, faults);
            }
        }
    }

    private void run(Proxy proxy, Needs needs, List<Fault> faults) throws IOException {
        RunningProxy running = start(proxy, needs);
        try {
            for (Fault fault : faults) {
                for (Load load : options.loads()) {
                    if (proxy.isJava() && !Trial.awaitCalm(scene, running.address(), CALM_PATIENCE)) {
                        say(proxy.title() + " has not recovered and starts anew");
                        running.end();
                        running = start(proxy, needs);
                    }
                    Trial.Result result = options.trial(fault, load).carryOut(scene, running.address());
                    results.add(fault, load, proxy, result);
                    results.keep(options.kept());
                    say(line(fault, load, proxy, result));
                    if (!proxy.isJava()) {
                        running.end(); // it remembers for minutes who was slow or down
                        running = start(proxy, needs);
                    }
                }
            }
        } finally {
            running.end();
        }
    }

    private RunningProxy start(Proxy proxy, Needs needs) throws IOException {
        return RunningProxy.start(proxy, needs, programs, scene, options);
    }

    private void report() throws IOException {
        Report report = new Report(options, results, scene);
        System.out.println(report.text());
        if (options.writesDocument()) {
            report.write(Path.of(options.docs()));
        }
    }

    private static String line(Fault fault, Load load, Proxy proxy, Trial.Result result) {
        Outcome.Figures seen = result.figures();
        return String.format(
                Locale.ROOT,
                "%-14s %-5s %-8s sent %6d right %6d failed %5d wrong %d lost %d p50 %7.1f p99 %7.1f worst %7.1f ms, dials %d (full %d), recovered %d ms",
                fault.word(),
                load.word(),
                proxy.title(),
                seen.sent(),
                seen.right(),
                seen.failed(),
                seen.wrong(),
                seen.lost(),
                seen.p50Millis(),
                seen.p99Millis(),
                seen.worstMillis(),
                result.dials(),
                result.fullHandshakes(),
                seen.recoveryMillis());
    }

    private static boolean canHaveOwnNetwork() {
        return Tools.find("unshare").isPresent()
                && Tools.find("nft").isPresent()
                && Tools.find("ip").isPresent()
                && Tools.run("unshare", "-r", "-n", "nft", "add", "table", "inet", "chaos")
                                .exitCode()
                        == 0;
    }

    /** This program once more, in a network of its own. */
    private static int runInside(String[] args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("unshare", "-r", "-n"));
        if (Runtime.getRuntime().availableProcessors() > 1
                && Tools.find("taskset").isPresent()) {
            command.addAll(List.of("taskset", "-c", CORE));
        }
        command.addAll(OwnJvm.command(List.of("-XX:+UseSerialGC", "-Xmx512m", "-D" + INSIDE + "=true")));
        command.add(ChaosSuite.class.getName());
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(OwnJvm.variables());
        Process inside = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(inside::destroy));
        return inside.waitFor();
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
