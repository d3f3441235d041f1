package io.dnsproxy.listener;

/**
 * SipHash-2-4 with a key of 128 bits and a result of 64 (RFC 9018 4.4): who does not know the key cannot tell the result from chance.
 * Immutable; any thread; allocates nothing.
 */
final class SipHash {

    private static final int ROUNDS = 2;
    private static final int FINAL_ROUNDS = 4;

    private final long k0;
    private final long k1;

    /**
     * @param keyHigh the key's first eight octets, as a big-endian number
     * @param keyLow the others
     */
    SipHash(long keyHigh, long keyLow) {
        k0 = Long.reverseBytes(keyHigh);
        k1 = Long.reverseBytes(keyLow);
    }

    /** The hash of 20 octets, given and returned as big-endian numbers. */
    long hash(long first, long second, int third) {
        long last = Integer.toUnsignedLong(Integer.reverseBytes(third)) | 20L << 56;
        return hash(Long.reverseBytes(first), Long.reverseBytes(second), last, 0, 0, 3);
    }

    /** The hash of 32 octets, given and returned as big-endian numbers. */
    long hash(long first, long second, long third, long fourth) {
        return hash(
                Long.reverseBytes(first),
                Long.reverseBytes(second),
                Long.reverseBytes(third),
                Long.reverseBytes(fourth),
                32L << 56,
                5);
    }

    /** Of so many words; one loop and no state object, so that all stays in registers. */
    private long hash(long w0, long w1, long w2, long w3, long w4, int words) {
        long v0 = k0 ^ 0x736f6d6570736575L;
        long v1 = k1 ^ 0x646f72616e646f6dL;
        long v2 = k0 ^ 0x6c7967656e657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        for (int i = 0; i <= words; i++) {
            long word = 0;
            if (i < words) {
                word = switch (i) {
                    case 0 -> w0;
                    case 1 -> w1;
                    case 2 -> w2;
                    case 3 -> w3;
                    default -> w4;
                };
            } else {
                v2 ^= 0xff;
            }
            v3 ^= word;
            for (int round = i < words ? ROUNDS : FINAL_ROUNDS; round > 0; round--) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        return Long.reverseBytes(v0 ^ v1 ^ v2 ^ v3);
    }
}
