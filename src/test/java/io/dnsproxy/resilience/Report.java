package io.dnsproxy.resilience;

import io.dnsproxy.analysis.Document;
import io.dnsproxy.analysis.Table;
import io.dnsproxy.resilience.Outcome.Figures;
import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The results in words: one table that compares, one with all figures for each load, and what they were seen on. */
final class Report {

    private static final String NOT_SEEN = "";

    private final Options options;
    private final Results results;
    private final Scene scene;

    Report(Options options, Results results, Scene scene) {
        this.options = options;
        this.results = results;
        this.scene = scene;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (Load load : Load.values()) {
            text.append(load.title()).append("\n\n").append(all(load)).append('\n');
        }
        return text + conditions();
    }

    /** Fills in {@code resilience.md}. */
    void write(Path docs) throws IOException {
        Map<String, String> parts = new HashMap<>();
        parts.put("conditions", '\n' + conditions());
        for (Load load : Load.values()) {
            parts.put("compared-" + load.word(), '\n' + compared(load));
            parts.put("all-" + load.word(), '\n' + all(load));
        }
        new Document(docs.resolve("resilience.md")).fill(parts);
    }

    /** A row for each fault, the proxies beside each other. */
    private String compared(Load load) {
        Table table = new Table(
                1,
                load.title(),
                "not answered right: dnsproxy",
                "Unbound",
                "p99 ms: dnsproxy",
                "Unbound",
                "worst ms: dnsproxy",
                "Unbound",
                "recovered s: dnsproxy",
                "Unbound");
        for (Fault fault : Fault.values()) {
            Trial.Result ours = results.of(fault, load, Proxy.DNSPROXY);
            Trial.Result theirs = results.of(fault, load, Proxy.UNBOUND);
            if (ours != null || theirs != null) {
                table.row(
                        fault.title(),
                        cell(ours, Report::notRight),
                        cell(theirs, Report::notRight),
                        cell(ours, seen -> millis(seen.p99Millis())),
                        cell(theirs, seen -> millis(seen.p99Millis())),
                        cell(ours, seen -> millis(seen.worstMillis())),
                        cell(theirs, seen -> millis(seen.worstMillis())),
                        cell(ours, Report::recovery),
                        cell(theirs, Report::recovery));
            }
        }
        return table.markdown();
    }

    /** Every figure, a row for each fault and proxy. */
    private String all(Load load) {
        Table table = new Table(
                2,
                load.title(),
                "",
                "sent",
                "right",
                "failed",
                "wrong",
                "lost",
                "p50 ms",
                "p99 ms",
                "worst ms",
                "dials",
                "full handshakes",
                "recovered s");
        for (Fault fault : Fault.values()) {
            for (Proxy proxy : Proxy.values()) {
                Trial.Result result = results.of(fault, load, proxy);
                if (result != null) {
                    Figures seen = result.figures();
                    table.row(
                            fault.title(),
                            proxy.title(),
                            Table.number(seen.sent()),
                            Table.number(seen.right()),
                            Table.number(seen.failed()),
                            Table.number(seen.wrong()),
                            Table.number(seen.lost()),
                            millis(seen.p50Millis()),
                            millis(seen.p99Millis()),
                            millis(seen.worstMillis()),
                            Table.number(result.dials()),
                            Table.number(result.fullHandshakes()),
                            recovery(seen));
                }
            }
        }
        return table.markdown();
    }

    private String conditions() {
        return String.format(
                Locale.ROOT,
                """
                - Machine: %s, %d cores, Linux %s; loopback%s. The proxy has one core, upstreams and clients the other.
                - JDK %s, dnsproxy's flags `%s`; %s.
                - Each fault lasts %d s, the outage %d s.
                """,
                processors().isEmpty()
                        ? System.getProperty("os.arch")
                        : processors().getFirst(),
                processors().size(),
                System.getProperty("os.version").replaceAll("[^0-9.].*", ""),
                scene.network().losesPackets()
                        ? " of a network namespace, where nftables drops packets"
                        : "; no packets can be dropped here, so upstreams fall silent instead",
                Runtime.version().feature(),
                String.join(" ", options.jvm()),
                unbound(),
                options.seconds(),
                options.outageSeconds());
    }

    /** Each by the name of its model, those that this process may not use among them. */
    private static List<String> processors() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String unbound() {
        return Tools.find("unbound")
                .map(program -> Tools.run(program.toString(), "-V")
                        .text()
                        .lines()
                        .findFirst()
                        .orElse("Unbound"))
                .map(line -> line.replace("Version", "Unbound"))
                .orElse("no Unbound");
    }

    private static String cell(Trial.@Nullable Result result, Function<Figures, String> figure) {
        return result == null ? NOT_SEEN : figure.apply(result.figures());
    }

    private static String notRight(Figures seen) {
        int missing = seen.sent() - seen.right();
        return missing == 0 ? "0" : String.format(Locale.ROOT, "%.2f %%", 100 * (1 - seen.shareRight()));
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, millis < 100 ? "%.1f" : "%,.0f", millis);
    }

    private static String recovery(Figures seen) {
        if (seen.recoveryMillis() < 0) {
            return "not seen";
        }
        return seen.recoveryMillis() == 0 ? "0" : String.format(Locale.ROOT, "%.1f", seen.recoveryMillis() / 1e3);
    }
}
