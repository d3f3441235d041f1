package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

class QuestionKeyTests {

    @Test
    void ignoresTheCaseOfTheName() {
        assertSame(Messages.query("www.example.org", Type.A), Messages.query("wWw.eXAmple.ORG", Type.A));
    }

    @Test
    void tellsNamesTypesClassesDoAndCdApart() {
        Message checkingDisabled = Messages.question("www.example.org", Type.A);
        checkingDisabled.getHeader().setFlag(Flags.CD);
        byte[] chaos = Messages.question("www.example.org", Type.A).toWire();
        chaos[chaos.length - 1] = DnsClass.CH;
        Set<QuestionKey> keys = new HashSet<>();
        keys.add(Messages.query("www.example.org", Type.A).key());
        keys.add(Messages.query("www.example.org", Type.AAAA).key());
        keys.add(Messages.query("ww.example.org", Type.A).key());
        keys.add(Messages.ednsQuery("www.example.org", Type.A, 1232, true).key());
        keys.add(Query.of(checkingDisabled.toWire()).key());
        keys.add(Query.of(chaos).key());
        keys.add(Messages.query("www.example.org", Type.A).nameKey());
        keys.add(Messages.query("www.example.org", 0).key());

        assertThat(keys).hasSize(8);
    }

    @Test
    void ednsAloneAndAdMakeNoDifference() {
        Message authentic = Messages.question("www.example.org", Type.A);
        authentic.getHeader().setFlag(Flags.AD);

        assertSame(
                Messages.query("www.example.org", Type.A), Messages.ednsQuery("www.example.org", Type.A, 4096, false));
        assertSame(Messages.query("www.example.org", Type.A), Query.of(authentic.toWire()));
    }

    @Test
    void theNameKeyIsTheSameForEveryType() {
        assertThat(Messages.query("www.example.org", Type.A).nameKey())
                .isEqualTo(Messages.query("WWW.example.org", Type.MX).nameKey())
                .isNotEqualTo(Messages.ednsQuery("www.example.org", Type.A, 1232, true)
                        .nameKey());
    }

    @Test
    void aCopysKeyStaysWhenTheLensGoesOn() {
        byte[] first = Messages.question("first.example.org", Type.A).toWire();
        byte[] second = Messages.question("second.example.org", Type.A).toWire();
        Query lens = new Query();
        lens.read(first, 0, first.length);
        Map<QuestionKey, String> cache = new HashMap<>();
        cache.put(lens.copy().key(), "first");
        assertThat(cache).containsKey(lens.key());

        lens.read(second, 0, second.length);
        assertThat(cache).doesNotContainKey(lens.key());

        lens.read(first, 0, first.length);
        assertThat(cache).containsKey(lens.key());
        assertThat(cache.keySet()).containsExactly(Query.of(first).key());
    }

    @Test
    void namesOfEveryLengthHaveAKey() {
        Set<QuestionKey> keys = new HashSet<>();
        for (int octets = 1; octets <= 255; octets++) {
            if (octets != 2) {
                keys.add(Query.of(QueryTests.queryFor(NameTests.nameOf(octets))).key());
            }
        }
        assertThat(keys).hasSize(254);
    }

    @Test
    void itsOctetsAreTheSameForTheSameQuestion() {
        byte[] octets = Messages.query("WWW.example.org", Type.A).key().toOctets();

        assertThat(octets).isEqualTo(Messages.octets("03'www' 07'example' 03'org' 00 0001 0001 00"));
    }

    @Test
    void whatIsUnpackedFromAnAnswerIsTheKeyOfItsQuestion() {
        QuestionKey lens = new QuestionKey();
        Randomly.times(500, random -> {
            Message question = RandomMessages.query(random);
            Query query = Query.of(question.toWire());
            Answer answer = Messages.answerTo(
                    query, RandomMessages.response(random, question, 2).toWire());
            Query other = Query.of(RandomMessages.query(random).toWire());
            byte[] packed = new byte[3 + answer.packedOctets()];
            answer.pack(packed, 3);
            for (QuestionKey key : List.of(query.key(), query.nameKey())) {
                lens.unpack(packed, 3, key.bits());

                assertThat(lens).isEqualTo(key).hasSameHashCodeAs(key);
                assertThat(lens.copy()).isEqualTo(key);
                assertThat(key.isAskedIn(packed, 3, key.bits())).isTrue();
                assertThat(key.isAskedIn(packed, 3, (byte) (key.bits() ^ 1 << random.nextInt(3))))
                        .isFalse();
                for (QuestionKey another : List.of(other.key(), other.nameKey())) {
                    assertThat(another.isAskedIn(packed, 3, key.bits())).isEqualTo(another.equals(key));
                }
            }
        });
    }

    @Test
    void tellsTypesAndClassesOfPackedQuestionsApart() {
        Answer answer =
                Messages.answerTo(Messages.query("www.example.org", Type.A), "www.example.org. 300 A 192.0.2.1");
        byte[] packed = new byte[answer.packedOctets()];
        answer.pack(packed, 0);
        byte[] chaos = Messages.question("www.example.org", Type.A).toWire();
        chaos[chaos.length - 1] = DnsClass.CH;
        Query other = Messages.query("WWW.example.org", Type.AAAA);

        assertThat(other.key().isAskedIn(packed, 0, other.key().bits())).isFalse();
        assertThat(other.nameKey().isAskedIn(packed, 0, other.nameKey().bits())).isTrue();
        assertThat(Query.of(chaos).key().isAskedIn(packed, 0, (byte) 0)).isFalse();
        assertThat(Query.of(chaos)
                        .nameKey()
                        .isAskedIn(packed, 0, other.nameKey().bits()))
                .isFalse();
    }

    @Test
    void aCopyIsNotUnpackedInto() {
        QuestionKey key = Messages.query("www.example.org", Type.A).key();

        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> key.unpack(new byte[100], 0, (byte) 0));
    }

    /** "az" and "b[" have one {@link Arrays#hashCode(byte[])}, and so have all rows of them: legal names, cheap to make. */
    @Test
    void namesChosenToFallTogetherDoNot() {
        int names = 1 << 12;
        Set<Integer> hashes = new HashSet<>();
        Set<Integer> plainHashes = new HashSet<>();
        for (int bits = 0; bits < names; bits++) {
            StringBuilder label = new StringBuilder();
            for (int i = 0; i < 12; i++) {
                label.append((bits >> i & 1) == 0 ? "az" : "b[");
            }
            byte[] name = Messages.octets("18'" + label + "' 07'example' 03'org' 00");
            QuestionKey key = Query.of(QueryTests.queryFor(name)).key();
            plainHashes.add(Arrays.hashCode(key.toOctets()));
            hashes.add(key.hashCode());
        }
        assertThat(plainHashes).hasSize(1);
        assertThat(hashes).hasSizeGreaterThan(names - 4);
    }

    private static void assertSame(Query one, Query other) {
        assertThat(one.key()).isEqualTo(other.key()).hasSameHashCodeAs(other.key());
    }
}
