/**
 * What is answered here because it must not, or need not, be asked elsewhere.
 *
 * <pre>
 * LocalAnswers         the front of it: what kind of query is this?
 *   SpecialNames         names without a meaning in the public DNS, in one table
 *     SpecialZone          one of them, and how it is answered
 *   ServerIdentity       what the server tells about itself in class CHAOS
 * </pre>
 *
 * <p>Settings: {@code dnsproxy.special-names.*}, {@code dnsproxy.identity.*}.
 *
 * <p>Metrics: {@code dnsproxy_local_total}.
 *
 * <p>RFCs kept: 6761 (localhost, invalid, test), 6762 22.1 (local), 6303 and 7793 (reverse zones of private and other addresses
 * that are nobody's in public), 7686 (onion), 8375 (home.arpa), 9462 4 (resolver.arpa), 9476 (alt), 4892 (identity), 1034 4.3.1
 * (no recursion that is not desired).
 *
 * <p>Limitations: the answers are not signed, so a client that validates takes an answer about {@code test}, {@code local} or
 * another name that the root zone proves not to exist for forged, which comes to the same. They are not authoritative (AA is clear). Names are
 * excepted by settings, not by what an upstream knows of them. A query that was prefetched or signed is passed on whether it wants recursion or not.
 */
@NullMarked
package io.dnsproxy.resolver.local;

import org.jspecify.annotations.NullMarked;
