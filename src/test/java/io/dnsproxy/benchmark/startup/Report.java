package io.dnsproxy.benchmark.startup;

import io.dnsproxy.analysis.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** The results in words. */
final class Report {

    private final Options options;
    private final Results results;

    Report(Options options, Results results) {
        this.options = options;
        this.results = results;
    }

    String text() throws IOException {
        return String.join("\n", parts().values());
    }

    /** The parts of the document that a run fills in. */
    Map<String, String> parts() throws IOException {
        return Map.of("results", '\n' + table(), "conditions", '\n' + conditions());
    }

    private String table() {
        Table table = new Table(
                2,
                "started by",
                "program",
                "first answer, ms",
                "× empty",
                "processor time until then, ms",
                String.format(Locale.ROOT, "RSS, MB; ours with %,d names", options.names()),
                "more than empty, MB");
        for (Way way : options.ways()) {
            double empty = results.median(way, Program.EMPTY, Seen::restingKibibytes);
            for (Program program : Program.values()) {
                double resting = results.median(way, program, Seen::restingKibibytes);
                boolean ours = program == Program.DNSPROXY;
                table.row(
                        way.title(),
                        program.title(),
                        whole(results.median(way, program, Seen::millis)),
                        ours ? String.format(Locale.ROOT, "%.2f", results.ratio(way, Seen::millis)) : "",
                        whole(results.median(way, program, Seen::cpuMillis)),
                        mebibytes(resting),
                        mebibytes(ours ? resting - empty : 0));
            }
        }
        return table.markdown();
    }

    private String conditions() throws IOException {
        return String.format(
                Locale.ROOT,
                """
                - Machine: %s, Linux %s; one core for the program, another for the resolver and the client.
                - JDK %s; flags of the image's way: `%s`.
                - Median of %d rounds, all in turn; the ratio is the median of the rounds' ratios.
                """,
                processor(),
                System.getProperty("os.version").replaceAll("[^0-9.].*", ""),
                Runtime.version(),
                String.join(" ", options.imageFlags()),
                options.rounds());
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 2))
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    /** Zero stands for what was not measured. */
    private static String mebibytes(double kibibytes) {
        return kibibytes == 0 ? "" : whole(kibibytes / 1_024);
    }

    private static String whole(double figure) {
        return String.format(Locale.ROOT, "%.0f", figure);
    }
}
