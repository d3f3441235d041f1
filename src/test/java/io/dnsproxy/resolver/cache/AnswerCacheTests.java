package io.dnsproxy.resolver.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Randomly;
import io.dnsproxy.wire.ResponseReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** What lies in arrays is found, moved, replaced and dropped as if each entry were an object of its own: a map is the model. */
class AnswerCacheTests {

    private static final int STALE_SECONDS = 86_400;
    private static final int TTL_SECONDS = 300;
    private static final int TEXT_OCTETS = 200;

    @Test
    void findsWhatWasStoredLastWhateverItsLength() {
        Randomly.times(10, random -> {
            Model model = new Model(64 << 20, random);
            for (int i = 0; i < 2_000; i++) {
                model.change(100);
            }
            assertThat(model.cache.evictions()).isZero();
            assertThat(model.cache.size()).isEqualTo(model.known.size());
            model.check(100);
        });
    }

    @Test
    void findsWhatWasStoredLastOrNothingWhenItIsFull() {
        Randomly.times(10, random -> {
            Model model = new Model(400_000, random);
            for (int i = 0; i < 3_000; i++) {
                model.change(400);
                assertThat(model.cache.octets()).isLessThanOrEqualTo(400_000);
            }
            assertThat(model.cache.evictions()).isPositive();
            assertThat(model.cache.size()).isBetween(50L, 400L);
            model.check(400);
        });
    }

    @Test
    void answersThatAreReplacedByLongerAndShorterOnesGiveTheirRoomBack() {
        AnswerCache cache = new AnswerCache(8 << 20, STALE_SECONDS);
        Randomly.times(1, random -> {
            for (int i = 0; i < 1_000; i++) {
                store(cache, query(i), 1, 0);
            }
            for (int i = 0; i < 100_000; i++) {
                int number = i % 500 == 0 ? random.nextInt(1_000) : random.nextInt(50);
                store(cache, query(number), random.nextInt(8), 0);
            }
        });

        assertThat(cache.size()).isEqualTo(1_000);
        assertThat(cache.evictions()).isZero();
        assertThat(cache.octets()).isLessThan(2 << 20);
    }

    @Test
    void aNewAnswerOfTheSameLengthTakesNoRoom() {
        AnswerCache cache = new AnswerCache(8 << 20, STALE_SECONDS);
        store(cache, query(1), 1, 0);
        long octets = cache.octets();
        for (int i = 0; i < 1_000; i++) {
            store(cache, query(1), 1, 0);
        }

        assertThat(cache.octets()).isEqualTo(octets);
        assertThat(cache.size()).isOne();
    }

    @Test
    void whenEverythingIsForgottenItOccupiesWhatItDidInTheBeginning() {
        AnswerCache cache = new AnswerCache(1 << 20, STALE_SECONDS);
        long octets = cache.octets();
        for (int i = 0; i < 10_000; i++) {
            store(cache, query(i), i % 3, 0);
        }
        assertThat(cache.octets()).isGreaterThan(500_000);
        assertThat(cache.negatives()).isPositive();
        cache.clear();

        assertThat(cache.octets()).isEqualTo(octets).isLessThan(2_000);
        assertThat(cache.size()).isZero();
        assertThat(cache.negatives()).isZero();
        assertThat(cache.find(query(9_999), 0)).isNull();
    }

    @Test
    void anAnswerThatWouldTakeUpAnEighthOfItIsNotKeptNorTheOneBeforeIt() {
        AnswerCache cache = new AnswerCache(200_000, STALE_SECONDS);
        store(cache, query(1), 1, 0);
        store(cache, query(2), 1, 0);
        store(cache, query(1), 200, 0);

        assertThat(cache.find(query(1), 0)).isNull();
        assertThat(cache.find(query(2), 0)).isNotNull();
    }

    @Test
    void theLongestAnswerIsKept() {
        AnswerCache cache = new AnswerCache(1 << 20, STALE_SECONDS);
        Answer longest = store(cache, query(1), 310, 0);
        assertThat(longest.toMessage()).hasSizeGreaterThan(64_000);

        assertThat(Objects.requireNonNull(cache.find(query(1), 0)).answer().toMessage())
                .isEqualTo(longest.toMessage());
    }

    @Test
    void namesThatAreAskedForAgainSoonAfterTheyWereDroppedStayLonger() {
        AnswerCache cache = new AnswerCache(1 << 20, STALE_SECONDS);
        for (int i = 0; cache.evictions() < 200; i++) {
            store(cache, query(i), 1, 0);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(cache.find(query(i), 0)).isNull();
            store(cache, query(i), 1, 0);
        }
        for (int i = 10_000; i < 20_000; i++) {
            store(cache, query(i), 1, 0);
        }

        // where it is noted what was dropped, some hashes fall on others
        assertThat(IntStream.range(0, 100).filter(i -> cache.find(query(i), 0) != null))
                .hasSizeGreaterThan(50);
        assertThat(cache.find(query(10_000), 0)).isNull();
    }

    @Test
    void ofAllWhoFindAnAnswerThatIsDueOneRefreshesIt() {
        AnswerCache cache = new AnswerCache(1 << 20, STALE_SECONDS);
        store(cache, query(1), 1, 0);
        CachedAnswer found = new CachedAnswer();
        long nowNanos = 295_000_000_000L;
        for (int i = 0; i < 3; i++) {
            cache.find(query(1), nowNanos, found);
            assertThat(found.isDue(nowNanos, 3, 10)).isFalse();
        }
        cache.find(query(1), nowNanos, found);

        assertThat(found.isDue(nowNanos, 3, 10)).isTrue();
        assertThat(cache.claimRefresh(query(1), found)).isTrue();
        assertThat(cache.claimRefresh(query(1), found)).isFalse();
        cache.find(query(1), nowNanos, found);
        assertThat(found.isClaimed()).isTrue();
        assertThat(found.isDue(nowNanos, 3, 10)).isFalse();
    }

