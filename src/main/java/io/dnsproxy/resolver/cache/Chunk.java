package io.dnsproxy.resolver.cache;

import org.jspecify.annotations.Nullable;

/** Some octets in which entries lie one behind the other in the order in which they came. One thread at a time. */
final class Chunk {

    /** What the JVM adds: this object, the array's header, and where others refer to it. */
    private static final int OBJECT_OCTETS = 72;

    final byte[] octets;

    /** Its number in the {@link AnswerStripe}, greater than 0. */
    final int id;

    ChunkQueue queue;

    /** The one that came into the queue before. */
    @Nullable
    Chunk older;

    /** The one that came into the queue after. */
    @Nullable
    Chunk newer;

    private int used;
    private int dead;

    Chunk(byte[] octets, int id, ChunkQueue queue) {
        this.octets = octets;
        this.id = id;
        this.queue = queue;
    }

    /** What one with room for so many octets occupies. */
    static int occupied(int room) {
        return OBJECT_OCTETS + room;
    }

    /** What it occupies. */
    int occupied() {
        return occupied(octets.length);
    }

    boolean hasRoom(int wanted) {
        return octets.length - used >= wanted;
    }

    /** Gives room for an entry, which must be there: the index where it starts. */
    int take(int wanted) {
        int at = used;
        used += wanted;
        return at;
    }

    /** Where the last entry ends. */
    int used() {
        return used;
    }

    /** What dead entries occupy. */
    int dead() {
        return dead;
    }

    void bury(int octets) {
        dead += octets;
    }

    /** Whether nothing in it is of use any more. */
    boolean isSpent() {
        return dead == used;
    }
}
