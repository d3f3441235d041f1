package io.dnsproxy.resolver.cache;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import io.dnsproxy.wire.RecordType;
import org.jspecify.annotations.Nullable;

/**
 * Which answers may be kept, and for how long.
 *
 * <p>Data: as long as the shortest TTL of the answer section (RFC 2181 5.2). "No such name" and "no such data": by the SOA
 * record, and not at all without one (RFC 2308 5). Never: what is signed, truncated, of TTL 0, a failure, or a CNAME that
 * leads nowhere without an SOA record to say so. What a client is told stays within the bounds too, so that it keeps nothing for
 * longer than we do. Immutable; any thread.
 */
public final class Retention {

    private final CacheSettings settings;

    public Retention(CacheSettings settings) {
        this.settings = settings;
    }

    /**
     * Decides.
     *
     * @param answer just come
     * @return null when it may not be kept; else the answer, its TTLs within the bounds of the settings
     */
    public @Nullable KeptAnswer of(Query query, Answer answer) {
        if (query.isSigned() || answer.isSigned() || answer.truncated() || query.type() == RecordType.TKEY) {
            return null;
        }
        if (isNegative(query, answer)) {
            return negative(answer, answer.negativeTtlSeconds());
        }
        return answer.rcode() == Rcode.NOERROR ? positive(answer, answer.leastTtlSeconds()) : null;
    }

    private @Nullable KeptAnswer positive(Answer answer, int ttlSeconds) {
        if (ttlSeconds == 0) {
            return null;
        }
        int most = settings.maxTtlSeconds();
        int least = Math.min(settings.minTtlSeconds(), most);
        boolean fits = ttlSeconds >= least && answer.greatestTtlSeconds() <= most;
        return new KeptAnswer(
                fits ? answer : answer.withTtlsBetween(least, most), Math.clamp(ttlSeconds, least, most), 0);
    }

    /** No record may outlast what is kept: a client would read a longer time from the SOA record's TTL (RFC 2308 5). */
    private @Nullable KeptAnswer negative(Answer answer, int ttlSeconds) {
        if (ttlSeconds <= 0) {
            return null;
        }
        int most = settings.maxNegativeTtlSeconds();
        int least = Math.min(settings.minTtlSeconds(), most);
        int kept = Math.clamp(ttlSeconds, least, most);
        boolean fits = ttlSeconds >= least && answer.greatestTtlSeconds() <= kept;
        return new KeptAnswer(fits ? answer : answer.withTtlsBetween(least, kept), kept, 0);
    }

    /** Whether it says that there is nothing, of this name or of this type of it (RFC 2308 2). */
    static boolean isNegative(Query query, Answer answer) {
        return switch (answer.rcode()) {
            case Rcode.NXDOMAIN -> true;
            case Rcode.NOERROR -> !answer.answersType(query.type());
            default -> false;
        };
    }
}
