package io.dnsproxy.benchmark;

/**
 * Queries as a listener meets them: one behind the other in one array, each at an offset of its own. The next one is read at once,
 * for in a receive buffer it would be in the processor's cache too.
 */
final class ReceivedQueries {

    /** A power of two, so that going round takes no division; enough that no processor learns the order by heart. */
    static final int COUNT = 1 << 16;

    /** All of them. */
    final byte[] octets;

    private final int[] ends = new int[COUNT];

    ReceivedQueries(byte[][] queries, int[] order) {
        int end = 0;
        for (int i = 0; i < COUNT; i++) {
            end += queries[order[i]].length;
            ends[i] = end;
        }
        octets = new byte[end];
        for (int i = 0; i < COUNT; i++) {
            System.arraycopy(queries[order[i]], 0, octets, offset(i), length(i));
        }
    }

    int offset(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    int length(int index) {
        return ends[index] - offset(index);
    }
}
