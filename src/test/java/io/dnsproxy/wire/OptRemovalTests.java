package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

class OptRemovalTests {

    private static final String QUESTION = "07'example' 03'org' 00 0001 0001";
    private static final String OPT = "00 0029 04d0 00000000 000a 0003 0006 c0ffc0ffc0ff";

    private static final Query QUERY = Query.of(Messages.octets("0000 0100 0001 0000 0000 0000" + QUESTION));

    @ParameterizedTest(name = "TYPE{0}")
    @CsvSource({
        "2, '', 1, ''",
        "5, '', 1, ''",
        "6, '', 2, 00000001 00000002 00000003 00000004 00000005",
        "7, '', 1, ''",
        "8, '', 1, ''",
        "9, '', 1, ''",
        "12, '', 1, ''",
        "14, '', 2, ''",
        "15, 000a, 1, ''",
        "17, '', 2, ''",
        "18, 0001, 1, ''",
        "21, 0001, 1, ''",
        "24, 0001 05 02 00000e10 5f5e1000 5f5e0fff 1234, 1, ffffffff",
        "26, 0001, 2, ''",
        "30, '', 1, 40",
        "33, 0001 0002 01bb, 1, ''",
        "35, 0001 0002 01's' 03'SIP' 00, 1, ''",
        "36, 0001, 1, ''",
        "39, '', 1, ''"
    })
    void correctsPointersInRdata(int type, String before, int names, String behind) {
        String rdata = before + "02'in' c032".repeat(names) + behind;
        String record = String.format("c032 %04x 0001 0000012c %04x", type, Messages.octets(rdata).length) + rdata;
        byte[] wire = Messages.octets("0000 8180 0001 0000 0000 0003" + QUESTION + OPT
                + "03'new' c00c 0001 0001 0000012c 0004 c0000201" + record);
        Message original = Messages.parse(wire);
        Message reply = Messages.reply(QUERY, read(wire));

        assertThat(reply.getSection(Section.ADDITIONAL)).hasSize(2);
        assertThat(reply.getSection(Section.ADDITIONAL))
                .isEqualTo(original.getSection(Section.ADDITIONAL).subList(1, 3));
        assertThat(reply.getSection(Section.ADDITIONAL).get(1).rdataToString()).contains("in.new.example.org.");
    }

    @Test
    void leavesUnknownRdataAlone() {
        byte[] wire = Messages.octets("0000 8180 0001 0000 0000 0003" + QUESTION + OPT
                + "03'new' c00c 0001 0001 0000012c 0004 c0000201" + "c032 fffe 0001 0000012c 0002 c032");
        Answer answer = read(wire);

        assertThat(Arrays.copyOfRange(answer.message, answer.message.length - 2, answer.message.length))
                .isEqualTo(Messages.octets("c032"));
        assertThat(Messages.reply(QUERY, answer).getSection(Section.ADDITIONAL)).hasSize(2);
    }

    @Test
    void countsDownTheTtlsThatMoved() {
        byte[] wire = Messages.octets("0000 8180 0001 0001 0000 0003" + QUESTION
                + "c00c 0001 0001 00000064 0004 c0000201" + "c00c 0001 0001 00000065 0004 c0000202" + OPT
                + "c00c 0001 0001 00000066 0004 c0000203");
        Message reply = Messages.parse(Messages.write(QUERY, read(wire), 100, 512));

        assertThat(reply.getSection(Section.ANSWER).getFirst().getTTL()).isZero();
        assertThat(reply.getSection(Section.ADDITIONAL))
                .extracting(Record::getTTL)
                .containsExactly(1L, 2L);
    }

    /** OPT is from 2d to 42 here; the last octet before it, 05, starts a label that ends at an octet 00 in OPT. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "an owner that points into OPT, 0002, c02d 0001 0001 0000012c 0004 c0000201",
        "an owner that runs on into OPT, 0002, c02c 0001 0001 0000012c 0004 c0000201",
        "RDATA that points into OPT, 0002, c00c 0005 0001 0000012c 0002 c02d",
        "RDATA that ends within a label, 0002, c00c 0005 0001 0000012c 0002 0561",
        "RDATA of half a pointer, 0002, c00c 0005 0001 0000012c 0001 c0",
        "RDATA with a label of no known type, 0002, c00c 0005 0001 0000012c 0002 4100",
        "RDATA too short for its name, 0002, c00c 0021 0001 0000012c 0002 0000",
        "NAPTR whose strings run out, 0002, c00c 0023 0001 0000012c 0006 0000 0000 ff00",
        "a bad record behind a good one, 0003, c00c 0001 0001 00000000 0000 c00c 0005 0001 0000012c 0002 c02d"
    })
    void dropsRecordsWhoseNamesCannotMove(String what, String additional, String records) {
        byte[] wire = Messages.octets("0000 8180 0001 0001 0000" + additional + QUESTION
                + "c00c 0001 0001 0000012c 0004 c0000205" + OPT + records);
        Message reply = Messages.reply(QUERY, read(wire));

        assertThat(reply.getSection(Section.ANSWER)).hasSize(1);
        assertThat(reply.getSection(Section.ADDITIONAL)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void takesOptOutWhereverItIs(int place) {
        String[] records = {"01'a' c00c 0001 0001 00000001 0004 c0000201", "01'b' c00c 0001 0001 00000002 0004 c0000202"
        };
        StringBuilder additional = new StringBuilder();
        for (int i = 0; i <= records.length; i++) {
            additional.append(i == place ? OPT : "").append(i < records.length ? records[i] : "");
        }
        byte[] wire = Messages.octets("0000 8180 0001 0000 0000 0003" + QUESTION + additional);
        byte[] expected = Messages.octets("0000 8180 0001 0000 0000 0002" + QUESTION + String.join("", records));

        assertThat(read(wire).message).isEqualTo(expected);
    }

    private static Answer read(byte[] wire) {
        return Messages.answerTo(QUERY, wire);
    }
}
