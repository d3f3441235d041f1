package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.xbill.DNS.DNSInput;

/**
 * Whatever octets come, nothing throws, and what is written can be read. A plain build runs the inputs kept in the
 * resources; {@code JAZZER_FUZZ=1 ./mvnw test -Dtest='WireFuzzTests#query'} looks for new ones.
 */
class WireFuzzTests {

    private static final int MAX_OCTETS = 0xffff;

    @FuzzTest(maxDuration = "3m")
    void query(byte[] octets) {
        byte[] message = Arrays.copyOf(octets, Math.min(octets.length, MAX_OCTETS));
        Query query = new Query();
        int result = query.read(message, 0, message.length);
        if (result == Query.UNANSWERABLE) {
            return;
        }
        Query copy = query.copy();
        byte[] reply = Messages.write(query, Answer.failure(result, new ExtendedError(1, "text")), 0, 512);
        assertThat(Header.id(reply, 0)).isEqualTo(query.id());
        assertThat(Messages.write(copy, Answer.failure(result, new ExtendedError(1, "text")), 0, 512))
                .isEqualTo(reply);
        Messages.parse(reply);
        if (query.hasQuestion()) {
            assertThat(copy.key()).isEqualTo(query.key());
            assertThat(ResponseReader.answers(reply, reply.length, query)).isTrue();
            assertThat(ResponseReader.read(reply, reply.length, query)).isNotNull();
        }
        if (result == Rcode.NOERROR) {
            byte[] frame = new byte[QueryWriter.frameOctets(query)];
            assertThat(QueryWriter.write(query, 1, frame, 0)).isEqualTo(frame.length);
            byte[] sent = Arrays.copyOfRange(frame, QueryWriter.LENGTH_OCTETS, frame.length);
            assertThat(new Query().read(sent, 0, sent.length)).isEqualTo(Rcode.NOERROR);
            assertThat(query.isSigned() || sent.length % 128 == 0).isTrue();
        }
    }

    @FuzzTest(maxDuration = "3m")
    void response(byte[] octets) {
        byte[] message = Arrays.copyOf(octets, Math.min(octets.length, MAX_OCTETS));
        ResponseReader.id(message, message.length);
        for (Query query : new Query[] {askedBy(message, false), askedBy(message, true)}) {
            Answer answer = ResponseReader.read(message.clone(), message.length, query);
            if (answer == null) {
                continue;
            }
            AnswerWriterTests.assertWellFormed(query, answer, 512);
            AnswerWriterTests.assertWellFormed(query, answer, MAX_OCTETS);
            assertThat(answer.leastTtlSeconds()).isNotNegative();
            assertThat(answer.negativeTtlSeconds()).isGreaterThanOrEqualTo(Answer.NO_SOA);
            answer.stale(30, new ExtendedError(3)).hasExtendedError(3);
            if (answer.message.length > 0) {
                byte[] stored = answer.toMessage();
                Answer again = Messages.answerTo(query, stored);
                assertThat(again.message).isEqualTo(answer.message);
                assertThat(again.errors).isEqualTo(answer.errors);
            }
        }
    }

    @FuzzTest(maxDuration = "3m")
    void name(byte[] octets) throws Exception {
        byte[] message = new byte[Header.OCTETS + Math.min(octets.length, 0x3fff)];
        System.arraycopy(octets, 0, message, Header.OCTETS, message.length - Header.OCTETS);
        int names = Math.min(message.length, Header.OCTETS + 64);
        for (int at = Header.OCTETS; at < names; at++) {
            int end = Name.skip(message, 0, at, message.length);
            int plainEnd = Name.skipUncompressed(message, at, message.length);
            if (end != Name.MALFORMED) {
                DNSInput input = new DNSInput(message);
                input.jump(at);
                assertThat(new org.xbill.DNS.Name(input).length()).isLessThanOrEqualTo((short) Name.MAX_OCTETS);
                assertThat(input.current()).isEqualTo(end);
            }
            if (plainEnd != Name.MALFORMED) {
                assertThat(end).isEqualTo(plainEnd);
                byte[] name = Arrays.copyOfRange(message, at, plainEnd);
                assertThat(Name.isAtOrUnder(message, at, plainEnd, name)).isTrue();
            }
        }
    }

    /** The query that this may answer: with its question, if it has one. */
    private static Query askedBy(byte[] response, boolean edns) {
        int questionEnd = Name.MALFORMED;
        if (response.length > Header.OCTETS) {
            questionEnd = Name.skipUncompressed(response, Header.OCTETS, response.length);
        }
        if (questionEnd == Name.MALFORMED || response.length < questionEnd + 4) {
            return Messages.query("example.org", RecordType.A);
        }
        int end = questionEnd + 4;
        byte[] query = Arrays.copyOf(response, edns ? end + Edns.OCTETS : end);
        Header.flags(query, 0, Header.RD);
        Header.counts(query, 0, 1, 0, 0, edns ? 1 : 0);
        if (edns) {
            Edns.write(query, end, Rcode.NOERROR, true, 0);
        }
        return Query.of(query);
    }
}
