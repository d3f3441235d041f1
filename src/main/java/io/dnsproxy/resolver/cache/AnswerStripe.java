package io.dnsproxy.resolver.cache;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.QuestionKey;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One of the parts of an {@link AnswerCache}, with a lock and a bound of its own: octets in chunks, and an index.
 *
 * <p>What is dropped when there is no room for more is decided as in S3-FIFO (Yang et al., 2023). A new entry goes to a queue for
 * recent ones. What leaves that unasked is dropped, and only its hash is noted: should it come again soon, it goes to the other
 * queue, like what was asked for in time. That one spares what was asked for since it was last its turn. So names that come once
 * push out each other.
 */
final class AnswerStripe {

    /** Small against the bound, large against an entry. */
    private static final int CHUNK_OCTETS = 16 << 10;

    /** As long as there is little, chunks are shorter, so that large caches with few answers do not consist of what is left of them. */
    private static final int LEAST_CHUNK_OCTETS = 1 << 10;

    /** A new chunk is not longer than one in so many octets of all that there are. */
    private static final int CHUNK_PART = 4;

    /** An index in a chunk takes so many bits of a place. */
    private static final int INDEX_BITS = 14;

    /** One in so many octets is for recent ones, once there is no room. */
    private static final int RECENT_PART = 10;

    /** When one in so many octets is dead, and more than two chunks are, a chunk is tidied for each new one. */
    private static final int DEAD_PART = 4;

    /** An answer that takes more than one in so many octets of the bound is not kept. */
    private static final int ANSWER_PART = 8;

    /** When so many chunks were all asked for, nothing in the next is spared: the lock is for a short time. */
    private static final int VAIN_CHUNKS = 8;

    /** What a slot of the index takes, with its part of {@link #dropped}, which there may not be yet. */
    private static final int SLOT_OCTETS = Long.BYTES + Integer.BYTES;

    private static final int LEAST_CHUNKS = 8;
    private static final int[] NONE = {};

    private final long maxOctets;
    private EntryIndex index = new EntryIndex();
    private ChunkQueue recent = new ChunkQueue();
    private ChunkQueue frequent = new ChunkQueue();

    /** By their numbers; the first has none. */
    private @Nullable Chunk[] chunks = new Chunk[LEAST_CHUNKS];

    private int newestId;

    /** Hashes of what was dropped unasked, each where it falls; empty until there is any. */
    private int[] dropped = NONE;

    /** The octets of the last chunk that was emptied: the next one's. */
    private byte @Nullable [] spare;

    private int negatives;
    private long evictions;

    AnswerStripe(long maxOctets) {
        this.maxOctets = maxOctets - CHUNK_OCTETS; // for the spare one
    }

    /** Reads what is kept for the key; false, and nothing is changed, if there is nothing. */
    synchronized boolean find(QuestionKey key, long nowNanos, CachedAnswer into) {
        int place = place(key);
        if (place == EntryIndex.NOWHERE) {
            return false;
        }
        byte[] m = chunk(place).octets;
        int at = at(place);
        Entry.visits(m, at, Entry.visits(m, at) + 1);
        if (nowNanos - Entry.expiryNanos(m, at) < 0) {
            Entry.hit(m, at);
        }
        into.read(m, at);
        return true;
    }

    synchronized boolean contains(QuestionKey key) {
        return place(key) != EntryIndex.NOWHERE;
    }

    /** Whether the entry that expires then is still there and nobody refreshes it yet; if so, the caller does. */
    synchronized boolean claim(QuestionKey key, long expiryNanos) {
        int place = place(key, expiryNanos);
        if (place == EntryIndex.NOWHERE || Entry.hits(chunk(place).octets, at(place)) == Entry.CLAIMED) {
            return false;
        }
        Entry.claim(chunk(place).octets, at(place));
        return true;
    }

