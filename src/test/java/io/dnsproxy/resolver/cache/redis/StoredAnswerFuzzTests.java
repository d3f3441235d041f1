package io.dnsproxy.resolver.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Whatever octets Redis holds, nothing throws, and what is believed answers the query. {@code JAZZER_FUZZ=1 ./mvnw test
 * -Dtest=StoredAnswerFuzzTests} looks for new inputs.
 */
class StoredAnswerFuzzTests {

    private static final int MAX_OCTETS = 0xffff;
    private static final long NOW_MILLIS = 1_795_000_000_000L;
    private static final long STALE_MILLIS = 86_400_000;

    private static final int KEY_LENGTH_AT = 14;
    private static final int KEY_AT = 16;
    private static final int KEY_TAIL_OCTETS = 5;

    @FuzzTest(maxDuration = "3m")
    void decode(byte[] octets) {
        byte[] value = Arrays.copyOf(octets, Math.min(octets.length, MAX_OCTETS));
        Query query = askedBy(value);
        for (boolean everyType : new boolean[] {false, true}) {
            KeptAnswer kept = StoredAnswer.decode(value, query, everyType, NOW_MILLIS, STALE_MILLIS);
            if (kept == null) {
                continue;
            }
            assertThat(kept.ttlSeconds()).isPositive();
            assertThat(kept.ageMillis()).isBetween(0L, kept.ttlSeconds() * 1_000L + STALE_MILLIS);
            byte[] again = StoredAnswer.encode(query, kept, NOW_MILLIS);
            assertThat(again).isNotNull();
            KeptAnswer reread = StoredAnswer.decode(again, query, everyType, NOW_MILLIS, STALE_MILLIS);
            assertThat(reread).isNotNull();
            assertThat(reread.answer().toMessage()).isEqualTo(kept.answer().toMessage());
            assertThat(reread.ageMillis()).isEqualTo(kept.ageMillis());
        }
    }

    /** The query of the value's key, if it has one: else hardly anything would get past it. */
    private static Query askedBy(byte[] value) {
        if (value.length > KEY_AT) {
            int length = ByteBuffer.wrap(value).getShort(KEY_LENGTH_AT) & 0xffff;
            int nameOctets = length - KEY_TAIL_OCTETS;
            if (nameOctets > 0 && KEY_AT + length <= value.length) {
                int bits = value[KEY_AT + length - 1];
                boolean dnssecOk = (bits & 1) != 0;
                ByteBuffer message = ByteBuffer.allocate(12 + nameOctets + 4 + (dnssecOk ? 11 : 0));
                message.putShort((short) 0).putShort((short) ((bits & 2) != 0 ? 0x0110 : 0x0100));
                message.putShort((short) 1).putInt(0).putShort((short) (dnssecOk ? 1 : 0));
                message.put(value, KEY_AT, nameOctets + 4);
                if (dnssecOk) {
                    message.put((byte) 0).putShort((short) 41).putShort((short) 1232);
                    message.putInt(0x8000).putShort((short) 0);
                }
                byte[] octets = message.array();
                if (new Query().read(octets, 0, octets.length) == Rcode.NOERROR) {
                    return Query.of(octets);
                }
            }
        }
        return Samples.query("www.example.org");
    }
}
