package io.dnsproxy.upstream;

import java.security.SecureRandom;

/** Unpredictable 16-bit ids (RFC 5452 9.2). For one thread. */
final class QueryIds {

    private static final int BLOCK_OCTETS = 512;

    private final SecureRandom random = new SecureRandom();
    private final byte[] block = new byte[BLOCK_OCTETS];
    private int used = BLOCK_OCTETS;

    int next() {
        if (used == BLOCK_OCTETS) {
            random.nextBytes(block);
            used = 0;
        }
        int id = (block[used] & 0xFF) << 8 | (block[used + 1] & 0xFF);
        used += 2;
        return id;
    }
}
