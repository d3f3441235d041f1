package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class ResponseReaderTests {

    private static final Query QUERY = Messages.query("www.example.org", Type.A);
    private static final String QUESTION = "03'www' 07'example' 03'org' 00 0001 0001";
    private static final String A = "c00c 0001 0001 0000012c 0004 c0000201";
    private static final String OPT = "00 0029 04d0 00000000 0000";

    @Test
    void hasAnIdFromTheLengthOfAHeaderOn() {
        assertThat(ResponseReader.id(Messages.octets("beef 0000 0000 0000 0000 0000"), 12))
                .isEqualTo(0xbeef);
        assertThat(ResponseReader.id(new byte[12], 11)).isEqualTo(-1);
        assertThat(ResponseReader.id(new byte[0], 0)).isEqualTo(-1);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "the same question, 8180 0001, " + QUESTION + ", true",
        "another case, 8180 0001, 03'WwW' 07'EXAMPLE' 03'org' 00 0001 0001, true",
        "not a response, 0180 0001, " + QUESTION + ", false",
        "another opcode, a180 0001, " + QUESTION + ", false",
        "another name, 8180 0001, 03'wwx' 07'example' 03'org' 00 0001 0001, false",
        "a shorter name, 8180 0001, 07'example' 03'org' 00 0001 0001 ffffffff, false",
        "a longer name, 8180 0001, 03'www' 07'example' 03'org' 01'a' 00 0001 0001, false",
        "another type, 8180 0001, 03'www' 07'example' 03'org' 00 001c 0001, false",
        "another class, 8180 0001, 03'www' 07'example' 03'org' 00 0001 0003, false",
        "labels divided otherwise, 8180 0001, 0b'www' 07'example' 03'org' 00 0001 0001, false",
        "two questions, 8180 0002, " + QUESTION + QUESTION + ", false",
        "no question, 8180 0000, " + QUESTION + ", false",
        "a cut question, 8180 0001, 03'www' 07'example' 03'org' 00 0001 00, false",
        "nothing, 8180 0001, '', false"
    })
    void answersOnlyTheQuestionThatWasAsked(String what, String flagsAndQuestions, String rest, boolean answers) {
        byte[] message = Messages.octets("0000" + flagsAndQuestions + "0000 0000 0000" + rest);

        assertThat(ResponseReader.answers(message, message.length, QUERY)).isEqualTo(answers);
        assertThat(ResponseReader.read(message, message.length, QUERY) != null).isEqualTo(answers);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "SERVFAIL, 8182 0000 0000 0000 0000, true",
        "REFUSED, 8005 0000 0000 0000 0000, true",
        "FORMERR, 8001 0000 0000 0000 0000, true",
        "NOERROR, 8180 0000 0000 0000 0000, false",
        "NXDOMAIN, 8183 0000 0000 0000 0000, false",
        "a query, 0002 0000 0000 0000 0000, false",
        "another opcode, a002 0000 0000 0000 0000, false",
        "with a question, 8182 0001 0000 0000 0000, false",
        "with an answer, 8182 0000 0001 0000 0000, false",
        "with an authority, 8182 0000 0000 0001 0000, false",
        "half a header, 8182, false"
    })
    void knowsABareFailure(String what, String header, boolean bare) {
        byte[] message = Messages.octets("0000" + header);

        assertThat(ResponseReader.isBareFailure(message, message.length)).isEqualTo(bare);
    }

    @Test
    void aBareFailureIsReadWithItsErrors() {
        Answer answer =
                Objects.requireNonNull(read("8185 0000 0000 0000 0001 00 0029 04d0 00000000 0007 000f 0003 0012'x'"));

        assertThat(answer.rcode()).isEqualTo(Rcode.REFUSED);
        assertThat(answer.hasExtendedError(ExtendedError.PROHIBITED)).isTrue();
        assertThat(answer.answerRecords()).isZero();
        assertThat(read("8185 0000 0000 0000 0001")).isNull();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a record that is not there, 0001 0002 0000 0000, " + QUESTION + A,
        "more records than can be there, 0001 ffff ffff ffff, " + QUESTION + A,
        "RDATA cut short, 0001 0001 0000 0000, " + QUESTION + "c00c 0001 0001 0000012c 0004 c00002",
        "a record cut in its middle, 0001 0001 0000 0000, " + QUESTION + "c00c 0001 0001 00000000 00",
        "a loop, 0001 0001 0000 0000, " + QUESTION + "c021 0001 0001 0000012c 0000",
        "a pointer forward, 0001 0001 0000 0000, " + QUESTION + "c023 0001 0001 0000012c 0001 00",
        "two OPT, 0001 0000 0000 0002, " + QUESTION + OPT + OPT,
        "OPT among answers, 0001 0001 0000 0000, " + QUESTION + OPT,
        "OPT among authorities, 0001 0000 0001 0000, " + QUESTION + OPT,
        "OPT that is not at the root, 0001 0000 0000 0001, " + QUESTION + "c00c 0029 04d0 00000000 0000",
        "OPT with half an option, 0001 0000 0000 0001, " + QUESTION + "00 0029 04d0 00000000 0002 000f"
    })
    void aMalformedMessageIsNoAnswer(String what, String counts, String rest) {
        assertThat(read("8180" + counts + rest)).isNull();
    }

    @Test
    void dropsOctetsBehindTheLastRecord() {
        Answer answer = Objects.requireNonNull(read("8180 0001 0001 0000 0000" + QUESTION + A + "ffffff"));

        assertThat(answer.message).hasSize(12 + 21 + 16);
    }

    @Test
    void dropsOctetsBehindTheLengthGiven() {
        byte[] exact = Messages.octets("0000 8180 0001 0001 0000 0000" + QUESTION + A);
        Answer answer = Objects.requireNonNull(ResponseReader.read(Arrays.copyOf(exact, 4096), exact.length, QUERY));

        assertThat(answer.message).isEqualTo(exact);
    }

    @Test
    void takesTheWholeRcodeTheBitsAndTheErrors() {
        Message response = Messages.responseTo(QUERY);
        response.getHeader().setFlag(Flags.AD);
        response.getHeader().setFlag(Flags.TC);
        response.getHeader().setRcode(Rcode.BADCOOKIE & 0xf);
        response.addRecord(
                new OPTRecord(
                        1232,
                        Rcode.BADCOOKIE >>> 4,
                        0,
                        0,
                        List.of(
                                new GenericEDNSOption(12, new byte[100]),
                                new ExtendedErrorCodeOption(6, "bogus"),
                                new GenericEDNSOption(15, new byte[1]),
                                new ExtendedErrorCodeOption(22, ""))),
                Section.ADDITIONAL);
        Answer answer = Messages.answerTo(QUERY, response);

        assertThat(answer.rcode()).isEqualTo(Rcode.BADCOOKIE);
        assertThat(answer.authenticData()).isTrue();
        assertThat(answer.truncated()).isTrue();
        assertThat(answer.hasExtendedError(ExtendedError.DNSSEC_BOGUS)).isTrue();
        assertThat(answer.hasExtendedError(ExtendedError.NO_REACHABLE_AUTHORITY))
                .isTrue();
        assertThat(answer.errors).isEqualTo(Messages.octets("000f 0007 0006'bogus' 000f 0002 0016"));
        assertThat(answer.message).hasSize(12 + 21);
    }

    @Test
    void keepsASignedAnswerAsItIs() {
        Query signed =
                Query.of(Messages.octets("0000 0100 0001 0000 0000 0001" + QUESTION + "00 00fa 00ff 00000000 0000"));
        byte[] response =
                Messages.octets("0000 8580 0001 0001 0000 0002" + QUESTION + A + OPT + "00 00fa 00ff 00000000 0000");
        Answer answer = Messages.answerTo(signed, response);
        assertThat(answer.isSigned()).isTrue();
        assertThat(answer.message).isEqualTo(response);
        assertThat(answer.toMessage()).isEqualTo(response);
        assertThat(answer.withTtlsBetween(1, 1)).isSameAs(answer);
    }

    @Test
    void neverThrowsWhateverComes() {
        Randomly.times(20_000, random -> {
            Message question = RandomMessages.query(random);
            Query query = Query.of(question.toWire());
            byte[] response = RandomMessages.damaged(
                    random, RandomMessages.response(random, question, 4).toWire());
            byte[] larger = Arrays.copyOf(response, response.length + 40);
            Arrays.fill(larger, response.length, larger.length, (byte) random.nextInt(256));

            ResponseReader.id(response, response.length);
            ResponseReader.isBareFailure(response, response.length);
            Answer answer = ResponseReader.read(response, response.length, query);
            Answer same = ResponseReader.read(larger, larger.length - 40, query);
            assertThat(same == null).isEqualTo(answer == null);
            if (answer != null && same != null) {
                assertThat(same.message).isEqualTo(answer.message);
                assertThat(same.errors).isEqualTo(answer.errors);
                AnswerWriterTests.assertWellFormed(query, answer, 512);
                AnswerWriterTests.assertWellFormed(query, answer, 65_535);
            }
        });
    }

    private static @Nullable Answer read(String octets) {
        byte[] message = Messages.octets("0000" + octets);
        return ResponseReader.read(message, message.length, QUERY);
    }
}