    /** Notes that nothing newer could be had than the entry that expires then. */
    synchronized void fail(QuestionKey key, long expiryNanos, long recheckNanos, int recoveries) {
        int place = place(key, expiryNanos);
        if (place != EntryIndex.NOWHERE) {
            Entry.fail(chunk(place).octets, at(place), recheckNanos, recoveries);
        }
    }

    private int place(QuestionKey key, long expiryNanos) {
        int place = place(key);
        boolean isSame =
                place != EntryIndex.NOWHERE && Entry.expiryNanos(chunk(place).octets, at(place)) == expiryNanos;
        return isSame ? place : EntryIndex.NOWHERE;
    }

    /**
     * Keeps an answer in place of what was kept for the key.
     *
     * @throws IllegalStateException if it is not to be kept; nothing is changed then
     */
    synchronized void store(QuestionKey key, Answer answer, long expiryNanos, int ttlSeconds, boolean negative) {
        int octets = Entry.octets(answer);
        try {
            int place = roomFor(key, octets);
            if (place != EntryIndex.NOWHERE) {
                Entry.write(chunk(place).octets, at(place), key, answer, expiryNanos, ttlSeconds, negative);
                negatives += negative ? 1 : 0;
            }
        } catch (RuntimeException | Error e) {
            clear(); // what is half done, for want of memory, would be found
            throw e;
        }
    }

    /** Where an entry of the key is to be written: over the one before, if it fits, or behind all others; nowhere if it is too long. */
    private int roomFor(QuestionKey key, int octets) {
        int hash = key.hashCode();
        ChunkQueue queue = isKnownAgain(hash) ? frequent : recent;
        int before = place(key);
        if (before != EntryIndex.NOWHERE) {
            Chunk chunk = chunk(before);
            int room = Entry.octets(chunk.octets, at(before));
            if (octets <= room && octets > room / 2) {
                negatives -= Entry.isNegative(chunk.octets, at(before)) ? 1 : 0;
                return before;
            }
            queue = chunk.queue;
            bury(before);
        }
        if (octets > maxOctets / ANSWER_PART) {
            return EntryIndex.NOWHERE;
        }
        makeRoom(queue, octets);
        Chunk chunk = withRoom(queue, octets);
        int at = chunk.take(octets);
        Entry.begin(chunk.octets, at, octets);
        index.add(hash, place(chunk, at));
        return place(chunk, at);
    }

    /** Forgets what is kept for the key. */
    synchronized void remove(QuestionKey key) {
        int place = place(key);
        if (place != EntryIndex.NOWHERE) {
            bury(place);
        }
    }

    /** Forgets what is kept for these, and tells how many that were. */
    synchronized int removeIf(Predicate<QuestionKey> those) {
        int before = index.size();
        QuestionKey key = new QuestionKey();
        for (Chunk chunk : chunks) {
            if (chunk == null) {
                continue;
            }
            int used = chunk.used();
            for (int at = 0; at < used; at += Entry.octets(chunk.octets, at)) {
                if (!Entry.isDead(chunk.octets, at)) {
                    Entry.readKey(chunk.octets, at, key);
                    if (those.test(key)) {
                        bury(place(chunk, at));
                    }
                }
            }
        }
        return before - index.size();
    }

    /** What is kept for these: copies. */
    synchronized Map<QuestionKey, CachedAnswer> matching(Predicate<QuestionKey> those) {
        Map<QuestionKey, CachedAnswer> matching = new HashMap<>();
        QuestionKey key = new QuestionKey();
        for (Chunk chunk : chunks) {
            for (int at = 0; chunk != null && at < chunk.used(); at += Entry.octets(chunk.octets, at)) {
                if (Entry.isDead(chunk.octets, at)) {
                    continue;
                }
                Entry.readKey(chunk.octets, at, key);
                if (those.test(key)) {
                    CachedAnswer found = new CachedAnswer();
                    found.read(chunk.octets, at);
                    matching.put(key.copy(), found);
                }
            }
        }
        return matching;
    }

