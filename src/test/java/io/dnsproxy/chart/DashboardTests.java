package io.dnsproxy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dashboard for Grafana. */
class DashboardTests {

    private static final JsonNode DASHBOARD =
            JsonMapper.builder().build().readTree(Chart.text("dashboards/dnsproxy.json"));
    private static final Pattern LEGEND_LABEL = Pattern.compile("\\{\\{\\s*(\\w+)\\s*}}");

    private record Target(String panel, String query, String legend) {}

    private static List<JsonNode> panels() {
        return StreamSupport.stream(DASHBOARD.get("panels").spliterator(), false)
                .filter(panel -> !panel.get("type").asString().equals("row"))
                .toList();
    }

    private static List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (JsonNode panel : panels()) {
            for (JsonNode target : panel.get("targets")) {
                targets.add(new Target(
                        panel.get("title").asString(),
                        target.get("expr").asString(),
                        target.get("legendFormat").asString()));
            }
        }
        return targets;
    }

    /** What all panels ask, variables and all. */
    static List<String> queries() {
        return targets().stream().map(Target::query).toList();
    }

    @Test
    void everyPanelAsksForMetricsThatAnInstanceExposes() {
        assertThat(targets()).hasSizeGreaterThan(50).allSatisfy(target -> {
            Set<String> labels = QueryCheck.check(target.query());
            assertThat(LEGEND_LABEL.matcher(target.legend()).results().map(label -> label.group(1)))
                    .as(target.panel() + ": " + target.legend())
                    .isSubsetOf(labels);
        });
    }

    @Test
    void everyPanelFollowsTheVariables() {
        assertThat(targets())
                .allSatisfy(target -> assertThat(PromQuery.parse(target.query()).selectors())
                        .allSatisfy(selector -> assertThat(target.query())
                                .contains("namespace=~\"$namespace\",job=~\"$job\",pod=~\"$pod\"")));
        assertThat(DASHBOARD.toString()).doesNotContain("\"uid\":\"P", "grafanacloud");
        assertThat(panels())
                .allSatisfy(panel ->
                        assertThat(panel.at("/datasource/uid").asString()).isEqualTo("${datasource}"));
    }

    @Test
    void everyPanelSaysWhatItShowsAndInWhichUnit() {
        assertThat(panels()).allSatisfy(panel -> {
            assertThat(panel.get("description").asString()).isNotBlank();
            assertThat(panel.at("/fieldConfig/defaults/unit").asString()).isNotBlank();
        });
    }

    @Test
    void noPanelCoversAnother() {
        Set<String> taken = new HashSet<>();
        for (JsonNode panel : DASHBOARD.get("panels")) {
            JsonNode place = panel.get("gridPos");
            for (int x = 0; x < place.get("w").asInt(); x++) {
                for (int y = 0; y < place.get("h").asInt(); y++) {
                    assertThat(taken.add((place.get("x").asInt() + x) + ","
                                    + (place.get("y").asInt() + y)))
                            .as(panel.get("title").asString())
                            .isTrue();
                    assertThat(place.get("x").asInt() + x).isLessThan(24);
                }
            }
        }
    }

    @Test
    void promtoolTakesEveryQuery(@TempDir Path folder) throws IOException {
        QueryCheck.checkForm(queries(), folder);
    }

    @Test
    void comesWithTheReleaseForGrafanasSidecar() {
        var configMap = Chart.render(Chart.valuesFile("default")).the("ConfigMap", "rel-dnsproxy-dashboard");

        assertThat(Manifests.at(configMap, "metadata.labels").toString()).contains("grafana_dashboard=1");
        String text =
                String.valueOf(Manifests.map(Manifests.at(configMap, "data")).get("dnsproxy.json"));
        assertThat(JsonMapper.builder().build().readTree(text)).isEqualTo(DASHBOARD);
    }
}
