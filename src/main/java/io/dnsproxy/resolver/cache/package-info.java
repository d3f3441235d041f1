/**
 * What is already known: the answers and failures that this instance keeps, and what it wants of a cache that several share.
 *
 * <pre>
 * AnswerCache          answers, fresh and stale, bounded by what they occupy
 *   CachedAnswer         one of them as it was found: its time, its hits, whether refreshing it failed
 *   AnswerStripe         a part of them under one lock: what stays, what goes
 *     EntryIndex           from the hash of a question to a place in a chunk
 *     ChunkQueue, Chunk    octets in the order in which they came
 *       Entry                what stands where in them
 * FailureCache         questions that nobody could answer just now               (Caffeine)
 * Retention            which answers may be kept, and for how long
 * SharedCache          a second level for several instances                     (package redis)
 * </pre>
 *
 * <p>The order in which they are looked at is the business of {@code resolver}; here nobody decides, and nobody waits. The key
 * is {@link io.dnsproxy.wire.QuestionKey}: name, ignoring ASCII case and nothing else, type, class, DO and CD, because the
 * answer of an upstream differs by these (RFC 4035 3.2.2, RFC 3225 3). Entries hold the octets of the upstream's answer, never
 * changed; age, spelling, flags and OPT are each client's own and written into its copy.
 *
 * <p>Settings: {@code dnsproxy.cache.*}.
 *
 * <p>Metrics: {@code dnsproxy_cache_*}.
 *
 * <p>RFCs kept: 1035 and 2181 5.2, 8 (TTLs), 2308 (negative answers), 8767 (stale data), 9520 (failures), 6891 6.1.1 (no OPT
 * is kept), 4035 3.2.2 and 6840 5.7 (DO, CD, AD).
 *
 * <p>Limitations: no answer is made from others (no CNAME is followed, RFC 8020 and RFC 8198 are not used): what an upstream
 * says to one question answers that question, and "no such name" every type of that name. A full cache drops
 * what was not asked for again, stale or not. Whoever removes by a condition, or looks for one, holds each stripe's lock while it goes
 * through all of it.
 */
@NullMarked
package io.dnsproxy.resolver.cache;

import org.jspecify.annotations.NullMarked;
