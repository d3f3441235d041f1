package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class QueryTests {

    private static final String QUESTION = "03'www' 07'example' 03'org' 00 0001 0001";
    private static final String OPT = "00 0029 04d0 00000000 0000";
    private static final String TSIG = "00 00fa 00ff 00000000 0000";

    @Test
    void readsAPlainQuery() {
        Message message = Messages.question("www.example.org", Type.AAAA);
        byte[] wire = message.toWire();
        Query query = new Query();

        assertThat(query.read(wire, 0, wire.length)).isEqualTo(Rcode.NOERROR);
        assertThat(query.id()).isEqualTo(message.getHeader().getID());
        assertThat(query.opcode()).isZero();
        assertThat(query.recursionDesired()).isTrue();
        assertThat(query.authenticData()).isFalse();
        assertThat(query.checkingDisabled()).isFalse();
        assertThat(query.hasQuestion()).isTrue();
        assertThat(query.type()).isEqualTo(RecordType.AAAA);
        assertThat(query.dnsClass()).isEqualTo(DnsClass.IN);
        assertThat(query.hasEdns()).isFalse();
        assertThat(query.dnssecOk()).isFalse();
        assertThat(query.ednsVersion()).isZero();
        assertThat(query.udpPayloadOctets()).isEqualTo(512);
        assertThat(query.hasEdnsOption(10)).isFalse();
        assertThat(query.isSigned()).isFalse();
        assertThat(query.message()).isSameAs(wire);
        assertThat(query.offset()).isZero();
        assertThat(query.length()).isEqualTo(wire.length);
    }

    @Test
    void readsBitsAndEdns() {
        Message message = Messages.question("www.example.org", Type.A);
        message.getHeader().unsetFlag(Flags.RD);
        message.getHeader().setFlag(Flags.AD);
        message.getHeader().setFlag(Flags.CD);
        message.getHeader().setFlag(Flags.TC);
        EDNSOption cookie = new GenericEDNSOption(EDNSOption.Code.COOKIE, new byte[8]);
        message.addRecord(new OPTRecord(4096, 0, 0, ExtendedFlags.DO, List.of(cookie)), Section.ADDITIONAL);
        Query query = lensOn(message.toWire());

        assertThat(query.recursionDesired()).isFalse();
        assertThat(query.authenticData()).isTrue();
        assertThat(query.checkingDisabled()).isTrue();
        assertThat(query.hasEdns()).isTrue();
        assertThat(query.dnssecOk()).isTrue();
        assertThat(query.udpPayloadOctets()).isEqualTo(4096);
        assertThat(query.hasEdnsOption(EDNSOption.Code.COOKIE)).isTrue();
        assertThat(query.hasEdnsOption(EDNSOption.Code.PADDING)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 512", "100, 512", "511, 512", "512, 512", "513, 513", "1232, 1232", "65535, 65535"})
    void anOfferBelow512CountsAs512(int offered, int octets) {
        assertThat(Messages.ednsQuery("example.org", Type.A, offered, false).udpPayloadOctets())
                .isEqualTo(octets);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 11})
    void leavesUnansweredWhatIsShorterThanAHeader(int length) {
        assertThat(new Query().read(new byte[12], 0, length)).isEqualTo(Query.UNANSWERABLE);
    }

    @Test
    void leavesResponsesUnanswered() {
        assertThat(read("1234 8180 0001 0000 0000 0000" + QUESTION)).isEqualTo(Query.UNANSWERABLE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 15})
    void otherOpcodesAreNotImplemented(int opcode) {
        byte[] message = Messages.octets("1234 0100 0001 0000 0000 0000" + QUESTION);
        Header.flags(message, 0, Header.flagsOfOpcode(opcode));
        Query query = new Query();

        assertThat(query.read(message, 0, message.length)).isEqualTo(Rcode.NOTIMP);
        assertThat(query.opcode()).isEqualTo(opcode);
        assertThat(query.hasQuestion()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "no question, 0000 0000 0000 0000, ''",
        "a question that is counted twice, 0002 0000 0000 0000, " + QUESTION,
        "two questions, 0002 0000 0000 0000, " + QUESTION + QUESTION,
        "a question that is not there, 0001 0000 0000 0000, ''",
        "half a question, 0001 0000 0000 0000, 01'a' 00 0001 00",
        "a pointer in the question, 0001 0000 0000 0000, 01'a' c000 0001 0001",
        "a label type of old in the question, 0001 0000 0000 0000, 41'a' 00 0001 0001",
        "a record that is not there, 0001 0000 0000 0001, " + QUESTION,
        "an answer that is not there, 0001 0001 0000 0000, " + QUESTION,
        "an authority that is not there, 0001 0000 0001 0000, " + QUESTION,
        "RDATA longer than the message, 0001 0000 0000 0001, " + QUESTION + "00 0001 0001 00000000 0004 ffffff",
        "two OPT, 0001 0000 0000 0002, " + QUESTION + OPT + OPT,
        "OPT among answers, 0001 0001 0000 0000, " + QUESTION + OPT,
        "OPT among authorities, 0001 0000 0001 0000, " + QUESTION + OPT,
        "OPT that is not at the root, 0001 0000 0000 0001, " + QUESTION + "01'a'" + OPT,
        "OPT at a pointer to the root, 0001 0000 0000 0001, " + QUESTION + "c018 0029 04d0 00000000 0000",
        "OPT with half an option, 0001 0000 0000 0001, " + QUESTION + "00 0029 04d0 00000000 0003 000a 00",
        "OPT with an option too long, 0001 0000 0000 0001, " + QUESTION + "00 0029 04d0 00000000 0004 000a 0001",
        "TSIG before another record, 0001 0000 0000 0002, " + QUESTION + TSIG + OPT,
        "two TSIG, 0001 0000 0000 0002, " + QUESTION + TSIG + TSIG,
        "TSIG among answers, 0001 0001 0000 0000, " + QUESTION + TSIG
    })
    void isAFormatError(String what, String counts, String rest) {
        assertThat(read("1234 0100" + counts + rest)).isEqualTo(Rcode.FORMERR);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "all other bits set, 0770 0001 0000 0000 0000, " + QUESTION,
        "octets behind the last record, 0100 0001 0000 0000 0000, " + QUESTION + "ffff",
        "an answer in a query, 0100 0001 0001 0000 0000, " + QUESTION + "c00c 0001 0001 00000000 0004 c0000201",
        "an unknown type and class, 0100 0001 0000 0000 0000, 00 fffe fffd",
        "an unknown record, 0100 0001 0000 0000 0001, " + QUESTION + "00 fffe fffd 00000000 0001 ff",
        "OPT before another record, 0100 0001 0000 0000 0002, " + QUESTION + OPT + "00 fffe fffd 00000000 0001 ff",
        "an unknown option and unknown flags, 0100 0001 0000 0000 0001, " + QUESTION
                + "00 0029 04d0 00007fff 0005 fffe 0001 ff",
        "a name of binary labels, 0100 0001 0000 0000 0000, 05 002effc05b 01 00 00 0001 0001",
        "a SIG that signs an RRset, 0100 0001 0000 0000 0002, " + QUESTION + "00 0018 0001 00000000 0002 0001" + OPT
    })
    void isAGoodQuery(String what, String flagsAndCounts, String rest) {
        assertThat(read("1234" + flagsAndCounts + rest)).isEqualTo(Rcode.NOERROR);
    }

    @Test
    void aNewerVersionOfEdnsIsBadvers() {
        byte[] message =
                Messages.octets("1234 0100 0001 0000 0000 0001" + QUESTION + "00 0029 04d0 00018000 0002 ffff");
        Query query = new Query();

        assertThat(query.read(message, 0, message.length)).isEqualTo(Rcode.BADVERS);
        assertThat(query.hasEdns()).isTrue();
        assertThat(query.ednsVersion()).isEqualTo(1);
        assertThat(query.dnssecOk()).isTrue();
        assertThat(query.hasQuestion()).isTrue();
        assertThat(query.hasEdnsOption(0xffff)).isFalse();
    }

    @Test
    void keepsTheQuestionWhenTheRestIsBad() {
        byte[] message = Messages.octets("1234 0100 0001 0000 0000 0002" + QUESTION + OPT);
        Query query = new Query();

        assertThat(query.read(message, 0, message.length)).isEqualTo(Rcode.FORMERR);
        assertThat(query.hasQuestion()).isTrue();
        assertThat(query.hasEdns()).isTrue();
        assertThat(query.type()).isEqualTo(RecordType.A);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "TSIG, " + TSIG + ", true",
        "SIG(0), 00 0018 00ff 00000000 0002 0000, true",
        "a SIG that covers a type, 00 0018 00ff 00000000 0002 0001, false",
        "a SIG without RDATA, 00 0018 00ff 00000000 0000, false",
        "OPT, " + OPT + ", false"
    })
    void aSignatureIsTheLastRecord(String what, String last, boolean signed) {
        byte[] message =
                Messages.octets("1234 0100 0001 0000 0000 0002" + QUESTION + "00 0001 0001 00000000 0000" + last);

        assertThat(Query.of(message).isSigned()).isEqualTo(signed);
    }

    @Test
    void readsAtAnyPlaceOfAnArray() {
        byte[] wire =
                Messages.ednsQuestion("www.example.org", Type.MX, 1400, true).toWire();
        byte[] array = new byte[wire.length + 50];
        Arrays.fill(array, (byte) 0xc0);
        System.arraycopy(wire, 0, array, 30, wire.length);
        Query query = new Query();

        assertThat(query.read(array, 30, wire.length)).isEqualTo(Rcode.NOERROR);
        assertThat(query.type()).isEqualTo(RecordType.MX);
        assertThat(query.dnssecOk()).isTrue();
        assertThat(query.key()).isEqualTo(Query.of(wire).key());
        Message copied = Messages.parse(query.copy().message());
        assertThat(copied.getQuestion()).isEqualTo(Messages.parse(wire).getQuestion());
        assertThat(copied.getOPT()).as("what a client offers is not kept").isNull();
        assertThat(query.copy().key()).isEqualTo(Query.of(wire).key());
        assertThat(query.copy().type()).isEqualTo(RecordType.MX);
    }

    @Test
    void aCopyStaysWhenTheArrayIsWrittenTo() {
        Message message = Messages.ednsQuestion("www.example.org", Type.A, 1232, true);
        byte[] wire = message.toWire();
        byte[] original = wire.clone();
        Query lens = new Query();
        lens.read(wire, 0, wire.length);
        Query copy = lens.copy();
        Arrays.fill(wire, (byte) 0xff);
        lens.read(wire, 0, wire.length);

        assertThat(copy.message()).startsWith(Arrays.copyOf(original, 4));
        assertThat(copy.hasQuestion()).isTrue();
        assertThat(copy.dnssecOk()).isTrue();
        assertThat(copy.key()).isEqualTo(Query.of(original).key());
        assertThat(copy.copy()).isSameAs(copy);
    }

    @Test
    void aCopyIsNotReadAgain() {
        Query copy = Messages.query("example.org", Type.A);

        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> copy.read(new byte[12], 0, 12));
    }

    @Test
    void ofRefusesWhatIsNotGood() {
        assertThatIllegalArgumentException().isThrownBy(() -> Query.of(new byte[11]));
        assertThatIllegalArgumentException().isThrownBy(() -> Query.of(new byte[12]));
    }

    @Test
    void aLensForgetsTheMessageBefore() {
        Query query = new Query();
        byte[] signed = Messages.octets("1234 0130 0001 0000 0000 0002" + QUESTION + OPT + TSIG);
        byte[] plain = Messages.octets("1234 0000 0001 0000 0000 0000" + QUESTION);
        assertThat(query.read(signed, 0, signed.length)).isEqualTo(Rcode.NOERROR);
        assertThat(query.isSigned()).isTrue();

        assertThat(query.read(plain, 0, plain.length)).isEqualTo(Rcode.NOERROR);
        assertThat(query.isSigned()).isFalse();
        assertThat(query.hasEdns()).isFalse();
        assertThat(query.checkingDisabled()).isFalse();
        assertThat(query.read(new byte[0], 0, 0)).isEqualTo(Query.UNANSWERABLE);
        assertThat(query.hasQuestion()).isFalse();
    }

    /** The octets given are all that is read: else the exact array would be left, or the two would differ. */
    @Test
    void readsOnlyTheOctetsGivenAndNeverThrows() {
        Randomly.times(20_000, random -> {
            byte[] exact =
                    RandomMessages.damaged(random, RandomMessages.query(random).toWire());
            byte[] array = new byte[exact.length + 40];
            random.nextBytes(array);
            System.arraycopy(exact, 0, array, 20, exact.length);
            Query one = new Query();
            Query other = new Query();

            int result = one.read(exact, 0, exact.length);
            assertThat(other.read(array, 20, exact.length)).isEqualTo(result);
            if (result != Query.UNANSWERABLE) {
                assertThat(other.id()).isEqualTo(one.id());
                assertThat(other.opcode()).isEqualTo(one.opcode());
                assertThat(other.hasQuestion()).isEqualTo(one.hasQuestion());
                assertThat(other.hasEdns()).isEqualTo(one.hasEdns());
                assertThat(other.udpPayloadOctets()).isEqualTo(one.udpPayloadOctets());
                assertThat(other.hasEdnsOption(12)).isEqualTo(one.hasEdnsOption(12));
                assertThat(other.isSigned()).isEqualTo(one.isSigned());
            }
            if (one.hasQuestion()) {
                assertThat(other.key())
                        .isEqualTo(one.key())
                        .isEqualTo(other.copy().key());
            }
        });
    }

    @Test
    void understandsWhatDnsjavaWrites() {
        Randomly.times(2_000, random -> {
            Message message = RandomMessages.query(random);
            Query query = lensOn(message.toWire());
            OPTRecord opt = message.getOPT();

            assertThat(query.id()).isEqualTo(message.getHeader().getID());
            assertThat(query.type()).isEqualTo(message.getQuestion().getType());
            assertThat(query.dnsClass()).isEqualTo(DClass.IN);
            assertThat(query.checkingDisabled()).isEqualTo(message.getHeader().getFlag(Flags.CD));
            assertThat(query.hasEdns()).isEqualTo(opt != null);
            if (opt != null) {
                assertThat(query.udpPayloadOctets()).isEqualTo(Math.max(512, opt.getPayloadSize()));
                assertThat(query.hasEdnsOption(12))
                        .isEqualTo(!opt.getOptions(12).isEmpty());
                assertThat(query.dnssecOk()).isEqualTo((opt.getFlags() & ExtendedFlags.DO) != 0);
            }
        });
    }

    private static Query lensOn(byte[] message) {
        Query query = new Query();
        assertThat(query.read(message, 0, message.length)).isEqualTo(Rcode.NOERROR);
        return query;
    }

    /** A query for this name, in wire form. */
    static byte[] queryFor(byte[] name) {
        byte[] message = new byte[12 + name.length + 4];
        Header.flags(message, 0, Header.RD);
        Header.counts(message, 0, 1, 0, 0, 0);
        System.arraycopy(name, 0, message, 12, name.length);
        Octets.u16(message, message.length - 4, RecordType.A);
        Octets.u16(message, message.length - 2, DnsClass.IN);
        return message;
    }

    private static int read(String octets) {
        byte[] message = Messages.octets(octets);
        return new Query().read(message, 0, message.length);
    }
}
