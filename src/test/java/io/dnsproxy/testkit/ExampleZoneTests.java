package io.dnsproxy.testkit;

import static io.dnsproxy.testkit.Queries.query;
import static io.dnsproxy.testkit.Queries.withEdns;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class ExampleZoneTests {

    @Test
    void answersTheSameForANameInAnyCase() {
        Message lower = ask(query("www.example.org"));
        Message upper = ask(query("WWW.eXample.org"));

        assertThat(rdata(upper)).isEqualTo(rdata(lower));
        assertThat(upper.getQuestion().getName().toString()).isEqualTo("WWW.eXample.org.");
        assertThat(lower.getSection(Section.ANSWER).getFirst().getTTL()).isEqualTo(ExampleZone.TTL_SECONDS);
    }

    @ParameterizedTest
    @CsvSource({"A", "AAAA", "TXT", "MX", "NS", "SOA", "SRV", "PTR", "TYPE65534"})
    void hasRecordsOfManyTypes(String type) {
        Message answer = ask(query("www.example.org", Type.value(type)));

        assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(answer.getSection(Section.ANSWER)).isNotEmpty().allMatch(r -> r.getType() == Type.value(type));
    }

    @Test
    void followsAnAlias() {
        assertThat(ask(query("alias.example.org")).getSection(Section.ANSWER))
                .extracting(Record::getType)
                .containsExactly(Type.CNAME, Type.A);
    }

    @ParameterizedTest
    @CsvSource({"big, 3000, 4000", "huge, 60000, 65535"})
    void hasLargeAnswers(String label, int least, int most) {
        byte[] answer =
                ExampleZone.answer(query(label + ".example.org", Type.TXT).toWire());
        assertThat(answer.length).isBetween(least, most);
    }

    @Test
    void deniesWithTheSoa() {
        for (Message answer : List.of(ask(query("a.nxdomain.example.org")), ask(query("www.example.org", Type.CAA)))) {
            assertThat(answer.getSection(Section.ANSWER)).isEmpty();
            SOARecord soa = (SOARecord) answer.getSection(Section.AUTHORITY).getFirst();
            assertThat(soa.getMinimum()).isEqualTo(ExampleZone.NEGATIVE_TTL_SECONDS);
        }
        assertThat(ask(query("nxdomain.example.org")).getRcode()).isEqualTo(Rcode.NXDOMAIN);
    }

    @Test
    void failsWhereItShall() {
        assertThat(ask(query("servfail.example.org")).getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(ask(query("refused.example.org")).getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(ExampleZone.answer(new byte[] {1, 2, 3})).hasSize(12).startsWith(1, 2);
    }

    @Test
    void failsForABogusNameUnlessAskedNotToCheck() {
        Message query = withEdns(query("bogus.example.org"), 1232, 0);
        Message failed = ask(query);
        assertThat(failed.getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(failed.getOPT().getOptions())
                .singleElement()
                .isEqualTo(new ExtendedErrorCodeOption(ExtendedErrorCodeOption.DNSSEC_BOGUS));

        query.getHeader().setFlag(Flags.CD);
        assertThat(ask(query).getRcode()).isEqualTo(Rcode.NOERROR);
    }

    @Test
    void saysThatDataIsSecureOnlyWhenAsked() {
        Message plain = query("secure.example.org");
        Message withAd = query("secure.example.org");
        withAd.getHeader().setFlag(Flags.AD);
        Message withDo = withEdns(query("secure.example.org"), 1232, ExtendedFlags.DO);

        assertThat(ask(plain).getHeader().getFlag(Flags.AD)).isFalse();
        assertThat(ask(withAd).getHeader().getFlag(Flags.AD)).isTrue();
        assertThat(ask(withAd).getSection(Section.ANSWER)).hasSize(1);
        assertThat(ask(withDo).getHeader().getFlag(Flags.AD)).isTrue();
        assertThat(ask(withDo).getSection(Section.ANSWER))
                .extracting(Record::getType)
                .containsExactly(Type.A, Type.RRSIG);
    }

    @Test
    void hasAnOptRecordIfTheQueryHasOne() {
        assertThat(ask(query("www.example.org")).getOPT()).isNull();
        OPTRecord opt =
                ask(withEdns(query("www.example.org"), 4096, ExtendedFlags.DO)).getOPT();
        assertThat(opt.getFlags()).isEqualTo(ExtendedFlags.DO);
        assertThat(opt.getOptions()).isEmpty();
    }

    @Test
    void padsAnAnswerToAPaddedQuery() {
        Message query = query("www.example.org");
        query.addRecord(new OPTRecord(1232, 0, 0, 0, new GenericEDNSOption(12, new byte[7])), Section.ADDITIONAL);
        assertThat(ExampleZone.answer(query.toWire()).length).isEqualTo(468);
    }

    private static List<String> rdata(Message message) {
        return message.getSection(Section.ANSWER).stream()
                .map(Record::rdataToString)
                .toList();
    }

    private static Message ask(Message query) {
        return Frames.parsed(ExampleZone.answer(query.toWire()));
    }
}
