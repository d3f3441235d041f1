package io.dnsproxy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.Tools;
import io.dnsproxy.testkit.UdpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Type;

/** Holds {@code docs/metrics.md} against what an instance exposes. */
class MetricsDocumentTests {

    private static final Path DOCUMENT = Path.of("docs/metrics.md");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** Of these the values are not a fixed set: the upstreams of the settings, and buckets. */
    private static final Set<String> FREE_LABELS = Set.of("upstream");

    /**
     * One line of the catalogue.
     *
     * @param type counter, gauge or histogram
     */
    private record Row(String type, Set<String> labels) {}

    private static List<String[]> rows() {
        try {
            return Files.readAllLines(DOCUMENT).stream()
                    .filter(line -> line.startsWith("| `"))
                    .map(line -> line.split("\\s*\\|\\s*", -1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> code(String text) {
        return CODE.matcher(text).results().map(found -> found.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Metric by metric. */
    private static Map<String, Row> catalogue() {
        Map<String, Row> rows = new TreeMap<>();
        for (String[] cells : rows()) {
            if (Set.of("counter", "gauge", "histogram", "summary").contains(cells[2])) {
                rows.put(code(cells[1]).iterator().next(), new Row(cells[2], code(cells[3])));
            }
        }
        return rows;
    }

    /** The values of {@code label}, or of {@code label} of {@code metric} where that has its own. */
    private static Map<String, Set<String>> values() {
        Map<String, Set<String>> values = new TreeMap<>();
        for (String[] cells : rows()) {
            if (cells.length == 4) {
                values.put(cells[1].replace("`", ""), code(cells[2]));
            }
        }
        return values;
    }

    @Test
    void everyMetricIsDocumented() {
        Exposition exposition = RunningProxy.exposition();
        Map<String, Row> catalogue = catalogue();

        List<String> missing = exposition.types().entrySet().stream()
                .filter(metric -> metric.getKey().startsWith("dnsproxy_"))
                .filter(metric -> !new Row(
                                metric.getValue(),
                                exposition.labelsOf(metric.getKey()).keySet())
                        .equals(catalogue.get(metric.getKey())))
                .map(metric -> "| `" + metric.getKey() + "` | " + metric.getValue() + " | "
                        + exposition.labelsOf(metric.getKey()).keySet().stream()
                                .map(label -> "`" + label + "`")
                                .collect(Collectors.joining(", "))
                        + " | what it counts |")
                .toList();

        assertThat(missing)
                .as("lines to write into the tables of " + DOCUMENT + ", or to correct there")
                .isEmpty();
    }

    @Test
    void everyDocumentedMetricExists() {
        assertThat(catalogue())
                .hasSizeGreaterThan(40)
                .allSatisfy(
                        (metric, row) -> assertThat(RunningProxy.exposition().types())
                                .as(
                                        DOCUMENT
                                                + " has a metric that no instance exposes: remove it, or switch on in RunningProxy what has it")
                                .containsEntry(metric, row.type()));
    }

    @Test
    void everyValueOfALabelIsDocumented() {
        Exposition exposition = RunningProxy.exposition();
        Map<String, Set<String>> documented = values();

        exposition.types().keySet().stream()
                .filter(metric -> metric.startsWith("dnsproxy_"))
                .forEach(metric -> exposition.labelsOf(metric).forEach((label, values) -> {
                    if (!FREE_LABELS.contains(label)) {
                        String own = label + " of " + metric;
                        assertThat(documented.getOrDefault(own, documented.getOrDefault(label, Set.of())))
                                .as("values in " + DOCUMENT + ", in the row `" + label + "` or `" + label + "` of `"
                                        + metric + "`")
                                .containsAll(values);
                    }
                }));
    }

    @Test
    void promtoolFindsNothingToMendInOurs(@TempDir Path folder) throws IOException {
        Tools.assumeInstalled("promtool");
        String ours = RunningProxy.exposition()
                        .text()
                        .lines()
                        .filter(line -> line.matches("(# \\w+ )?dnsproxy_.*"))
                        .collect(Collectors.joining("\n"))
                + "\n";
        Path file = Files.writeString(folder.resolve("metrics.txt"), ours);

        Tools.Output output = Tools.run("sh", "-c", "promtool check metrics < " + file);

        assertThat(output.exitCode()).as(output.text()).isZero();
    }

    /** The identity that tells lost queries from slow ones. */
    @Test
    void everyQueryIsAnsweredOrACountedDrop() throws Exception {
        try (RunningProxy proxy = RunningProxy.start();
                UdpClient udp = UdpClient.to(proxy.dns());
                TcpClient tcp = TcpClient.to(proxy.dns())) {
            udp.ask(Queries.query("www.example.org"));
            udp.ask(Queries.query("www.example.org"));
            udp.ask(Queries.query("nxdomain.example.org"));
            udp.send(new byte[] {1, 2, 3});
            tcp.ask(Queries.query("www.example.org"));
            tcp.ask(Queries.query("example.org", Type.AXFR));

            Awaitility.await().untilAsserted(() -> {
                Exposition now = proxy.scrape();
                assertThat(now.sum("dnsproxy_queries_total")).isEqualTo(6);
                for (String transport : List.of("transport=\"udp\"", "transport=\"tcp\"")) {
                    double drops = now.sum("dnsproxy_drops_total", transport)
                            - now.sum("dnsproxy_drops_total", transport, "reason=\"socket\"");
                    assertThat(now.sum("dnsproxy_queries_total", transport))
                            .isEqualTo(now.sum("dnsproxy_responses_total", transport) + drops);
                    assertThat(now.sum("dnsproxy_query_duration_seconds_count", transport))
                            .isEqualTo(now.sum("dnsproxy_responses_total", transport));
                }
            });
        }
    }

    /** Names in the text that are no longer any. */
    @Test
    void otherDocumentsNameOnlyMetricsThatExist() throws IOException {
        Set<String> known = RunningProxy.exposition().series().keySet();
        Pattern metric = Pattern.compile("\\bdnsproxy_[a-z_]*[a-z]\\b");
        for (String document :
                List.of("docs/metrics.md", "docs/runbook.md", "docs/operations.md", "docs/configuration.md")) {
            assertThat(metric.matcher(Files.readString(Path.of(document)))
                            .results()
                            .map(found -> found.group()))
                    .as(document)
                    .allMatch(name -> known.contains(name)
                            || Arrays.asList("_bucket", "_total", "").stream()
                                    .anyMatch(suffix -> known.contains(name + suffix)));
        }
    }
}
