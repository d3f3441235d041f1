package io.dnsproxy.resolver.cache;

/**
 * Where entries are, by their hash: a table with open addressing, at most three quarters full, that only grows. Several entries
 * may have the same hash; whoever looks compares their keys. One thread at a time.
 */
final class EntryIndex {

    /** No place. */
    static final int NOWHERE = 0;

    private static final int LEAST_SLOTS = 64;

    /** A hash above, a place below; 0 when empty, since no place is 0. */
    private long[] slots = new long[LEAST_SLOTS];

    private int size;

    /** The first slot to look at for this hash. */
    int slot(int hash) {
        return hash & (slots.length - 1);
    }

    /** The slot behind. */
    int next(int slot) {
        return (slot + 1) & (slots.length - 1);
    }

    /** Whether the slot is empty, so that there is nothing more for the hash that led here. */
    boolean isEmpty(int slot) {
        return slots[slot] == 0;
    }

    /** Whether what the slot leads to has this hash. */
    boolean holds(int slot, int hash) {
        return (int) (slots[slot] >>> Integer.SIZE) == hash;
    }

    /** Where the slot leads. */
    int place(int slot) {
        return (int) slots[slot];
    }

    /** Adds an entry. */
    void add(int hash, int place) {
        if (isFull()) {
            grow();
        }
        put(packed(hash, place));
        size++;
    }

    /** Whether it doubles if an entry is added. */
    boolean isFull() {
        return size >= slots.length / 4 * 3;
    }

    /** An entry has moved. */
    void move(int hash, int from, int to) {
        slots[find(hash, from)] = packed(hash, to);
    }

    /** Removes an entry. Those behind it close up, so that no gap ends a search too early. */
    void remove(int hash, int place) {
        int gap = find(hash, place);
        for (int i = next(gap); slots[i] != 0; i = next(i)) {
            int home = slot((int) (slots[i] >>> Integer.SIZE));
            if (distance(home, i) >= distance(gap, i)) {
                slots[gap] = slots[i];
                gap = i;
            }
        }
        slots[gap] = 0;
        size--;
    }

    private int distance(int from, int to) {
        return (to - from) & (slots.length - 1);
    }

    private int find(int hash, int place) {
        long sought = packed(hash, place);
        int slot = slot(hash);
        while (slots[slot] != sought) {
            if (slots[slot] == 0) {
                throw new IllegalStateException("an entry that is in no slot");
            }
            slot = next(slot);
        }
        return slot;
    }

    private static long packed(int hash, int place) {
        return (long) hash << Integer.SIZE | (place & 0xffff_ffffL);
    }

    private void put(long packed) {
        int slot = slot((int) (packed >>> Integer.SIZE));
        while (slots[slot] != 0) {
            slot = next(slot);
        }
        slots[slot] = packed;
    }

    private void grow() {
        long[] before = slots;
        slots = new long[2 * before.length];
        for (long packed : before) {
            if (packed != 0) {
                put(packed);
            }
        }
    }

    /** How many entries. */
    int size() {
        return size;
    }

    /** How many slots of 8 octets, empty ones included. */
    int slots() {
        return slots.length;
    }
}
