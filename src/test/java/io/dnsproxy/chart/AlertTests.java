package io.dnsproxy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The alert rules of the chart. */
class AlertTests {

    private static final Path TESTS = Path.of("src/test/resources/io/dnsproxy/chart/alerts.yaml");
    private static final Pattern LABEL_IN_TEXT = Pattern.compile("\\$labels\\.(\\w+)");

    /** With Redis, since one alert is there only with it. */
    private static List<Map<String, Object>> rules() {
        return rules(Chart.render(Chart.valuesFile("redis-cluster")));
    }

    private static List<Map<String, Object>> rules(Manifests manifests) {
        Map<String, Object> group = Manifests.maps(Manifests.at(manifests.the("PrometheusRule"), "spec.groups"))
                .getFirst();
        return Manifests.maps(Manifests.at(group, "rules"));
    }

    private static Set<String> names() {
        return rules().stream().map(rule -> String.valueOf(rule.get("alert"))).collect(Collectors.toSet());
    }

    @Test
    void everyAlertAsksForMetricsThatAnInstanceExposes() {
        assertThat(rules()).hasSizeGreaterThan(10).allSatisfy(rule -> {
            Set<String> labels = QueryCheck.check(String.valueOf(rule.get("expr")));
            assertThat(LABEL_IN_TEXT
                            .matcher(String.valueOf(rule.get("annotations")))
                            .results()
                            .map(label -> label.group(1)))
                    .as(String.valueOf(rule.get("alert")))
                    .isSubsetOf(labels);
        });
    }

    @Test
    void everyAlertHasASectionInTheRunbookAndTheOtherWayRound() throws IOException {
        List<String> sections = Files.readAllLines(Path.of("docs/runbook.md")).stream()
                .filter(line -> line.startsWith("## Dnsproxy"))
                .map(line -> line.substring("## ".length()))
                .toList();

        assertThat(sections).containsExactlyInAnyOrderElementsOf(names());
    }

    @Test
    void everyAlertSaysWhatIsWrongAndWhereToReadOn() {
        assertThat(rules(Chart.render(Chart.valuesFile("default")))).allSatisfy(rule -> {
            Map<String, Object> annotations = Manifests.map(Manifests.at(rule, "annotations"));
            String anchor = String.valueOf(rule.get("alert")).toLowerCase(Locale.ROOT);
            assertThat(annotations).containsKeys("summary", "description");
            assertThat(annotations)
                    .containsEntry("runbook", "docs/runbook.md#" + anchor)
                    .containsEntry("runbook_url", "https://example.org/dnsproxy/docs/runbook.md#" + anchor);
            assertThat(Manifests.at(rule, "labels.severity")).isIn("critical", "warning");
        });
    }

    @Test
    void alertsAreOfThisReleaseAlone() {
        assertThat(rules())
                .allSatisfy(rule -> assertThat(String.valueOf(rule.get("expr")))
                        .contains("namespace=\"dns\",job=\"rel-dnsproxy\""));
        assertThat(rules(Chart.render(Chart.valuesFile("restricted"))))
                .noneMatch(rule -> "DnsproxyServesStale".equals(rule.get("alert")))
                .allSatisfy(
                        rule -> assertThat(String.valueOf(rule.get("expr"))).contains("job=\"monitoring/dnsproxy\""))
                .allSatisfy(rule ->
                        assertThat(Manifests.map(Manifests.at(rule, "labels"))).containsEntry("team", "network"));
    }

    @Test
    void promtoolSeesEveryAlertFireAndStaySilent(@TempDir Path folder) throws IOException {
        String tests = Files.readString(TESTS);
        assertThat(Pattern.compile("alertname: (\\w+)")
                        .matcher(tests)
                        .results()
                        .map((MatchResult found) -> found.group(1)))
                .as("alerts that " + TESTS + " tries")
                .containsAll(names());
        Tools.assumeInstalled("promtool");
        Files.writeString(
                folder.resolve("rules.yaml"),
                new Yaml()
                        .dump(Manifests.at(
                                Chart.render(Chart.valuesFile("redis-cluster")).the("PrometheusRule"), "spec")));
        Files.writeString(folder.resolve("alerts.yaml"), tests);

        Tools.Output form = Tools.run(
                "promtool", "check", "rules", folder.resolve("rules.yaml").toString());
        assertThat(form.exitCode()).as(form.text()).isZero();
        Tools.Output output = Tools.run(
                "promtool", "test", "rules", folder.resolve("alerts.yaml").toString());
        assertThat(output.exitCode()).as(output.text()).isZero();
    }
}
