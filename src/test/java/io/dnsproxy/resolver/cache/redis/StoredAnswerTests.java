package io.dnsproxy.resolver.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.RandomAnswers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class StoredAnswerTests {

    private static final long NOW_MILLIS = 1_795_000_000_000L;
    private static final long STALE_MILLIS = Duration.ofDays(1).toMillis();

    private static final int FRESH_UNTIL_AT = 2;
    private static final int TTL_AT = 10;
    private static final int KEY_AT = 16;

    private final Query query = Samples.query("www.example.org");
    private final KeptAnswer kept = Samples.address(query, "192.0.2.1", 300);
    private final byte[] value = encode(query, kept);

    @Test
    void givesBackAnEqualAnswer() {
        RandomAnswers.each(2_000, (asked, answer, random) -> {
            int ttlSeconds = 1 + random.nextInt(100_000);
            KeptAnswer before = new KeptAnswer(answer, ttlSeconds, random.nextInt(1_000_000));
            byte[] octets = StoredAnswer.encode(asked, before, NOW_MILLIS);
            if (octets == null) {
                return;
            }
            assertThat(answer.rcode()).isIn(Rcode.NOERROR, Rcode.NXDOMAIN);
            assertThat(answer.truncated()).isFalse();
            boolean everyType = answer.deniesEveryType();
            KeptAnswer after = StoredAnswer.decode(octets, asked, everyType, NOW_MILLIS, STALE_MILLIS);
            if (before.ageMillis() > ttlSeconds * 1_000L + STALE_MILLIS) {
                assertThat(after).isNull();
                return;
            }
            assertThat(after).isNotNull();
            assertThat(after.ttlSeconds()).isEqualTo(ttlSeconds);
            assertThat(after.ageMillis()).isEqualTo(before.ageMillis());
            assertThat(after.answer().rcode()).isEqualTo(answer.rcode());
            assertThat(after.answer().toMessage()).isEqualTo(answer.toMessage());
            assertThat(StoredAnswer.decode(octets, asked, !everyType, NOW_MILLIS, STALE_MILLIS))
                    .isNull();
        });
    }

    @Test
    void agesWhileItIsKept() {
        assertThat(decode(value, NOW_MILLIS + 299_999))
                .extracting(KeptAnswer::ageMillis)
                .isEqualTo(299_999L);
    }

    @Test
    void isStalePastItsTtlAndThenNothing() {
        assertThat(decode(value, NOW_MILLIS + 300_000 + STALE_MILLIS))
                .extracting(KeptAnswer::ageMillis)
                .isEqualTo(300_000 + STALE_MILLIS);
        assertThat(decode(value, NOW_MILLIS + 300_001 + STALE_MILLIS)).isNull();
    }

    @Test
    void livesNoLongerThanItsTtlWhenTheWritersClockRunsAhead() {
        KeptAnswer read = Objects.requireNonNull(decode(value, NOW_MILLIS - 2_000));

        assertThat(read.ttlSeconds()).isEqualTo(300);
        assertThat(read.ageMillis()).isZero();
        assertThat(decode(value, NOW_MILLIS - 2_001))
                .as("else it would be as young at each look")
                .isNull();
    }

    @Test
    void bearsAnyTime() {
        for (long time : new long[] {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE}) {
            ByteBuffer.wrap(value).putLong(FRESH_UNTIL_AT, time);
            KeptAnswer read = decode(value, NOW_MILLIS);
            assertThat(read == null || read.ageMillis() >= 0).isTrue();
        }
        ByteBuffer.wrap(value).putLong(FRESH_UNTIL_AT, NOW_MILLIS + 1_000).putInt(TTL_AT, Integer.MAX_VALUE);
        assertThat(Objects.requireNonNull(decode(value, NOW_MILLIS)).ageMillis())
                .isCloseTo(Integer.MAX_VALUE * 1_000L, within(1_000L));
    }

    @Test
    void refusesATtlThatIsNone() {
        ByteBuffer.wrap(value).putInt(TTL_AT, 0);
        assertThat(decode(value, NOW_MILLIS)).isNull();
        ByteBuffer.wrap(value).putInt(TTL_AT, -1);
        assertThat(decode(value, NOW_MILLIS)).isNull();
    }

    @Test
    void refusesAnotherSchemaAndUnknownFlags() {
        byte[] other = value.clone();
        other[0] = 2;
        assertThat(decode(other, NOW_MILLIS)).isNull();
        other = value.clone();
        other[1] = 2;
        assertThat(decode(other, NOW_MILLIS)).isNull();
    }

    @Test
    void refusesTheAnswerToAnotherQuestion() {
        for (Query other : new Query[] {
            Samples.query("mail.example.org"),
            Samples.query("www.example.org", Type.AAAA),
            Query.of(Queries.withEdns(Queries.query("www.example.org"), 1232, ExtendedFlags.DO)
                    .toWire()),
            checkingDisabled()
        }) {
            assertThat(StoredAnswer.decode(value, other, false, NOW_MILLIS, STALE_MILLIS))
                    .isNull();
        }
        assertThat(decode(value, NOW_MILLIS)).isNotNull();
    }

    @Test
    void refusesAMessageThatIsNotOfItsKey() {
        byte[] forged = value.clone();
        int message = KEY_AT + query.key().toOctets().length;
        forged[message + 12 + 1] = 'x'; // the first letter of the question

        assertThat(decode(forged, NOW_MILLIS)).isNull();
    }

    @Test
    void refusesWhatIsCutAnywhere() {
        for (int length = 0; length < value.length; length++) {
            assertThat(decode(Arrays.copyOf(value, length), NOW_MILLIS)).isNull();
        }
    }

    @Test
    void ignoresTheCaseOfTheName() {
        assertThat(StoredAnswer.decode(value, Samples.query("WWW.Example.ORG"), false, NOW_MILLIS, STALE_MILLIS))
                .isNotNull();
    }

    @Test
    void keepsNoSuchNameForEveryType() {
        Query missing = Samples.query("missing.example.org");
        byte[] octets = encode(missing, Samples.noSuchName(missing, 60));

        KeptAnswer read = StoredAnswer.decode(
                octets, Samples.query("missing.example.org", Type.MX), true, NOW_MILLIS, STALE_MILLIS);

        assertThat(read).isNotNull();
        assertThat(read.answer().rcode()).isEqualTo(Rcode.NXDOMAIN);
    }

    @Test
    void keepsNoSuchNameBehindAnAliasForItsType() {
        byte[] octets = encode(query, Samples.aliasOfNothing(query, 60));

        assertThat(StoredAnswer.decode(octets, query, false, NOW_MILLIS, STALE_MILLIS))
                .isNotNull();
        assertThat(StoredAnswer.decode(octets, query, true, NOW_MILLIS, STALE_MILLIS))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {Rcode.SERVFAIL, Rcode.REFUSED, Rcode.FORMERR, Rcode.YXDOMAIN})
    void writesNoFailure(int rcode) {
        Message message = Samples.responseTo(query);
        message.getHeader().setRcode(rcode);

        assertNotWritten(Samples.read(query, message));
        assertNotWritten(Answer.failure(rcode));
    }

    @Test
    void writesNoAnswerThatIsTruncatedOrEmptyWithoutSoa() {
        Message message = Samples.responseTo(query);
        assertNotWritten(Samples.read(query, message));
        assertNotWritten(Answer.failure(Rcode.NXDOMAIN));

        message.addRecord(Samples.record(message.getQuestion().getName(), Type.A, 300, "192.0.2.1"), Section.ANSWER);
        message.getHeader().setFlag(Flags.TC);
        assertNotWritten(Samples.read(query, message));
    }

    private void assertNotWritten(Answer answer) {
        assertThat(StoredAnswer.encode(query, new KeptAnswer(answer, 300, 0), NOW_MILLIS))
                .isNull();
    }

    private static Query checkingDisabled() {
        Message message = Queries.query("www.example.org");
        message.getHeader().setFlag(Flags.CD);
        return Query.of(message.toWire());
    }

    private static byte[] encode(Query query, KeptAnswer kept) {
        return Objects.requireNonNull(StoredAnswer.encode(query, kept, NOW_MILLIS));
    }

    private @Nullable KeptAnswer decode(byte[] octets, long nowMillis) {
        return StoredAnswer.decode(octets, query, false, nowMillis, STALE_MILLIS);
    }
}
