package io.dnsproxy.resolver.cache.redis;

import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Header;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.QuestionKey;
import io.dnsproxy.wire.Rcode;
import io.dnsproxy.wire.ResponseReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One answer as octets, for a store that other instances, and perhaps other versions, write to.
 *
 * <pre>
 * octets
 *   1    schema, {@value #SCHEMA}
 *   1    flags: 1 where it holds for every type of the name, else 0
 *   8    when it ceases to be fresh, milliseconds since 1970
 *   4    TTL in seconds, counted from its birth
 *   2    length of the key
 *   n    the key: name, type, class, DO, CD
 *        the message, to the end
 * </pre>
 *
 * <p>All numbers are big-endian. "No such name" with an empty answer section holds for every type (RFC 2308 5); what comes behind a
 * CNAME keeps its type. Nothing that is read is believed: the key must be that of the query, and the message one that
 * answers it. What was born in the future, by a clock that runs ahead elsewhere, is refused, so that nothing lives longer than its TTL.
 */
final class StoredAnswer {

    /** Changes with the layout; it is part of each name in the store too, so that two versions never meet. */
    static final byte SCHEMA = 1;

    private static final byte ONE_TYPE = 0;
    private static final byte EVERY_TYPE = 1;

    private static final int FIXED_OCTETS = 16;

    /** The octets of a key behind its name: type 2, class 2, bits 1. */
    private static final int KEY_TAIL_OCTETS = 5;

    private static final long MILLIS_PER_SECOND = 1_000;

    /** Clocks of instances differ by less; what is born later is refused, else it would stay as young as it is. */
    private static final long SKEW_MILLIS = 2_000;

    private StoredAnswer() {}

    /**
     * Writes an answer.
     *
     * @return null if it is not one to share: a failure, signed, truncated, or negative without SOA (RFC 2308 5)
     */
    static byte @Nullable [] encode(Query query, KeptAnswer kept, long nowMillis) {
        Answer answer = kept.answer();
        if (kept.ttlSeconds() < 1 || !isShareable(answer)) {
            return null;
        }
        boolean everyType = answer.deniesEveryType();
        byte[] key = keyOf(query, everyType).toOctets();
        byte[] message = answer.toMessage();
        return ByteBuffer.allocate(FIXED_OCTETS + key.length + message.length)
                .put(SCHEMA)
                .put(everyType ? EVERY_TYPE : ONE_TYPE)
                .putLong(nowMillis - kept.ageMillis() + kept.ttlSeconds() * MILLIS_PER_SECOND)
                .putInt(kept.ttlSeconds())
                .putShort((short) key.length)
                .put(key)
                .put(message)
                .array();
    }

    /**
     * Reads a value, whatever octets it has.
     *
     * @param everyType where it was found: under the name for every type, or under that for the query's own
     * @return null if it is malformed, of another schema, for another question, more than {@code staleMillis} past
     *     its TTL, or from the future
     */
    static @Nullable KeptAnswer decode(byte[] value, Query query, boolean everyType, long nowMillis, long staleMillis) {
        byte[] key = keyOf(query, everyType).toOctets();
        int messageAt = FIXED_OCTETS + key.length;
        if (value.length < messageAt) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(value);
        if (in.get() != SCHEMA || in.get() != (everyType ? EVERY_TYPE : ONE_TYPE)) {
            return null;
        }
        long freshUntilMillis = in.getLong();
        int ttlSeconds = in.getInt();
        if (freshUntilMillis < 0
                || ttlSeconds < 1
                || in.getShort() != key.length
                || !Arrays.equals(value, FIXED_OCTETS, messageAt, key, 0, key.length)) {
            return null;
        }
        long ttlMillis = ttlSeconds * MILLIS_PER_SECOND;
        long ageMillis = nowMillis + ttlMillis - freshUntilMillis;
        if (ageMillis < -SKEW_MILLIS || ageMillis > ttlMillis + staleMillis) {
            return null;
        }
        byte[] message = Arrays.copyOfRange(value, messageAt, value.length);
        if (everyType) {
            askFor(query.type(), message, Header.OCTETS + key.length - KEY_TAIL_OCTETS);
        }
        Answer answer = ResponseReader.read(message, message.length, query);
        return answer != null && isShareable(answer) && answer.deniesEveryType() == everyType
                ? new KeptAnswer(answer, ttlSeconds, Math.max(0, ageMillis))
                : null;
    }

    private static QuestionKey keyOf(Query query, boolean everyType) {
        return everyType ? query.nameKey() : query.key();
    }

    /** The question that brought "no such name" may have been for another type. */
    private static void askFor(int type, byte[] message, int typeAt) {
        if (typeAt + 2 <= message.length) {
            message[typeAt] = (byte) (type >>> 8);
            message[typeAt + 1] = (byte) type;
        }
    }

    private static boolean isShareable(Answer answer) {
        boolean lasting = answer.rcode() == Rcode.NOERROR || answer.rcode() == Rcode.NXDOMAIN;
        boolean says = answer.answerRecords() > 0 || answer.negativeTtlSeconds() != Answer.NO_SOA;
        return lasting && says && !answer.isSigned() && !answer.truncated();
    }
}
