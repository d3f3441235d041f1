package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;

class QueryWriterTests {

    private static final int ID = 0xbeef;

    @Test
    void writesTheLengthBeforeTheMessage() {
        byte[] frame = frame(Messages.query("www.example.org", Type.A));

        assertThat(frame).hasSize(2 + 128);
        assertThat(Octets.u16(frame, 0)).isEqualTo(128);
        assertThat(Octets.u16(frame, 2)).isEqualTo(ID);
    }

    @Test
    void keepsTheSpellingOfTheQuestion() {
        Query query = Messages.query("wWw.eXample.ORG", Type.MX);

        assertThat(sent(query).getQuestion())
                .isEqualTo(Messages.question("www.example.org", Type.MX).getQuestion());
        assertThat(sent(query).getQuestion().getName().toString()).isEqualTo("wWw.eXample.ORG.");
    }

    @Test
    void asksForRecursionAndValidationWhateverTheClientAsked() {
        byte[] wire = Messages.question("www.example.org", Type.A).toWire();
        Header.flags(wire, 0, Header.TC | Header.AA | Header.RA | Header.Z | Rcode.REFUSED);

        assertThat(Header.flags(frame(Query.of(wire)), 2)).isEqualTo(Header.RD | Header.AD);
    }

    @Test
    void passesCdAndDoOn() {
        Message message = Messages.ednsQuestion("www.example.org", Type.A, 4096, true);
        message.getHeader().setFlag(Flags.CD);
        Message sent = sent(Query.of(message.toWire()));

        assertThat(sent.getHeader().getFlag(Flags.CD)).isTrue();
        assertThat(sent.getOPT().getFlags()).isEqualTo(ExtendedFlags.DO);
        assertThat(sent(Messages.ednsQuery("example.org", Type.A, 4096, false))
                        .getOPT()
                        .getFlags())
                .isZero();
    }

    @Test
    void offersItsOwnPayloadAndSendsNoOptionOfTheClient() {
        Message message = Messages.question("www.example.org", Type.A);
        message.addRecord(
                new OPTRecord(
                        4096,
                        0,
                        0,
                        0x7fff,
                        List.of(
                                new GenericEDNSOption(EDNSOption.Code.CLIENT_SUBNET, new byte[8]),
                                new GenericEDNSOption(EDNSOption.Code.COOKIE, new byte[8]),
                                new GenericEDNSOption(EDNSOption.Code.PADDING, new byte[] {1, 2, 3}))),
                Section.ADDITIONAL);
        Query query = Query.of(message.toWire());
        byte[] frame = frame(query);
        OPTRecord opt = sent(query).getOPT();

        assertThat(opt.getPayloadSize()).isEqualTo(1232);
        assertThat(opt.getVersion()).isZero();
        assertThat(opt.getFlags()).isZero();
        assertThat(opt.getOptions())
                .extracting(EDNSOption::getCode)
                .containsExactly(EDNSOption.Code.TCP_KEEPALIVE, EDNSOption.Code.PADDING);
        assertThat(Arrays.copyOfRange(frame, 2 + 12 + 21 + 11 + 4 + 4, frame.length))
                .containsOnly(0);
    }

    @Test
    void padsNamesOfEveryLengthToAMultipleOf128() {
        for (int octets = 1; octets <= NameTests.nameOf(255).length; octets++) {
            if (octets == 2) {
                continue;
            }
            Query query = Query.of(QueryTests.queryFor(NameTests.nameOf(octets)));
            byte[] frame = frame(query);
            Message sent = sent(query);

            assertThat(frame.length).isEqualTo(QueryWriter.frameOctets(query));
            assertThat((frame.length - 2) % 128).isZero();
            assertThat(frame.length - 2 - (octets + 4 + 12 + 11 + 4 + 4)).isBetween(0, 127);
            assertThat(Octets.u16(frame, 0)).isEqualTo(frame.length - 2);
            assertThat(sent.getQuestion().getName().toWire()).isEqualTo(NameTests.nameOf(octets));
            assertThat(sent.numBytes()).isEqualTo(frame.length - 2);
            assertThat(sent.getOPT().getOptions())
                    .extracting(EDNSOption::getCode)
                    .containsExactly(EDNSOption.Code.TCP_KEEPALIVE, EDNSOption.Code.PADDING);
        }
    }

    @Test
    void writesASignedQueryAsItIsButForTheId() {
        Message message = Messages.ednsQuestion("www.example.org", Type.A, 4096, false);
        byte[] wire = message.toWire();
        message.setTSIG(new TSIG(TSIG.HMAC_SHA256, "key.example.org.", "c2VjcmV0"), Rcode.NOERROR, null);
        byte[] signed = message.toWire(65_535);
        assertThat(signed.length).isGreaterThan(wire.length);
        byte[] frame = frame(Query.of(signed));
        byte[] expected = signed.clone();
        Header.id(expected, 0, ID);

        assertThat(Arrays.copyOfRange(frame, 2, frame.length)).isEqualTo(expected);
    }

    @Test
    void dnsjavaReadsEveryQueryWritten() {
        Randomly.times(2_000, random -> {
            Message message = RandomMessages.query(random);
            Message sent = sent(Query.of(message.toWire()));

            assertThat(sent.getHeader().getID()).isEqualTo(ID);
            assertThat(sent.getQuestion()).isEqualTo(message.getQuestion());
            assertThat(sent.getQuestion().getName().toWire())
                    .isEqualTo(message.getQuestion().getName().toWire());
            assertThat(sent.getSection(Section.ADDITIONAL)).hasSize(1);
            assertThat(sent.numBytes() % 128).isZero();
        });
    }

    /** Writes between octets that must stay. */
    private static byte[] frame(Query query) {
        byte[] out = new byte[7 + QueryWriter.frameOctets(query) + 7];
        Arrays.fill(out, (byte) 0x5a);
        int written = QueryWriter.write(query, ID, out, 7);
        assertThat(written).isEqualTo(out.length - 14);
        assertThat(Arrays.copyOf(out, 7)).containsOnly(0x5a);
        assertThat(Arrays.copyOfRange(out, 7 + written, out.length)).containsOnly(0x5a);
        return Arrays.copyOfRange(out, 7, 7 + written);
    }

    private static Message sent(Query query) {
        byte[] frame = frame(query);
        return Messages.parse(Arrays.copyOfRange(frame, 2, frame.length));
    }
}