    /** Forgets everything, and gives back what it occupied. */
    synchronized void clear() {
        index = new EntryIndex();
        recent = new ChunkQueue();
        frequent = new ChunkQueue();
        chunks = new Chunk[LEAST_CHUNKS];
        newestId = 0;
        dropped = NONE;
        spare = null;
        negatives = 0;
    }

    synchronized int size() {
        return index.size();
    }

    synchronized int negatives() {
        return negatives;
    }

    synchronized long evictions() {
        return evictions;
    }

    /** What all of it occupies. */
    synchronized long octets() {
        return chunkOctets()
                + (spare == null ? 0 : spare.length)
                + (long) Long.BYTES * index.slots()
                + (long) Integer.BYTES * dropped.length;
    }

    private long chunkOctets() {
        return recent.occupied() + frequent.occupied();
    }

    private int place(QuestionKey key) {
        int hash = key.hashCode();
        for (int slot = index.slot(hash); !index.isEmpty(slot); slot = index.next(slot)) {
            if (index.holds(slot, hash)) {
                int place = index.place(slot);
                if (Entry.isFor(key, chunk(place).octets, at(place))) {
                    return place;
                }
            }
        }
        return EntryIndex.NOWHERE;
    }

    private static int place(Chunk chunk, int at) {
        return chunk.id << INDEX_BITS | at;
    }

    private Chunk chunk(int place) {
        Chunk chunk = chunks[place >>> INDEX_BITS];
        if (chunk == null) {
            throw new IllegalStateException("a place in no chunk");
        }
        return chunk;
    }

    private static int at(int place) {
        return place & (1 << INDEX_BITS) - 1;
    }

    /** Nothing finds the entry any more; a chunk of which that is true of all goes. */
    private void bury(int place) {
        Chunk chunk = chunk(place);
        ChunkQueue queue = chunk.queue;
        byte[] m = chunk.octets;
        int at = at(place);
        index.remove(Entry.hash(m, at), place);
        negatives -= Entry.isNegative(m, at) ? 1 : 0;
        Entry.die(m, at);
        queue.bury(chunk, Entry.octets(m, at));
        if (chunk.isSpent()) {
            queue.remove(chunk);
            release(chunk);
        }
    }

    private void release(Chunk chunk) {
        chunks[chunk.id] = null;
        if (chunk.octets.length == CHUNK_OCTETS) {
            spare = chunk.octets;
        }
    }

    /** The newest chunk of the queue, if the entry fits into it, or a new one. */
    private Chunk withRoom(ChunkQueue queue, int octets) {
        Chunk newest = queue.newest();
        if (newest != null && newest.hasRoom(octets)) {
            return newest;
        }
        Chunk chunk = new Chunk(room(octets), freeId(), queue);
        chunks[chunk.id] = chunk;
        if (octets > CHUNK_OCTETS) {
            queue.addFull(chunk);
        } else {
            queue.add(chunk);
        }
        return chunk;
    }

    private byte[] room(int octets) {
        byte[] room = spare;
        if (room != null && octets <= CHUNK_OCTETS) {
            spare = null;
            return room;
        }
        int usual = Math.clamp(chunkOctets() / CHUNK_PART, LEAST_CHUNK_OCTETS, CHUNK_OCTETS);
        return new byte[Math.max(usual, octets)];
    }

    private int freeId() {
        for (int tries = 1; tries < chunks.length; tries++) {
            newestId = newestId % (chunks.length - 1) + 1;
            if (chunks[newestId] == null) {
                return newestId;
            }
        }
        newestId = chunks.length;
        chunks = Arrays.copyOf(chunks, 2 * chunks.length);
        return newestId;
    }

    /** Drops entries until there is room for one more, and for whatever it takes to find it. */
    private void makeRoom(ChunkQueue queue, int octets) {
        if (needsChunk(queue, octets) && isWasteful()) {
            tidy(moreDead());
        }
        int vain = 0;
        while (isFull(queue, octets)) {
            ChunkQueue from = crowded();
            if (from.oldest() == null) {
                return; // the index alone is beyond the bound
            }
            long before = chunkOctets();
            if (vain < VAIN_CHUNKS) {
                spareAsked(from);
            } else {
                dropOldest(from);
            }
            vain += chunkOctets() < before ? 0 : 1;
        }
    }

