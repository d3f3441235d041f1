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
                "RSS, MB",
                String.format(Locale.ROOT, "RSS with %,d names, MB", options.names()),
                "more than empty, MB");
        for (Way way : options.ways()) {
            double emptyMebibytes = mebibytes(results.median(way, Program.EMPTY, Seen::startedKibibytes));
            for (Program program : Program.values()) {
                boolean ours = program == Program.DNSPROXY;
                double full = mebibytes(results.median(way, program, Seen::fullKibibytes));
                table.row(
                        way.title(),
                        program.title(),
                        whole(results.median(way, program, Seen::millis)),
                        ours ? String.format(Locale.ROOT, "%.2f", results.ratio(way, Seen::millis)) : "",
                        whole(results.median(way, program, Seen::cpuMillis)),
                        memory(mebibytes(results.median(way, program, Seen::startedKibibytes))),
                        memory(full),
                        full == 0 ? "" : whole(full - emptyMebibytes));
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

    private static double mebibytes(double kibibytes) {
        return kibibytes / 1_024;
    }

    /** Zero stands for what was not measured. */
    private static String memory(double mebibytes) {
        return mebibytes == 0 ? "" : whole(mebibytes);
    }

    private static String whole(double figure) {
        return String.format(Locale.ROOT, "%.0f", figure);
    }
}
