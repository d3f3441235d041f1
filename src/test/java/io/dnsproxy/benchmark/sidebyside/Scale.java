package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.analysis.Document;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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

    private static final String PARTS = "parts=";

    private static final String JVM = "jvm=-XX:+UseSerialGC -Xmx256m -XX:MaxTenuringThreshold=1"
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
        List<String> words = new ArrayList<>(List.of(JVM));
        words.addAll(Arrays.asList(args));
        List<String> parts = parts(words);
        words.removeIf(word -> word.startsWith(PARTS));
        Options options = Options.parse(words.toArray(String[]::new));
        Thread.ofPlatform().daemon().start(Scale::endAfterBound);
        for (String part : parts) {
            String tables = measure(part, options);
            System.out.println(tables);
            if (options.writesDocument()) {
                new Document(Path.of(options.docs(), "scaling.md")).fillIn(Map.of(part, '\n' + tables));
            }
        }
    }

    private static List<String> parts(List<String> words) {
        for (String word : words) {
            if (word.startsWith(PARTS)) {
                List<String> chosen =
                        Arrays.asList(word.substring(PARTS.length()).split(",", -1));
                if (!ORDER.containsAll(chosen)) {
                    throw new IllegalArgumentException("there are the parts " + ORDER);
                }
                return chosen;
            }
        }
        return ORDER;
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
