/**
 * The answers that several instances share, in Redis: one MGET within a time budget at a local miss, a SET behind the query's
 * back.
 *
 * <pre>
 * RedisCache           what the resolver sees
 *   RedisConnection      connects, gives up and probes in the background
 *     CircuitBreaker       when to ask
 *     RedisLink            the few commands, to one server or to a cluster   (Lettuce)
 *   RedisKeys            under which name a value is
 *   StoredAnswer         its layout, and the checks that it must pass
 *   RedisWrites          what is written, and how much of it waits
 *   RedisSweep           the removal of everything
 * </pre>
 *
 * <p>Settings: {@code dnsproxy.cache.redis.*}; where Redis is, {@code spring.data.redis.*}.
 *
 * <p>Metrics: {@code dnsproxy_redis_*}. A look-up is a get (a hit, a miss, a timeout or an error) or unasked.
 *
 * <p>RFCs kept: 2308 5 ("no such name" is kept for every type, and nothing negative without SOA), 8767 4 (kept past the TTL).
 *
 * <p>Limitations: one breaker for the whole of Redis, so that while a master of a cluster hangs, the others are not asked either.
 * Masters are read, never replicas: those would find older answers. What is removed while Redis is away comes back with it;
 * clearing is made up for. Whoever writes to Redis can forge answers: values are not signed. While a slot moves to another
 * node, its questions are misses.
 */
@NullMarked
package io.dnsproxy.resolver.cache.redis;

import org.jspecify.annotations.NullMarked;
