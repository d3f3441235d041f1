package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Allocation;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

/** An answer from a cache costs no memory: whatever is allocated for each query is paid for in pauses. */
class AllocationTests {

    private static final int ROUNDS = 20_000;

    private final byte[] wire =
            Messages.ednsQuestion("www.example.org", Type.A, 1232, false).toWire();
    private final Answer answer =
            Messages.answerTo(Query.of(wire), "www.example.org. 300 A 192.0.2.1", "www.example.org. 300 A 192.0.2.2");
    private final QuestionKey known = Query.of(wire).key();
    private final Query query = new Query();
    private final byte[] out = new byte[2048];
    private int answered;

    @Test
    void readingAQueryAndWritingAnAnswerAllocatesNothing() {
        long allocated = Allocation.octetsOfSecond(this::answerQueries);

        assertThat(answered).isEqualTo(2 * ROUNDS);
        assertThat(allocated).isLessThan(ROUNDS);
    }

    private void answerQueries() {
        for (int i = 0; i < ROUNDS; i++) {
            if (query.read(wire, 0, wire.length) == Rcode.NOERROR
                    && query.key().equals(known)
                    && AnswerWriter.write(query, answer, 17, AnswerWriter.UDP_PAYLOAD_OCTETS, out, 0) > 0) {
                answered++;
            }
        }
    }
}
