package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.analysis.Document;
import io.dnsproxy.analysis.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The results in words: a table for each load, and what they were measured on. */
final class Report {

    private final Options options;
    private final Results results;
    private final Noise noise;

    Report(Options options, Results results, Noise noise) {
        this.options = options;
        this.results = results;
        this.noise = noise;
    }

    String text() {
        return summary() + '\n' + tables() + '\n' + conditions() + '\n';
    }

    /** Fills in {@code performance.md} and draws {@code images/performance.svg}. */
    void write(Path docs) throws IOException {
        new Document(docs.resolve("performance.md"))
                .fill(Map.of(
                        "summary",
                        '\n' + summary(),
                        "loads",
                        '\n' + tables(),
                        "conditions",
                        '\n' + conditions() + '\n'));
        Files.writeString(
                Files.createDirectories(docs.resolve("images")).resolve("performance.svg"), new Bars(results).svg());
    }

    /** Processor time only: a row for each load, a column for each server. */
    private String summary() {
        List<Contestant> columns = List.copyOf(options.contestants());
        String[] heads = new String[columns.size() + 1];
        heads[0] = "µs of processor time for each answer";
        for (int i = 0; i < columns.size(); i++) {
            heads[i + 1] = columns.get(i).title();
        }
        Table table = new Table(1, heads);
        for (Load load : results.loads()) {
            Object[] cells = new Object[heads.length];
            cells[0] = load.title();
            for (int i = 0; i < columns.size(); i++) {
                cells[i + 1] = cpu(load, columns.get(i));
            }
            table.row(cells);
        }
        return table.markdown();
    }

    private String cpu(Load load, Contestant contestant) {
        if (results.missing().containsKey(contestant)) {
            return results.missing().get(contestant);
        }
        if (!results.contestants(load).contains(contestant)) {
            return "";
        }
        return number(results.median(load, contestant, Measurement::cpuMicrosPerQuery));
    }

    private String tables() {
        StringBuilder text = new StringBuilder();
        for (Load load : results.loads()) {
            Table table = new Table(
                    1,
                    load.title(),
                    "µs",
                    "× floor",
                    "× best peer",
                    "q/s",
                    "p50 ms",
                    "p99 ms",
                    "p99.9 ms",
                    "not answered",
                    "system calls / 1,000",
                    "segments upstream / 1,000",
                    "RSS MB");
            results.contestants(load).forEach(contestant -> row(table, load, contestant));
            text.append(table.markdown()).append('\n');
        }
        return text.toString();
    }

    private void row(Table table, Load load, Contestant contestant) {
        table.row(
                contestant.title(),
                number(results.median(load, contestant, Measurement::cpuMicrosPerQuery)),
                ratio(results.toFloor(load, contestant)),
                ratio(results.toBestPeer(load, contestant)),
                String.format(Locale.ROOT, "%,.0f", results.median(load, contestant, Measurement::queriesPerSecond)),
                millis(results.median(load, contestant, Measurement::p50Nanos)),
                millis(results.median(load, contestant, Measurement::p99Nanos)),
                millis(results.median(load, contestant, Measurement::p999Nanos)),
                failed(results.median(load, contestant, Measurement::failed)),
                count(results.calls(load, contestant)),
                count(results.segments(load, contestant)),
                String.format(
                        Locale.ROOT, "%.0f", results.median(load, contestant, Measurement::rssKibibytes) / 1_024));
    }

    private String conditions() {
        String versions = Arrays.stream(Contestant.values())
                .filter(contestant -> contestant.isPeer() && contestant.isInstalled())
                .map(Contestant::version)
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                """
                - Machine: %s, %d cores, Linux %s; loopback.
                - JDK %s, the servers' flags `%s`; %s.
                - %d rounds of %d s (twice that at a fixed rate), all servers in turn; the median of the rounds.
                - Noise: other programs took %.1f %% of the processors' time during the run; stolen from the virtual machine %.1f %%.
                """,
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version").replaceAll("[^0-9.].*", ""),
                Runtime.version().feature(),
                String.join(" ", options.jvm()),
                versions,
                options.rounds(),
                options.seconds(),
                100 * noise.others(),
                100 * noise.stolen());
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    static String number(double micros) {
        return String.format(Locale.ROOT, micros < 20 ? "%.1f" : "%.0f", micros);
    }

    private static String ratio(OptionalDouble ratio) {
        return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.orElseThrow()) : "";
    }

    private static String count(OptionalDouble count) {
        return count.isPresent() ? String.format(Locale.ROOT, "%,.0f", count.orElseThrow()) : "";
    }

    private static String millis(double nanos) {
        return String.format(Locale.ROOT, "%.2f", nanos / 1e6);
    }

    private static String failed(double share) {
        return share == 0 ? "0" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }
}
