package io.dnsproxy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.chart.PromQuery.LabelMatcher;
import io.dnsproxy.chart.PromQuery.Selector;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromQueryTests {

    @Test
    void findsMetricsMatchersAndGroupings() {
        PromQuery query = PromQuery.parse(
                "histogram_quantile(0.95, sum by (pod, le) (rate(a_seconds_bucket{x=\"1\",y=~\"b|c\",z=~\"$z\"}[5m])))"
                        + " / on (pod) max(b_total offset 1h) > bool 1e3 unless absent(up == 1)");

        assertThat(query.selectors())
                .containsExactly(
                        new Selector(
                                "a_seconds_bucket",
                                List.of(
                                        new LabelMatcher("x", List.of("1")),
                                        new LabelMatcher("y", List.of("b", "c")),
                                        new LabelMatcher("z", List.of()))),
                        new Selector("b_total", List.of()),
                        new Selector("up", List.of()));
        assertThat(query.labels()).containsExactly("le", "pod");
    }

    @Test
    void takesNoFunctionAndNoWordForAMetric() {
        assertThat(PromQuery.parse("sum(rate(a[$__rate_interval])) and max by (b) (c)")
                        .selectors())
                .extracting(Selector::metric)
                .containsExactly("a", "c");
    }
}
