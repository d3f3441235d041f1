package io.dnsproxy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Holds queries against what an instance exposes. */
final class QueryCheck {

    /** What a scrape itself adds, in Kubernetes. */
    private static final Set<String> OF_THE_SCRAPE =
            Set.of("namespace", "job", "pod", "instance", "service", "container", "endpoint");

    /** Series that Prometheus makes of every scrape. */
    private static final Set<String> FROM_PROMETHEUS = Set.of("up");

    private QueryCheck() {}

    /**
     * Every metric, label and label's value in it exists.
     *
     * @return the labels that its result can have
     */
    static Set<String> check(String query) {
        Exposition exposition = RunningProxy.exposition();
        PromQuery parsed = PromQuery.parse(query);
        Set<String> labels = new TreeSet<>(OF_THE_SCRAPE);
        assertThat(parsed.selectors()).as(query).isNotEmpty();
        for (PromQuery.Selector selector : parsed.selectors()) {
            if (FROM_PROMETHEUS.contains(selector.metric())) {
                continue;
            }
            assertThat(exposition.series())
                    .as("a metric that an instance exposes, in " + query)
                    .containsKey(selector.metric());
            Map<String, Set<String>> own = exposition.series().getOrDefault(selector.metric(), Map.of());
            for (PromQuery.LabelMatcher matcher : selector.matchers()) {
                if (!OF_THE_SCRAPE.contains(matcher.label())) {
                    assertThat(own).as("labels of " + selector.metric()).containsKey(matcher.label());
                    assertThat(own.getOrDefault(matcher.label(), Set.of()))
                            .as("values of " + matcher.label() + " of " + selector.metric())
                            .containsAll(matcher.values());
                }
            }
            labels.addAll(own.keySet());
        }
        assertThat(labels).as("labels to group by, in " + query).containsAll(parsed.labels());
        if (!parsed.labels().isEmpty()) {
            labels.retainAll(parsed.labels());
        }
        return labels;
    }

    /** promtool takes all of them, where it is installed. */
    static void checkForm(Collection<String> queries, Path folder) throws IOException {
        Tools.assumeInstalled("promtool");
        StringBuilder rules = new StringBuilder("groups:\n- name: queries\n  rules:\n");
        int number = 0;
        for (String query : queries) {
            rules.append("  - record: query:")
                    .append(number++)
                    .append("\n    expr: '")
                    .append(query.replace("$__rate_interval", "5m").replace("'", "''"))
                    .append("'\n");
        }
        Path file = Files.writeString(folder.resolve("queries.yaml"), rules.toString());

        Tools.Output output = Tools.run("promtool", "check", "rules", file.toString());

        assertThat(output.exitCode()).as(output.text()).isZero();
        assertThat(output.text()).contains(queries.size() + " rules found");
    }
}
