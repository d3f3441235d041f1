package io.dnsproxy.resolver.cache.redis;

import io.dnsproxy.wire.Query;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Names in Redis: {@code prefix 1:{hash}:type}, or {@code *} instead of the type for what holds for every type. The hash is of the
 * name with class, DO and CD; it makes names short and of one length, and hides nothing. The braces keep both names of a
 * question in one slot of a cluster, so that one command asks for both.
 */
final class RedisKeys {

    private static final int HASH_OCTETS = 16;

    private final String start;

    /** @param prefix without braces, and without what has a meaning in a pattern of SCAN */
    RedisKeys(String prefix) {
        start = prefix + StoredAnswer.SCHEMA + ":{";
    }

    /**
     * Where an answer may be.
     *
     * @param typed for the question's own type
     * @param everyType for every type of its name
     */
    record Pair(String typed, String everyType) {}

    Pair of(Query query) {
        String common = start + hash(query.nameKey().toOctets()) + "}:";
        return new Pair(common + query.type(), common + "*");
    }

    /** A key that holds no answer, in a slot that depends on the number. */
    String probe(int number) {
        return start + "probe" + number + "}:";
    }

    /** What all of them match, by the rules of SCAN. */
    String pattern() {
        return start + "*";
    }

    private static String hash(byte[] octets) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(octets);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, HASH_OCTETS));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
