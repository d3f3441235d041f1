/**
 * What a cache gains, and what a shared one adds: a simulation that runs the service's own cache classes in virtual time, and
 * writes {@code docs/cache-analysis.md}. It is test code, since it is not part of the service; run it with
 *
 * <pre>{@code
 * ./mvnw spring-boot:test-run -Dspring-boot.run.main-class=io.dnsproxy.analysis.CacheSimulation
 * }</pre>
 *
 * <p>Real: the local cache, what it keeps and for how long, prefetching, coalescing, the order in which they are asked, and
 * the messages. Modeled: clients ({@link io.dnsproxy.analysis.Clients}), names ({@link io.dnsproxy.analysis.Catalog}), the
 * public resolver ({@link io.dnsproxy.analysis.PublicResolver}) and Redis ({@link io.dnsproxy.analysis.ModeledRedis}).
 *
 * <p>Settings, metrics: none. The same seed gives the same files.
 *
 * <p>Limitations: names are asked for independently of each other and of the time of day; no query is lost; neither Redis nor
 * an upstream ever queues; processor time is not modeled.
 */
@NullMarked
package io.dnsproxy.analysis;

import org.jspecify.annotations.NullMarked;
