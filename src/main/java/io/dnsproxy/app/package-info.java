/**
 * Starts, wiring, life, health and metrics: with {@code app.settings} the only place that knows Spring and Micrometer.
 *
 * <p>{@code QueryPathConfiguration} reads from top to bottom like the way of a query. {@code DnsServer} is the proxy's life:
 * what is bound when, and in which order it ends. {@code HealthConfiguration} and {@code MetricsConfiguration} read what the
 * query path counts; the path itself knows neither.
 *
 * <p>Settings: {@code dnsproxy.readiness}, {@code dnsproxy.shutdown.*}; actuator's own {@code management.*}.
 *
 * <p>Limitations: of all settings only the certificates of {@code spring.ssl.bundle} reload without a restart.
 */
@NullMarked
package io.dnsproxy.app;

import org.jspecify.annotations.NullMarked;
