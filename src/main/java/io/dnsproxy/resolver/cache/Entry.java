package io.dnsproxy.resolver.cache;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.QuestionKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** What stands where in the octets of one entry of a {@link Chunk}: these fields, then the answer, in which the question is. Without state. */
final class Entry {

    /** In place of the number of hits: somebody refreshes it. */
    static final int CLAIMED = -1;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final int OCTETS = 0;
    private static final int HASH = 4;
    private static final int HITS = 8;
    private static final int TTL_SECONDS = 12;
    private static final int EXPIRY_NANOS = 16;
    private static final int RECHECK_NANOS = 24;
    private static final int RECOVERIES = 32;
    private static final int FLAGS = 36;
    private static final int VISITS = 37;
    private static final int KEY_BITS = 38;
    private static final int ANSWER = 39;

    private static final int DEAD = 1;
    private static final int NEGATIVE = 2;
    private static final int FAILED = 4;

    /** More of them say no more. */
    private static final int VISITS_MAX = 3;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private Entry() {}

    /** What it takes to keep this. */
    static int octets(Answer answer) {
        return ANSWER + answer.packedOctets();
    }

    /** Begins one that has room for so many octets, and that nobody has looked for yet. */
    static void begin(byte[] m, int at, int octets) {
        INT.set(m, at + OCTETS, octets);
        m[at + VISITS] = 0;
    }

    /** Writes an answer to the key's question into one that was begun, in place of what was there. */
    static void write(
            byte[] m, int at, QuestionKey key, Answer answer, long expiryNanos, int ttlSeconds, boolean negative) {
        INT.set(m, at + HASH, key.hashCode());
        INT.set(m, at + HITS, 0);
        INT.set(m, at + TTL_SECONDS, ttlSeconds);
        LONG.set(m, at + EXPIRY_NANOS, expiryNanos);
        m[at + FLAGS] = (byte) (negative ? NEGATIVE : 0);
        m[at + KEY_BITS] = key.bits();
        answer.pack(m, at + ANSWER);
    }

    /** The room that it has. */
    static int octets(byte[] m, int at) {
        return (int) INT.get(m, at + OCTETS);
    }

    static int hash(byte[] m, int at) {
        return (int) INT.get(m, at + HASH);
    }

    static boolean isFor(QuestionKey key, byte[] m, int at) {
        return key.isAskedIn(m, at + ANSWER, m[at + KEY_BITS]);
    }

    static void readKey(byte[] m, int at, QuestionKey into) {
        into.unpack(m, at + ANSWER, m[at + KEY_BITS]);
    }

    static void readAnswer(byte[] m, int at, Answer into) {
        into.unpack(m, at + ANSWER, expiryNanos(m, at) - ttlSeconds(m, at) * NANOS_PER_SECOND);
    }

    static long expiryNanos(byte[] m, int at) {
        return (long) LONG.get(m, at + EXPIRY_NANOS);
    }

    static int ttlSeconds(byte[] m, int at) {
        return (int) INT.get(m, at + TTL_SECONDS);
    }

    /** How often it was found fresh since it was written, or {@link #CLAIMED}. */
    static int hits(byte[] m, int at) {
        return (int) INT.get(m, at + HITS);
    }

    static void hit(byte[] m, int at) {
        int hits = hits(m, at);
        if (hits != CLAIMED && hits != Integer.MAX_VALUE) {
            INT.set(m, at + HITS, hits + 1);
        }
    }

    static void claim(byte[] m, int at) {
        INT.set(m, at + HITS, CLAIMED);
    }

    static boolean isNegative(byte[] m, int at) {
        return (m[at + FLAGS] & NEGATIVE) != 0;
    }

    /** Whether nothing may find it any more: its room is to be had back with its chunk's. */
    static boolean isDead(byte[] m, int at) {
        return (m[at + FLAGS] & DEAD) != 0;
    }

    static void die(byte[] m, int at) {
        m[at + FLAGS] |= DEAD;
    }

    /** Notes that refreshing it failed, and that it need not be tried again before this time, or a recovery. */
    static void fail(byte[] m, int at, long recheckNanos, int recoveries) {
        m[at + FLAGS] |= FAILED;
        LONG.set(m, at + RECHECK_NANOS, recheckNanos);
        INT.set(m, at + RECOVERIES, recoveries);
    }

    static boolean hasFailed(byte[] m, int at) {
        return (m[at + FLAGS] & FAILED) != 0;
    }

    /** Without meaning unless it {@link #hasFailed}. */
    static long recheckNanos(byte[] m, int at) {
        return (long) LONG.get(m, at + RECHECK_NANOS);
    }

    /** Without meaning unless it {@link #hasFailed}. */
    static int recoveries(byte[] m, int at) {
        return (int) INT.get(m, at + RECOVERIES);
    }

    /** How often it was looked for since it came or was last spared; few, for it says only whether to spare it. */
    static int visits(byte[] m, int at) {
        return m[at + VISITS];
    }

    static void visits(byte[] m, int at, int visits) {
        m[at + VISITS] = (byte) Math.min(visits, VISITS_MAX);
    }
}
