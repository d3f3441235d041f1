/**
 * What strangers run and watch the proxy with, held against the proxy itself: the Helm chart, its dashboard and alerts, the metric
 * catalogue, the runbook.
 *
 * <p>The chart is rendered by Helm's own engine in this JVM and held against the models of Kubernetes' API; settings, queries and
 * documents are held against an instance that runs. Neither a cluster nor a network is needed. What promtool can say as well, it says
 * where it is installed.
 */
@NullMarked
package io.dnsproxy.chart;

import org.jspecify.annotations.NullMarked;
