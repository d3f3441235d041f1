package io.dnsproxy.resolver.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Allocation;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerWriter;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import io.dnsproxy.wire.ResponseReader;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What is answered from the cache costs no memory: whatever is allocated for each query is paid for in pauses. */
class HitAllocationTests {

    private static final int ROUNDS = 20_000;
    private static final int NAMES = 64;
    private static final int TTL_SECONDS = 300;
    private static final int AGE_MILLIS = 17_000;

    private static final int MAX_OCTETS = 1 << 20;

    private final AnswerCache cache = new AnswerCache(MAX_OCTETS, 0);
    private final byte[][] wires = new byte[NAMES][];
    private final Query query = new Query();
    private final CachedAnswer found = new CachedAnswer();
    private final byte[] out = new byte[AnswerWriter.UDP_PAYLOAD_OCTETS];
    private int answered;

    @Test
    void aHitAllocatesNothing() throws Exception {
        for (int i = 0; i < NAMES; i++) {
            store(i, Rcode.NOERROR, Section.ANSWER, Type.A, "192.0.2.1");
        }
        assertHitsAllocateNothing();
    }

    @Test
    void knowingThatANameDoesNotExistAllocatesNothing() throws Exception {
        for (int i = 0; i < NAMES; i++) {
            store(i, Rcode.NXDOMAIN, Section.AUTHORITY, Type.SOA, "ns.example.org. admin.example.org. 1 2 3 4 300");
        }
        assertHitsAllocateNothing();
    }

    private void assertHitsAllocateNothing() {
        assertThat(cache.size()).isEqualTo(NAMES);
        long allocated = Allocation.octetsOfSecond(this::answerQueries);

        assertThat(answered).isEqualTo(2 * ROUNDS);
        assertThat(allocated).isLessThan(ROUNDS);
    }

    private void answerQueries() {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] wire = wires[i % NAMES];
            if (query.read(wire, 0, wire.length) != Rcode.NOERROR) {
                continue;
            }
            if (cache.find(query, 1, found) && found.isFresh(1) && !found.isDue(1, 3, 10)) {
                Answer answer = found.answer();
                answered += AnswerWriter.write(query, answer, answer.ageSeconds(1), out.length, out, 0) > 0 ? 1 : 0;
            }
        }
    }

    private void store(int number, int rcode, int section, int type, String data) throws Exception {
        String name = "host-" + number + ".example.org.";
        wires[number] = Queries.withEdns(Queries.query(name), 1232, 0).toWire();
        Query asked = Query.of(wires[number]);
        Message response = new Message(asked.message());
        response.getHeader().setFlag(Flags.QR);
        response.getHeader().setRcode(rcode);
        Name owner = Name.fromString(section == Section.ANSWER ? name : "example.org.");
        response.addRecord(Record.fromString(owner, type, DClass.IN, TTL_SECONDS, data, Name.root), section);
        byte[] wire = response.toWire();
        Answer answer = ResponseReader.read(wire, wire.length, asked);
        assertThat(answer).isNotNull();
        cache.store(asked, new KeptAnswer(answer, TTL_SECONDS, AGE_MILLIS), 0);
    }
}