    private boolean isFull(ChunkQueue queue, int octets) {
        int chunk = needsChunk(queue, octets) ? Chunk.occupied(Math.max(octets, CHUNK_OCTETS)) : 0;
        long slots = index.isFull() ? 2L * index.slots() : index.slots();
        return chunkOctets() + chunk + SLOT_OCTETS * slots > maxOctets;
    }

    private static boolean needsChunk(ChunkQueue queue, int octets) {
        Chunk newest = queue.newest();
        return newest == null || !newest.hasRoom(octets);
    }

    /** Whether it is worth while to move what is alive together. */
    private boolean isWasteful() {
        long dead = recent.dead() + frequent.dead();
        return dead > 2 * CHUNK_OCTETS && dead > chunkOctets() / DEAD_PART;
    }

    private ChunkQueue moreDead() {
        return recent.dead() > frequent.dead() ? recent : frequent;
    }

    private ChunkQueue crowded() {
        return recent.occupied() > maxOctets / RECENT_PART || frequent.oldest() == null ? recent : frequent;
    }

    /** Moves what is alive in the oldest chunk to the end of the queue. */
    private void tidy(ChunkQueue queue) {
        Chunk oldest = taken(queue);
        for (int at = 0; at < oldest.used(); at += Entry.octets(oldest.octets, at)) {
            if (!Entry.isDead(oldest.octets, at)) {
                move(oldest, at, queue);
            }
        }
        release(oldest);
    }

    /** Moves what was asked for in the oldest chunk to the frequent ones, and drops the rest. */
    private void spareAsked(ChunkQueue queue) {
        Chunk oldest = taken(queue);
        byte[] m = oldest.octets;
        for (int at = 0; at < oldest.used(); at += Entry.octets(m, at)) {
            int visits = Entry.visits(m, at);
            if (Entry.isDead(m, at)) {
                continue;
            }
            if (visits == 0) {
                drop(oldest, at, queue == recent);
            } else {
                Entry.visits(m, at, queue == recent ? 0 : visits - 1);
                move(oldest, at, frequent);
            }
        }
        release(oldest);
    }

    private void dropOldest(ChunkQueue queue) {
        Chunk oldest = taken(queue);
        for (int at = 0; at < oldest.used(); at += Entry.octets(oldest.octets, at)) {
            if (!Entry.isDead(oldest.octets, at)) {
                drop(oldest, at, false);
            }
        }
        release(oldest);
    }

    /** The oldest chunk, which there must be, taken out of the queue. */
    private static Chunk taken(ChunkQueue queue) {
        Chunk oldest = Objects.requireNonNull(queue.oldest());
        queue.remove(oldest);
        return oldest;
    }

    private void move(Chunk chunk, int at, ChunkQueue to) {
        int octets = Entry.octets(chunk.octets, at);
        Chunk other = withRoom(to, octets);
        int there = other.take(octets);
        System.arraycopy(chunk.octets, at, other.octets, there, octets);
        index.move(Entry.hash(chunk.octets, at), place(chunk, at), place(other, there));
    }

    /** @param noted whether it is to be known again should it come again soon */
    private void drop(Chunk chunk, int at, boolean noted) {
        byte[] m = chunk.octets;
        int hash = Entry.hash(m, at);
        index.remove(hash, place(chunk, at));
        negatives -= Entry.isNegative(m, at) ? 1 : 0;
        evictions++;
        if (noted) {
            if (dropped.length != index.slots()) {
                dropped = new int[index.slots()];
            }
            dropped[hash & (dropped.length - 1)] = hash;
        }
    }

    /** The larger a cache, the fewer bits of a hash are not its place: of 64 GB, every eighth name seems to be known. */
    private boolean isKnownAgain(int hash) {
        return dropped.length > 0 && dropped[hash & (dropped.length - 1)] == hash;
    }
}
