/**
 * Starts, wires, watches and ends the proxy: the only package, with its {@code settings}, that knows Spring and Micrometer.
 *
 * <ul>
 *   <li>{@link io.dnsproxy.app.DnsproxyConfiguration} names all of it.
 *   <li>{@code QueryPathConfiguration} builds the way of a query, top to bottom; {@code UpstreamTrust} and
 *       {@code UpstreamLookup} give it the trust stores, which are followed when their files change, and the addresses;
 *       {@code RoutedUpstreams} are the servers of routes.
 *   <li>{@code DnsServer} is its life. It listens as soon as the way of a query is there, before actuator does. At the end, in this order: not ready any more; serving for
 *       {@code dnsproxy.shutdown.delay}; no more queries taken; those in flight answered within
 *       {@code dnsproxy.shutdown.grace}; connections closed, upstream by close_notify; exit code 143 after SIGTERM, 130
 *       after Ctrl-C. A second signal changes nothing.
 *   <li>{@code HealthConfiguration}: {@code /actuator/health} with each upstream; {@code /liveness}, which asks only whether
 *       the listeners live; {@code /readiness}, by {@code dnsproxy.readiness}.
 *   <li>{@code UpstreamsEndpoint}: {@code /actuator/upstreams}, each upstream and what has changed lately.
 *   <li>{@code StatusPage}: what a browser shows at the management port's root.
 *   <li>{@code QueryLogConfiguration}: who asked what, where that is wanted.
 *   <li>{@code MetricsConfiguration} and {@code UpstreamMetricsConfiguration}: every meter whose name starts with {@code dnsproxy},
 *       at {@code /actuator/prometheus}.
 * </ul>
 *
 * <p>Settings: {@link io.dnsproxy.app.settings.DnsproxyProperties}. RFCs kept: RFC 9210 section 4 (both transports start or
 * none does), RFC 7766 section 6.2.4 and RFC 8446 section 6.1 (the polite end of TCP and of TLS).
 *
 * <p>The log has no query name and no client address at its default level. Libraries log warnings and errors only.
 *
 * <p><b>Limitations.</b> A context starts and stops once. A grace time shorter than
 * {@code dnsproxy.upstream.total-timeout} does not make the end quicker than that timeout while a query is unanswered. UDP
 * ports can be shared, so a second proxy is kept off by the TCP port alone.
 */
@NullMarked
package io.dnsproxy.app;

import org.jspecify.annotations.NullMarked;
