package io.dnsproxy.conformance;

import io.dnsproxy.conformance.Rows.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes {@code docs/conformance.md} from the last test run; started in the project's folder after {@code ./mvnw clean verify}.
 */
public final class Report {

    static final Path FILE = Path.of("docs", "conformance.md");

    private static final String HEAD = """
            # Conformance

            What the RFCs ask of a forwarder, and the tests that show it on the wire. Written by a program from a test run
            (`./mvnw clean verify`, then `io.dnsproxy.conformance.Report` from the tests); a test keeps it complete. What it makes of
            octets that are no DNS at all is in [fuzzing](fuzzing.md), what an hour of load and faults leaves behind in [soak](soak.md).

            | row | RFC | level | requirement | test | result |
            |---|---|---|---|---|---|
            """;

    private Report() {}

    /** No arguments. */
    public static void main(String[] args) throws IOException {
        Files.writeString(FILE, text(Rows.all(), ProvenRows.byId(), results()));
    }

    static String text(
            List<Requirement> rows, Map<String, List<ProvenRows.Test>> tests, Map<ProvenRows.Test, String> results) {
        return rows.stream()
                .map(row -> line(row, tests.getOrDefault(row.id(), List.of()), results))
                .collect(Collectors.joining("", HEAD, ""));
    }

    private static String line(Requirement row, List<ProvenRows.Test> tests, Map<ProvenRows.Test, String> results) {
        String named = tests.stream()
                .map(test -> test.className() + "." + test.method())
                .collect(Collectors.joining("<br>"));
        String ended = tests.stream()
                .map(test -> results.getOrDefault(test, "not run"))
                .distinct()
                .collect(Collectors.joining(", "));
        String text = row.note().isEmpty() ? row.text() : row.text() + ". *" + row.note() + ".*";
        return "| %s | %s | %s | %s | %s | %s |%n"
                .formatted(
                        row.id(),
                        row.rfc(),
                        row.level(),
                        text,
                        named.isEmpty() ? "-" : named,
                        ended.isEmpty() ? "-" : ended);
    }

    /** A test that failed once has failed. */
    private static Map<ProvenRows.Test, String> results() throws IOException {
        Map<ProvenRows.Test, String> results = new HashMap<>();
        for (String line : Files.readAllLines(RowResults.FILE)) {
            String[] parts = line.split(" ", -1);
            results.merge(
                    new ProvenRows.Test(parts[0], parts[1]),
                    parts[2],
                    (before, now) -> before.equals("failed") ? before : now);
        }
        return results;
    }
}
