package io.dnsproxy.benchmark;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.QueryWriter;
import io.dnsproxy.wire.QuestionKey;
import io.dnsproxy.wire.Rcode;
import io.dnsproxy.wire.ResponseReader;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** What a miss adds to a hit on the way out and back: the query is copied and written, the upstream's answer read. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx512m")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class MessageBenchmark {

    private static final int CLIENT_PAYLOAD_OCTETS = 1232;

    /** RFC 8467 4.1: what resolvers pad to a multiple of. */
    private static final int PADDED_OCTETS = 468;

    private final byte[] wire = Queries.withEdns(Queries.query("www.example.org"), CLIENT_PAYLOAD_OCTETS, 0)
            .toWire();
    private final Query lens = new Query();
    private final Query query = Query.of(wire);
    private final byte[] frame = new byte[512];

    private final byte[] oneAddress = answer(1, 0, 0).toWire();
    private final byte[] chain = padded(answer(1, 3, 0)).toWire();
    private final byte[] large = padded(answer(0, 0, 5)).toWire();

    private static Message answer(int addresses, int aliases, int texts) {
        Message answer = Queries.query("www.example.org");
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        Name owner = answer.getQuestion().getName();
        for (int i = 0; i < aliases; i++) {
            Name target = Name.fromConstantString("alias-" + i + ".example.net.");
            answer.addRecord(new CNAMERecord(owner, DClass.IN, 300, target), Section.ANSWER);
            owner = target;
        }
        for (int i = 0; i < addresses; i++) {
            answer.addRecord(new ARecord(owner, DClass.IN, 300, new byte[] {(byte) 192, 0, 2, 1}), Section.ANSWER);
        }
        for (int i = 0; i < texts; i++) {
            answer.addRecord(new TXTRecord(owner, DClass.IN, 300, "x".repeat(220)), Section.ANSWER);
        }
        return answer;
    }

    private static Message padded(Message answer) {
        int unpadded = answer.toWire().length + 11 + 4;
        int padding = Math.ceilDiv(unpadded, PADDED_OCTETS) * PADDED_OCTETS - unpadded;
        EDNSOption option = new GenericEDNSOption(EDNSOption.Code.PADDING, new byte[padding]);
        answer.addRecord(new OPTRecord(CLIENT_PAYLOAD_OCTETS, 0, 0, 0, option), Section.ADDITIONAL);
        return answer;
    }

    /** A query of one question and EDNS, without its key. */
    @Benchmark
    public int parseQuery() {
        int rcode = lens.read(wire, 0, wire.length);
        if (rcode != Rcode.NOERROR) {
            throw new AssertionError("a bad query");
        }
        return rcode;
    }

    /** The copy that a miss makes, and the keys that it takes: the front looks for both, then the chain does, and the store forgets one. */
    @Benchmark
    public Query copyQuery() {
        parseQuery();
        use(lens.key());
        use(lens.nameKey());
        Query copy = lens.copy();
        use(copy.nameKey());
        use(copy.nameKey());
        return copy;
    }

    private static void use(QuestionKey key) {
        if (key.type() > Type.ANY) {
            throw new AssertionError("another query");
        }
    }

    /** The frame that goes upstream, padded. */
    @Benchmark
    public int writeQuery() {
        return QueryWriter.write(query, 4711, frame, 0);
    }

    /** An answer of one address, in the array of its own that each message is received in. */
    @Benchmark
    public @Nullable Answer readOneAddress() {
        return read(oneAddress);
    }

    /** Three aliases and an address, padded to 468 octets. */
    @Benchmark
    public @Nullable Answer readChain() {
        return read(chain);
    }

    /** Five TXT records, 1,404 octets with the padding. */
    @Benchmark
    public @Nullable Answer readLarge() {
        return read(large);
    }

    /** The floor of reading: the array alone. */
    @Benchmark
    public byte[] receiveOneAddress() {
        return oneAddress.clone();
    }

    private @Nullable Answer read(byte[] message) {
        byte[] own = message.clone();
        return ResponseReader.answers(own, own.length, query) ? ResponseReader.read(own, own.length, query) : null;
    }
}