    @Test
    void whatHasComeSinceIsNeitherClaimedNorFailed() {
        AnswerCache cache = new AnswerCache(1 << 20, STALE_SECONDS);
        store(cache, query(1), 1, 0);
        CachedAnswer before = Objects.requireNonNull(cache.find(query(1), 0));
        store(cache, query(1), 1, 1);

        assertThat(cache.claimRefresh(query(1), before)).isFalse();
        cache.refreshFailed(query(1), before, 2, 0);
        CachedAnswer now = Objects.requireNonNull(cache.find(query(1), 2));
        assertThat(now.isClaimed()).isFalse();
        assertThat(now.failedLately(2, 0)).isFalse();
        cache.refreshFailed(query(1), now, 2, 0);
        assertThat(Objects.requireNonNull(cache.find(query(1), 2)).failedLately(2, 0))
                .isTrue();
    }

    @Test
    void anAnswerThatMayNotBeKeptLeavesEverythingAsItWas() {
        AnswerCache cache = new AnswerCache(1 << 20, STALE_SECONDS);
        Answer stored = store(cache, query(1), 1, 0);
        Answer stale = stored.stale(30, new ExtendedError(ExtendedError.STALE_ANSWER));

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> cache.store(query(1), new KeptAnswer(stale, TTL_SECONDS, 0), 0));
        assertThat(Objects.requireNonNull(cache.find(query(1), 0)).answer().toMessage())
                .isEqualTo(stored.toMessage());
    }

    /** A cache, and a map that is told the same. */
    private static final class Model {

        final AnswerCache cache;
        final Map<Integer, Known> known = new HashMap<>();
        private final Random random;
        private int time;

        private record Known(Answer answer, boolean negative, int time) {}

        Model(int maxOctets, Random random) {
            cache = new AnswerCache(maxOctets, STALE_SECONDS);
            this.random = random;
        }

        void change(int names) {
            time++;
            int number = random.nextInt(names);
            switch (random.nextInt(20)) {
                case 0 -> {
                    cache.remove(query(number));
                    known.remove(number);
                }
                case 1 -> {
                    byte[] name = query(number).name();
                    int removed = cache.removeIf(key -> key.isFor(name));
                    assertThat(removed).isBetween(0, 1);
                    known.remove(number);
                }
                case 2, 3, 4, 5, 6, 7 -> check(number, cache.find(query(number), now()));
                default -> {
                    int texts = random.nextInt(10) == 0 ? random.nextInt(150) : random.nextInt(4);
                    Answer stored = store(cache, query(number), texts, now());
                    known.put(number, new Known(stored, texts == 0, time));
                }
            }
        }

        private long now() {
            return time * 1_000_000_000L;
        }

        void check(int names) {
            int found = 0;
            int negatives = 0;
            for (int number = 0; number < names; number++) {
                CachedAnswer entry = cache.find(query(number), now());
                check(number, entry);
                found += entry == null ? 0 : 1;
                negatives += entry != null && entry.isNegative() ? 1 : 0;
            }
            assertThat(cache.size()).isEqualTo(found);
            assertThat(cache.negatives()).isEqualTo(negatives);
            int[] seen = {0};
            cache.forEach(key -> true, (key, entry) -> seen[0]++);
            assertThat(seen[0]).isEqualTo(found);
        }

        private void check(int number, @Nullable CachedAnswer entry) {
            Known last = known.get(number);
            if (entry == null) {
                assertThat(last == null || cache.evictions() > 0 || last.answer.octets() > 20_000)
                        .isTrue();
                return;
            }
            assertThat(last).isNotNull();
            assertThat(entry.answer().toMessage()).isEqualTo(last.answer.toMessage());
            assertThat(entry.answer().ageSeconds(now())).isEqualTo(time - last.time);
            assertThat(entry.isNegative()).isEqualTo(last.negative);
            assertThat(entry.isFresh(now())).isEqualTo(time - last.time < TTL_SECONDS);
        }
    }

    private static Query query(int number) {
        return Query.of(
                Queries.query("host-" + number + ".example.org", Type.TXT).toWire());
    }

    /** Stores so many records for a name; "no such data" if there are none. */
    private static Answer store(AnswerCache cache, Query query, int texts, long nowNanos) {
        try {
            Message response = new Message(query.message());
            response.getHeader().setFlag(Flags.QR);
            response.getHeader().setRcode(Rcode.NOERROR);
            Name name = response.getQuestion().getName();
            for (int i = 0; i < texts; i++) {
                String text = Character.toString('a' + i % 26).repeat(TEXT_OCTETS - i / 26);
                response.addRecord(new TXTRecord(name, DClass.IN, TTL_SECONDS, text), Section.ANSWER);
            }
            if (texts == 0) {
                Name zone = Name.fromString("example.org.");
                Record soa = new SOARecord(zone, DClass.IN, TTL_SECONDS, zone, zone, 1, 2, 3, 4, TTL_SECONDS);
                response.addRecord(soa, Section.AUTHORITY);
            }
            byte[] wire = response.toWire();
            Answer answer = Objects.requireNonNull(ResponseReader.read(wire, wire.length, query));
            return cache.store(query, new KeptAnswer(answer, TTL_SECONDS, 0), nowNanos);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
