package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.analysis.CommandLine;
import io.dnsproxy.analysis.Document;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * How the cost of a query grows with what one instance carries: workers, names, TCP clients, upstreams, queries in flight. Writes
 * what it saw into {@code docs/scaling.md}.
 */
public final class Scale {

    private static final String PARTS = "parts";

    private static final String JVM = "-XX:+UseSerialGC -Xmx256m -XX:MaxTenuringThreshold=1"
            + " -XX:+UseCompactObjectHeaders -Dio.netty.leakDetection.level=disabled";

    /** Beyond this something hangs. */
    private static final long BOUND_MINUTES = 15;

    private static final Map<String, ScalePart> ALL = Map.of(
            "workers", new WorkersPart(),
            "names", new NamesPart(),
            "tcp", new TcpPart(),
            "upstreams", new UpstreamsPart(),
            "in-flight", new InFlightPart());

    private static final List<String> ORDER = List.of("workers", "names", "tcp", "upstreams", "in-flight");

    private Scale() {}

    /**
     * Measures one part after the other, each with servers of its own.
     *
     * @param args {@code parts=workers,tcp}, default all; {@code rounds=}, {@code jvm=}, {@code jar=} and {@code docs=} as
     *     {@link Options} has them
     */
    public static void main(String[] args) throws IOException {
        Map<String, String> defaults = new HashMap<>(Options.DEFAULTS);
        defaults.putAll(Map.of("jvm", JVM, PARTS, ""));
        CommandLine said = CommandLine.parse(defaults, args);
        List<String> parts = parts(said);
        Options options = Options.of(said);
        Thread.ofPlatform().daemon().start(Scale::endAfterBound);
        for (String part : parts) {
            String tables = measure(part, options);
            System.out.println(tables);
            if (options.writesDocument()) {
                new Document(Path.of(options.docs(), "scaling.md")).fillIn(Map.of(part, '\n' + tables));
            }
        }
    }

    private static List<String> parts(CommandLine said) {
        List<String> chosen = said.list(PARTS, ",");
        if (!ORDER.containsAll(chosen)) {
            throw new IllegalArgumentException("there are the parts " + ORDER);
        }
        return chosen.isEmpty() ? ORDER : chosen;
    }

    private static String measure(String part, Options options) throws IOException {
        try (Programs programs = new Programs()) {
            ScaleRun run = ScaleRun.start(options, programs);
            String tables = Objects.requireNonNull(ALL.get(part)).measure(run);
            Noise noise = run.noise();
            return tables
                    + String.format(
                            Locale.ROOT,
                            "\nNoise: other programs %.1f %% of the processors' time, stolen %.1f %%.\n",
                            100 * noise.others(),
                            100 * noise.stolen());
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
