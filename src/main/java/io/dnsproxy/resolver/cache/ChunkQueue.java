package io.dnsproxy.resolver.cache;

import org.jspecify.annotations.Nullable;

/** Chunks in the order in which they came. One thread at a time. */
final class ChunkQueue {

    private @Nullable Chunk oldest;
    private @Nullable Chunk newest;
    private long occupied;
    private long dead;

    @Nullable
    Chunk oldest() {
        return oldest;
    }

    /** The one that is being written to. */
    @Nullable
    Chunk newest() {
        return newest;
    }

    void add(Chunk chunk) {
        insert(chunk, newest, null);
    }

    /** Adds one that is full, so that the newest one is still written to. */
    void addFull(Chunk chunk) {
        insert(chunk, newest == null ? null : newest.older, newest);
    }

    private void insert(Chunk chunk, @Nullable Chunk older, @Nullable Chunk newer) {
        chunk.queue = this;
        chunk.older = older;
        chunk.newer = newer;
        if (older == null) {
            oldest = chunk;
        } else {
            older.newer = chunk;
        }
        if (newer == null) {
            newest = chunk;
        } else {
            newer.older = chunk;
        }
        occupied += chunk.occupied();
        dead += chunk.dead();
    }

    void remove(Chunk chunk) {
        if (chunk.older == null) {
            oldest = chunk.newer;
        } else {
            chunk.older.newer = chunk.newer;
        }
        if (chunk.newer == null) {
            newest = chunk.older;
        } else {
            chunk.newer.older = chunk.older;
        }
        chunk.older = null; // or the dead would keep the living of later times alive for the collector
        chunk.newer = null;
        occupied -= chunk.occupied();
        dead -= chunk.dead();
    }

    /** An entry of one of its chunks is dead. */
    void bury(Chunk chunk, int entryOctets) {
        chunk.bury(entryOctets);
        dead += entryOctets;
    }

    /** What its chunks occupy. */
    long occupied() {
        return occupied;
    }

    /** What dead entries occupy of that. */
    long dead() {
        return dead;
    }
}
