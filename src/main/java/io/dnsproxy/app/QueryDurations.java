package io.dnsproxy.app;

import io.dnsproxy.listener.ListenerCounters;
import io.dnsproxy.listener.TimeBuckets;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.Map;

/**
 * {@code dnsproxy_query_duration_seconds}: how long clients waited. The listeners count whole batches into buckets of their own, for
 * which Micrometer has no meter; so Prometheus' registry is given the histogram itself.
 */
final class QueryDurations implements Collector {

    private static final String NAME = "dnsproxy_query_duration_seconds";

    private final Map<String, ListenerCounters> listeners;
    private final Labels common;

    /**
     * @param listeners by transport
     * @param tags those that all meters have
     */
    QueryDurations(Map<String, ListenerCounters> listeners, Map<String, String> tags) {
        this.listeners = listeners;
        PrometheusNamingConvention naming = new PrometheusNamingConvention();
        this.common = Labels.of(
                tags.keySet().stream().map(naming::tagKey).toArray(String[]::new),
                tags.values().toArray(String[]::new));
    }

    @Override
    public HistogramSnapshot collect() {
        HistogramSnapshot.Builder histogram =
                HistogramSnapshot.builder().name(NAME).help("From the reading of a query to its response");
        listeners.forEach((transport, counters) -> {
            histogram.dataPoint(point(transport, "hit", counters.hitTimes()));
            histogram.dataPoint(point(transport, "miss", counters.missTimes()));
        });
        return histogram.build();
    }

    private HistogramDataPointSnapshot point(String transport, String cache, TimeBuckets times) {
        double[] bounds = TimeBuckets.boundsSeconds();
        double[] withInfinity = Arrays.copyOf(bounds, bounds.length + 1);
        withInfinity[bounds.length] = Double.POSITIVE_INFINITY;
        return HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(withInfinity, times.counts()))
                .sum(times.totalSeconds())
                .labels(common.merge(Labels.of("cache", cache, "transport", transport)))
                .build();
    }
}
