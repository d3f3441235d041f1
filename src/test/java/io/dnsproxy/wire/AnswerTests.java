package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class AnswerTests {

    private static final Query QUERY = Messages.ednsQuery("www.example.org", Type.A, 1232, false);
    private static final String SOA = "SOA ns.example.org. admin.example.org. 1 2 3 4 ";

    @Test
    void theLeastTtlIsThatOfTheAnswerSection() {
        Message response = Messages.responseTo(
                QUERY, List.of("www.example.org. 300 CNAME a.example.org.", "a.example.org. 60 A 192.0.2.1"));
        response.addRecord(Messages.record("example.org. 5 NS ns.example.org."), Section.AUTHORITY);

        assertThat(Messages.answerTo(QUERY, response).leastTtlSeconds()).isEqualTo(60);
        assertThat(Messages.answerTo(QUERY, response).answerRecords()).isEqualTo(2);
    }

    @Test
    void aTtlWithTheTopBitSetIsZero() {
        byte[] wire = Messages.responseTo(QUERY, List.of("www.example.org. 300 A 192.0.2.1"))
                .toWire();
        wire[wire.length - 10] = (byte) 0x80;
        Answer answer = Messages.answerTo(QUERY, wire);
        assertThat(answer.leastTtlSeconds()).isZero();
        assertThat(Messages.reply(QUERY, answer)
                        .getSection(Section.ANSWER)
                        .getFirst()
                        .getTTL())
                .isZero();
    }

    @ParameterizedTest(name = "SOA {0} {1}, answer {2}: {3}")
    @CsvSource({"300, 60, , 60", "60, 300, , 60", "300, 300, 20, 20", "300, 4294967295, , 0", "0, 300, , 0"})
    void aNegativeAnswerHoldsAsLongAsItsSoa(long ttl, long minimum, @Nullable Long answerTtl, int holds) {
        Message response = Messages.responseTo(QUERY);
        response.addRecord(Messages.record("example.org. 7 NS ns.example.org."), Section.AUTHORITY);
        response.addRecord(Messages.record("example.org. " + ttl + " " + SOA + minimum), Section.AUTHORITY);
        if (answerTtl != null) {
            response.addRecord(
                    Messages.record("www.example.org. " + answerTtl + " CNAME gone.example.org."), Section.ANSWER);
        }

        assertThat(Messages.answerTo(QUERY, response).negativeTtlSeconds()).isEqualTo(holds);
    }

    @Test
    void withoutSoaANegativeAnswerHasNoTtl() {
        assertThat(Messages.answerTo(QUERY).negativeTtlSeconds()).isEqualTo(Answer.NO_SOA);
        assertThat(Answer.failure(Rcode.SERVFAIL).negativeTtlSeconds()).isEqualTo(Answer.NO_SOA);
    }

    @Test
    void aSoaTooShortForItsFieldsIsNone() {
        byte[] wire = Messages.octets("0000 8180 0001 0000 0001 0000 03'www' 07'example' 03'org' 00 0001 0001"
                + "c010 0006 0001 00000e10 0003 000000");
        Answer answer = Messages.answerTo(Messages.query("www.example.org", Type.A), wire);
        assertThat(answer.negativeTtlSeconds()).isEqualTo(Answer.NO_SOA);
    }

    @Test
    void aFailureHasNoRecords() {
        Answer failure = Answer.failure(Rcode.SERVFAIL, new ExtendedError(ExtendedError.NETWORK_ERROR, "down"));

        assertThat(failure.rcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(failure.answerRecords()).isZero();
        assertThat(failure.leastTtlSeconds()).isZero();
        assertThat(failure.authenticData()).isFalse();
        assertThat(failure.truncated()).isFalse();
        assertThat(failure.isSigned()).isFalse();
        assertThat(failure.hasExtendedError(ExtendedError.NETWORK_ERROR)).isTrue();
        assertThat(failure.hasExtendedError(ExtendedError.OTHER)).isFalse();
        assertThat(Answer.failure(Rcode.REFUSED).hasExtendedError(0)).isFalse();
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(failure::toMessage);
    }

    @Test
    void changedTtlsLeaveTheOriginalAlone() {
        Answer answer = Messages.answerTo(QUERY, "www.example.org. 300 A 192.0.2.1", "www.example.org. 5 A 192.0.2.2");

        assertThat(ttls(answer.withTtlsBetween(60, 100))).containsExactly(100L, 60L);
        assertThat(ttls(answer)).containsExactly(300L, 5L);
    }

    @Test
    void staleDataHasOneTtlAndNobodyVouchesForIt() {
        Query asking = Query.of(
                Messages.ednsQuestion("www.example.org", Type.A, 1232, true).toWire());
        Message response = Messages.responseTo(
                asking, List.of("www.example.org. 300 A 192.0.2.1", "www.example.org. 5 A 192.0.2.2"));
        response.getHeader().setFlag(Flags.AD);
        Answer answer = Messages.answerTo(asking, response).bornAt(0);
        Answer stale = answer.stale(30, new ExtendedError(ExtendedError.STALE_ANSWER));

        Message reply = Messages.parse(Messages.write(asking, stale, stale.ageSeconds(Long.MAX_VALUE), 512));

        assertThat(reply.getSection(Section.ANSWER).stream().map(Record::getTTL))
                .containsExactly(30L, 30L);
        assertThat(reply.getHeader().getFlag(Flags.AD)).isFalse();
        assertThat(stale.hasExtendedError(ExtendedError.STALE_ANSWER)).isTrue();
        assertThat(stale.message).as("no second copy").isSameAs(answer.message);
        assertThat(Messages.reply(asking, answer).getHeader().getFlag(Flags.AD)).isTrue();
    }

    @Test
    void anErrorCanBeAdded() {
        Answer answer = Messages.answerTo(QUERY, "www.example.org. 300 A 192.0.2.1");
        Answer stale = answer.withExtendedError(new ExtendedError(ExtendedError.STALE_ANSWER));

        assertThat(stale.hasExtendedError(ExtendedError.STALE_ANSWER)).isTrue();
        assertThat(answer.hasExtendedError(ExtendedError.STALE_ANSWER)).isFalse();
        assertThat(stale.withExtendedError(new ExtendedError(1, "x")).hasExtendedError(ExtendedError.STALE_ANSWER))
                .isTrue();
    }

    @Test
    void itsMessageMakesTheSameAnswerAgain() {
        Randomly.times(2_000, random -> {
            Message question = RandomMessages.query(random);
            Query query = Query.of(question.toWire());
            byte[] wire = RandomMessages.response(random, question, 6).toWire();
            Answer answer = Messages.answerTo(query, wire);
            byte[] stored = answer.toMessage();
            Answer again = Messages.answerTo(query, stored);
            assertThat(again.rcode()).isEqualTo(answer.rcode());
            assertThat(again.errors).isEqualTo(answer.errors);
            assertThat(again.ttlOffsets).isEqualTo(answer.ttlOffsets);
            assertThat(again.message).isEqualTo(answer.message);
        });
    }

    @Test
    void whatIsUnpackedIsWhatWasPackedWhateverTheLensHeldBefore() {
        Answer lens = new Answer();
        Randomly.times(2_000, random -> {
            Message question = RandomMessages.query(random);
            Query query = Query.of(question.toWire());
            Answer answer = Messages.answerTo(
                            query, RandomMessages.response(random, question, 6).toWire())
                    .bornAt(random.nextLong());
            if (answer.isSigned()) {
                return;
            }
            int at = random.nextInt(10);
            byte[] packed = new byte[at + answer.packedOctets() + random.nextInt(10)];
            answer.pack(packed, at);
            lens.unpack(packed, at, 0);

            assertThat(lens.rcode()).isEqualTo(answer.rcode());
            assertThat(lens.toMessage()).hasSameSizeAs(answer.toMessage());
            assertThat(lens.greatestTtlSeconds()).isEqualTo(answer.greatestTtlSeconds());
            assertThat(lens.negativeTtlSeconds()).isEqualTo(answer.negativeTtlSeconds());
            assertThat(lens.octets()).isEqualTo(answer.octets());
            assertThat(Messages.write(query, lens, 7, 65_535)).isEqualTo(Messages.write(query, answer, 7, 65_535));
        });
    }

    @Test
    void whatIsMadeFromALensStaysWhenTheLensGoesOn() {
        Answer first = Messages.answerTo(QUERY, "www.example.org. 300 A 192.0.2.1");
        Answer second = Messages.answerTo(QUERY, "www.example.org. 5 A 192.0.2.2");
        Answer lens = unpacked(new Answer(), first);
        ExtendedError why = new ExtendedError(ExtendedError.STALE_ANSWER);
        List<Answer> made = List.of(
                lens.bornAt(0), lens.stale(300, why), lens.withExtendedError(why), lens.withTtlsBetween(1, 400));
        unpacked(lens, second);

        assertThat(made)
                .allSatisfy(answer -> assertThat(Messages.reply(QUERY, answer).getSection(Section.ANSWER))
                        .isEqualTo(Messages.reply(QUERY, first).getSection(Section.ANSWER)));
        assertThat(ttls(lens)).containsExactly(5L);
    }

    @Test
    void onlyALensIsUnpackedInto() {
        Answer answer = Messages.answerTo(QUERY, "www.example.org. 300 A 192.0.2.1");

        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> unpacked(answer, answer));
    }

    @Test
    void whatIsStaleIsNotPacked() {
        Answer stale = Messages.answerTo(QUERY, "www.example.org. 300 A 192.0.2.1")
                .stale(30, new ExtendedError(ExtendedError.STALE_ANSWER));

        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> unpacked(new Answer(), stale));
    }

    private static Answer unpacked(Answer lens, Answer answer) {
        byte[] packed = new byte[answer.packedOctets()];
        answer.pack(packed, 0);
        lens.unpack(packed, 0, 0);
        return lens;
    }

    @Test
    void countsItsOctets() {
        Answer answer = Messages.answerTo(QUERY, "www.example.org. 300 A 192.0.2.1");

        assertThat(answer.octets()).isBetween(answer.message.length + 64, answer.message.length + 128);
    }

    @Test
    void saysNothingOfWhatWasAsked() {
        assertThat(Messages.answerTo(QUERY, "www.example.org. 300 A 192.0.2.1"))
                .hasToString("Answer[NOERROR, 49 octets]");
    }

    private static List<Long> ttls(Answer answer) {
        return Messages.reply(QUERY, answer).getSection(Section.ANSWER).stream()
                .map(Record::getTTL)
                .toList();
    }

    @Test
    void remembersWhoSaidSoWhateverElseChanges() {
        byte[] message = Messages.responseTo(QUERY, List.of("www.example.org. 300 A 192.0.2.1"))
                .toWire();
        Answer answer = Objects.requireNonNull(ResponseReader.read(message, message.length, QUERY, null, 64));

        assertThat(answer.origin()).isEqualTo(64);
        assertThat(answer.bornAt(1).origin()).isEqualTo(64);
        assertThat(answer.withTtlsBetween(1, 2).origin()).isEqualTo(64);
        assertThat(answer.stale(30, new ExtendedError(ExtendedError.BLOCKED)).origin())
                .isEqualTo(64);
        assertThat(answer.withExtendedError(new ExtendedError(ExtendedError.BLOCKED))
                        .origin())
                .isEqualTo(64);
        assertThat(Answer.failure(Rcode.REFUSED).origin()).isEqualTo(Answer.NO_ORIGIN);
    }
}
