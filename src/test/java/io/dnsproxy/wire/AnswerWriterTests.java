package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class AnswerWriterTests {

    private static final int TCP = 65_535;
    private static final String NAME = "www.example.org";
    private static final Query PLAIN = Messages.query(NAME, Type.A);
    private static final Query EDNS = Messages.ednsQuery(NAME, Type.A, 1232, false);
    private static final Query EDNS_DO = Messages.ednsQuery(NAME, Type.A, 1232, true);

    @Test
    void isTheClientsOwn() {
        Randomly.times(1_000, random -> {
            byte[] wire = Messages.question("wwW.Example.ORG", Type.A).toWire();
            Header.id(wire, 0, random.nextInt(0x10000));
            boolean recursionDesired = random.nextBoolean();
            boolean checkingDisabled = random.nextBoolean();
            Header.flags(wire, 0, (recursionDesired ? Header.RD : 0) | (checkingDisabled ? Header.CD : 0));
            Message response = Messages.responseTo(PLAIN, List.of(NAME + ". 300 A 192.0.2.1"));
            response.getHeader().setFlag(Flags.AA);
            Message reply = Messages.reply(Query.of(wire), Messages.answerTo(PLAIN, response));

            assertThat(reply.getHeader().getID()).isEqualTo(Header.id(wire, 0));
            assertThat(reply.getHeader().getFlag(Flags.QR)).isTrue();
            assertThat(reply.getHeader().getFlag(Flags.RA)).isTrue();
            assertThat(reply.getHeader().getFlag(Flags.AA)).isFalse();
            assertThat(reply.getHeader().getFlag(Flags.TC)).isFalse();
            assertThat(reply.getHeader().getFlag(Flags.RD)).isEqualTo(recursionDesired);
            assertThat(reply.getHeader().getFlag(Flags.CD)).isEqualTo(checkingDisabled);
            assertThat(reply.getQuestion().getName()).hasToString("wwW.Example.ORG.");
            assertThat(reply.getSection(Section.ANSWER).getFirst().getName()).hasToString("wwW.Example.ORG.");
        });
    }

    @ParameterizedTest(name = "the answer has AD {0}, the query AD {1} and DO {2}: {3}")
    @CsvSource({
        "true, false, false, false",
        "true, true, false, true",
        "true, false, true, true",
        "true, true, true, true",
        "false, true, true, false"
    })
    void tellsOfValidationOnlyThoseWhoKnowOfIt(boolean answer, boolean ad, boolean dnssecOk, boolean told) {
        Message response = Messages.responseTo(PLAIN, List.of(NAME + ". 300 A 192.0.2.1"));
        Message question = Messages.ednsQuestion(NAME, Type.A, 1232, dnssecOk);
        if (answer) {
            response.getHeader().setFlag(Flags.AD);
        }
        if (ad) {
            question.getHeader().setFlag(Flags.AD);
        }
        Message reply = Messages.reply(Query.of(question.toWire()), Messages.answerTo(PLAIN, response));

        assertThat(reply.getHeader().getFlag(Flags.AD)).isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource({"0, 300, 0", "1, 299, 0", "100, 200, 0", "300, 0, 0", "2147483647, 0, 0"})
    void countsTtlsDown(int ageSeconds, long ttl, long shortTtl) {
        Answer answer = Messages.answerTo(EDNS, NAME + ". 300 A 192.0.2.1", NAME + ". 0 A 192.0.2.2");
        Message reply = Messages.parse(Messages.write(EDNS, answer, ageSeconds, TCP));

        assertThat(reply.getSection(Section.ANSWER)).extracting(Record::getTTL).containsExactly(ttl, shortTtl);
        assertThat(reply.getOPT().getFlags()).isZero();
    }

    @Test
    void answersEdnsWithEdnsAndNothingElse() {
        Message response = Messages.responseTo(EDNS, List.of(NAME + ". 300 A 192.0.2.1"));
        response.addRecord(new OPTRecord(4096, 0, 0, ExtendedFlags.DO), Section.ADDITIONAL);
        Answer answer = Messages.answerTo(EDNS, response);

        assertThat(Messages.reply(PLAIN, answer).getOPT()).isNull();
        for (Query query : List.of(EDNS, EDNS_DO)) {
            OPTRecord opt = Messages.reply(query, answer).getOPT();
            assertThat(opt.getPayloadSize()).isEqualTo(1232);
            assertThat(opt.getVersion()).isZero();
            assertThat(opt.getFlags()).isEqualTo(query.dnssecOk() ? ExtendedFlags.DO : 0);
            assertThat(opt.getOptions()).isEmpty();
        }
    }

    @Test
    void tellsErrorsToThoseWithEdns() {
        Answer answer = Answer.failure(Rcode.SERVFAIL, new ExtendedError(ExtendedError.NETWORK_ERROR, "unreachable"));
        Message reply = Messages.reply(EDNS, answer);

        assertThat(reply.getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(reply.getQuestion().getName()).isEqualTo(Messages.name(NAME));
        assertThat(reply.getOPT().getOptions()).singleElement().satisfies(option -> {
            assertThat(((ExtendedErrorCodeOption) option).getErrorCode()).isEqualTo(ExtendedError.NETWORK_ERROR);
            assertThat(((ExtendedErrorCodeOption) option).getText()).isEqualTo("unreachable");
        });
        assertThat(Messages.write(PLAIN, answer, 0, 512)).hasSize(PLAIN.length());
    }

    @ParameterizedTest
    @CsvSource({"16, true, 16", "16, false, 2", "23, true, 23", "23, false, 2", "5, false, 5", "2047, true, 2047"})
    void anRcodeThatNeedsEdnsIsServfailWithoutIt(int rcode, boolean edns, int told) {
        assertThat(Messages.reply(edns ? EDNS : PLAIN, Answer.failure(rcode)).getRcode())
                .isEqualTo(told);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "NOTIMP, 1234 2910 0001 0000 0000 0000 00 0006 0001, 4, 1234 a994 0000 0000 0000 0000",
        "no question, 1234 0100 0000 0000 0000 0000, 1, 1234 8181 0000 0000 0000 0000",
        "a bad question, 1234 0000 0001 0000 0000 0000 ff, 1, 1234 8081 0000 0000 0000 0000",
        "a bad record, 1234 0100 0001 0000 0000 0001 00 0001 0001 ff, 1, 1234 8181 0001 0000 0000 0000 00 0001 0001"
    })
    void answersABadQueryWithWhatIsGoodOfIt(String what, String octets, int rcode, String reply) {
        byte[] message = Messages.octets(octets);
        Query query = new Query();

        assertThat(query.read(message, 0, message.length)).isEqualTo(rcode);
        assertThat(Messages.write(query, Answer.failure(rcode), 0, 512)).isEqualTo(Messages.octets(reply));
    }

    @Test
    void keepsTheUpstreamsTc() {
        Message response = Messages.responseTo(PLAIN, List.of(NAME + ". 300 A 192.0.2.1"));
        response.getHeader().setFlag(Flags.TC);

        assertThat(Messages.reply(PLAIN, Messages.answerTo(PLAIN, response))
                        .getHeader()
                        .getFlag(Flags.TC))
                .isTrue();
    }

    @Test
    void refusesAnAnswerToAnotherQuestion() {
        Answer answer = Messages.answerTo(PLAIN, NAME + ". 300 A 192.0.2.1");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Messages.write(Messages.query("example.org", Type.A), answer, 0, 512));
    }

    @Test
    void cutsWhatIsTooLongAndSaysSo() {
        Answer answer = Messages.answerTo(
                PLAIN,
                IntStream.range(0, 40)
                        .mapToObj(i -> NAME + ". 300 A 192.0.2." + i)
                        .toArray(String[]::new));
        byte[] cut = Messages.write(PLAIN, answer, 0, 512);
        Message reply = Messages.parse(cut);

        assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(cut.length).isBetween(512 - 15, 512);
        assertThat(reply.getSection(Section.ANSWER)).hasSize((512 - PLAIN.length()) / 16);
        assertThat(reply.getQuestion())
                .isEqualTo(Messages.question(NAME, Type.A).getQuestion());
        assertThat(Messages.parse(Messages.write(PLAIN, answer, 0, TCP)).getSection(Section.ANSWER))
                .hasSize(40);
        assertThat(Messages.parse(Messages.write(PLAIN, answer, 0, TCP))
                        .getHeader()
                        .getFlag(Flags.TC))
                .isFalse();
    }

    @Test
    void theAdditionalSectionGoesBeforeAnythingThatWasAskedFor() {
        Message response = Messages.responseTo(EDNS, List.of(NAME + ". 300 A 192.0.2.1"));
        response.addRecord(Messages.record("example.org. 300 NS ns.example.org."), Section.AUTHORITY);
        for (int i = 0; i < 40; i++) {
            response.addRecord(Messages.record("ns.example.org. 300 A 192.0.2." + i), Section.ADDITIONAL);
        }
        Message reply = Messages.parse(Messages.write(EDNS, Messages.answerTo(EDNS, response), 7, 512));

        assertThat(reply.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(reply.getSection(Section.ANSWER)).hasSize(1);
        assertThat(reply.getSection(Section.ANSWER).getFirst().getTTL()).isEqualTo(293);
        assertThat(reply.getSection(Section.AUTHORITY)).hasSize(1);
        assertThat(reply.getSection(Section.ADDITIONAL)).singleElement().isInstanceOf(OPTRecord.class);
    }

    @Test
    void textsOfErrorsGoFirstThenTheErrors() {
        Message response = Messages.responseTo(EDNS, List.of(NAME + ". 300 A 192.0.2.1"));
        Answer answer = Messages.answerTo(EDNS, response)
                .withExtendedError(new ExtendedError(22, "a text"))
                .withExtendedError(new ExtendedError(3, "another text"));
        int bare = EDNS.length() + 11 + 16; // header and question, OPT, one A record

        assertThat(errors(answer, bare + 2 * 6 + 18)).containsExactly("3 another text", "22 a text");
        assertThat(errors(answer, bare + 2 * 6 + 17)).containsExactly("3 ", "22 ");
        assertThat(errors(answer, bare + 2 * 6)).containsExactly("3 ", "22 ");
        assertThat(errors(answer, bare + 2 * 6 - 1)).isEmpty();
        assertThat(errors(answer, bare)).isEmpty();
    }

    private static List<String> errors(Answer answer, int limit) {
        Message reply = Messages.parse(Messages.write(EDNS, answer, 0, limit));
        assertThat(reply.getSection(Section.ANSWER)).hasSize(1);
        assertThat(reply.getHeader().getFlag(Flags.TC)).isFalse();
        return reply.getOPT().getOptions().stream()
                .map(ExtendedErrorCodeOption.class::cast)
                .map(error -> error.getErrorCode() + " " + (error.getText() == null ? "" : error.getText()))
                .toList();
    }

    @Test
    void aSignedAnswerGoesAsItIsButForTheId() {
        String question = "00 0010 0001";
        Query query =
                Query.of(Messages.octets("1234 0100 0001 0000 0000 0001" + question + "00 00fa 00ff 00000000 0000"));
        String text = "ff" + "'x'".repeat(255);
        byte[] response = Messages.octets("9999 8580 0001 0002 0000 0001" + question
                + ("00 0010 0001 0000012c 0100" + text).repeat(2) + "00 00fa 00ff 00000000 0000");
        Answer answer = Messages.answerTo(query, response);
        byte[] expected = response.clone();
        Header.id(expected, 0, 0x1234);

        assertThat(Messages.write(query, answer, 100, TCP)).isEqualTo(expected);
        assertThat(Messages.write(query, answer, 100, 512)).isEqualTo(Messages.octets("1234 8380 0000 0000 0000 0000"));
    }

    /** The other side of the oracle: what dnsjava rendered, and what it reads of our reply, say the same. */
    @Test
    void repliesSayWhatTheUpstreamSaid() {
        Randomly.times(3_000, random -> {
            Message question = RandomMessages.query(random);
            Query query = Query.of(question.toWire());
            Message response =
                    Messages.parse(RandomMessages.response(random, question, 8).toWire());
            int age = random.nextBoolean() ? 0 : random.nextInt(2_000_000);
            Answer answer = Messages.answerTo(query, response);
            Message reply = Messages.parse(Messages.write(query, answer, age, TCP));

            assertThat(reply.getHeader().getID()).isEqualTo(question.getHeader().getID());
            assertThat(reply.getHeader().getFlag(Flags.TC))
                    .isEqualTo(response.getHeader().getFlag(Flags.TC));
            assertThat(reply.getQuestion().getName().toWire())
                    .isEqualTo(question.getQuestion().getName().toWire());
            for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
                assertThat(records(reply, section, 0)).isEqualTo(records(response, section, age));
            }
            assertThat(reply.getOPT() != null).isEqualTo(question.getOPT() != null);
            if (question.getOPT() != null) {
                assertThat(reply.getRcode()).isEqualTo(response.getRcode());
                assertThat(reply.getOPT().getOptions())
                        .isEqualTo(
                                response.getOPT() == null
                                        ? List.of()
                                        : response.getOPT().getOptions(15));
            }
        });
    }

    @Test
    void whatIsCutAlwaysFitsAndIsTheBeginning() {
        Randomly.times(3_000, random -> {
            Message question = RandomMessages.query(random);
            Query query = Query.of(question.toWire());
            Message response =
                    Messages.parse(RandomMessages.response(random, question, 20).toWire());
            int limit = 512 + random.nextInt(1_000);
            Answer answer = Messages.answerTo(query, response);

            Message reply = assertWellFormed(query, answer, limit);
            List<String> all = new ArrayList<>(records(response, Section.ANSWER, 0));
            all.addAll(records(response, Section.AUTHORITY, 0));
            List<String> kept = new ArrayList<>(records(reply, Section.ANSWER, 0));
            kept.addAll(records(reply, Section.AUTHORITY, 0));
            List<String> additional = records(reply, Section.ADDITIONAL, 0);
            assertThat(kept).isEqualTo(all.subList(0, kept.size()));
            assertThat(additional).isIn(List.of(), records(response, Section.ADDITIONAL, 0));
            assertThat(reply.getHeader().getFlag(Flags.TC))
                    .isEqualTo(kept.size() < all.size() || response.getHeader().getFlag(Flags.TC));
        });
    }

    /** Within the limit, with the question, no octet too many, and read again by the reader without loss. */
    static Message assertWellFormed(Query query, Answer answer, int limit) {
        byte[] written = Messages.write(query, answer, 0, limit);
        assertThat(written.length).isLessThanOrEqualTo(limit);
        if (!answer.isSigned() && answer.message.length > 0) {
            assertThat(ResponseReader.answers(written, written.length, query)).isTrue();
            Answer again = Messages.answerTo(query, written);
            assertThat(again.answerRecords()).isLessThanOrEqualTo(answer.answerRecords());
            int opt = query.hasEdns() ? Edns.OCTETS : 0;
            assertThat(again.message.length + again.errors.length + opt).isEqualTo(written.length);
        }
        return parseLeniently(written);
    }

    /** RDATA is not ours: dnsjava may refuse it in a damaged message. */
    private static Message parseLeniently(byte[] wire) {
        try {
            return new Message(wire);
        } catch (IOException | RuntimeException e) {
            return new Message();
        }
    }

    /** Each record as octets, in the order of the message, so that all of it counts. */
    private static List<String> records(Message message, int section, int ageSeconds) {
        return message.getSection(section).stream()
                .filter(record -> record.getType() != Type.OPT)
                .map(record ->
                        record.getName() + " " + Math.max(0, record.getTTL() - ageSeconds) + " " + record.getType()
                                + " " + record.getDClass() + " " + Arrays.toString(record.rdataToWireCanonical()))
                .toList();
    }
}
