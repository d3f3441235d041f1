package io.dnsproxy.resolver.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dnsproxy.wire.Randomly;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class EntryIndexTests {

    /** One entry: its hash and its place. */
    private record Known(int hash, int place) {}

    @Test
    void findsWhatWasAddedAndNotRemovedHoweverManyFallTogether() {
        Randomly.times(50, random -> {
            int hashes = 1 << (1 + random.nextInt(12));
            EntryIndex index = new EntryIndex();
            List<Known> known = new ArrayList<>();
            for (int i = 1; i <= 3_000; i++) {
                if (known.isEmpty() || random.nextInt(5) < 3) {
                    Known added = new Known(hash(random, hashes), i);
                    index.add(added.hash, added.place);
                    known.add(added);
                } else {
                    Known gone = known.remove(random.nextInt(known.size()));
                    if (random.nextBoolean()) {
                        index.remove(gone.hash, gone.place);
                    } else {
                        index.move(gone.hash, gone.place, i);
                        known.add(new Known(gone.hash, i));
                    }
                }
            }
            assertThat(index.size()).isEqualTo(known.size());
            assertThat(index.slots()).isGreaterThan(known.size());
            for (int hash = 0; hash < hashes; hash++) {
                assertThat(places(index, spread(hash))).isEqualTo(placesOf(known, spread(hash)));
            }
        });
    }

    @Test
    void doesNotRemoveWhatIsNotThere() {
        EntryIndex index = new EntryIndex();
        index.add(5, 1);

        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> index.remove(5, 2));
        assertThat(index.size()).isOne();
    }

    /** Some of them lie at the end of the table, so that what falls together with them goes on at its beginning. */
    private static int hash(Random random, int hashes) {
        return spread(random.nextInt(hashes));
    }

    private static int spread(int number) {
        return (number & 1) == 0 ? number : -number;
    }

    private static Set<Integer> places(EntryIndex index, int hash) {
        Set<Integer> places = new TreeSet<>();
        for (int slot = index.slot(hash); !index.isEmpty(slot); slot = index.next(slot)) {
            if (index.holds(slot, hash)) {
                places.add(index.place(slot));
            }
        }
        return places;
    }

    private static Set<Integer> placesOf(List<Known> known, int hash) {
        Set<Integer> places = new TreeSet<>();
        known.stream().filter(one -> one.hash == hash).forEach(one -> places.add(one.place));
        return places;
    }
}
