package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.RandomMessages;
import io.dnsproxy.wire.Randomly;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;

/** What is kept, for how long, and for whom: what a client sees, and what the upstream is asked. */
class KnownAnswersTests {

    private static final String WWW = "www.example.org. 300 A 192.0.2.1";
    private static final String SOA = "example.org. 300 SOA ns.example.org. admin.example.org. 1 7200 900 604800 60";

    private final KeptChain chain = new KeptChain(CacheSettings.defaults());

    private static Message www() {
        return Queries.query("www.example.org");
    }

    private static long ttl(Message reply, int section) {
        return reply.getSection(section).getFirst().getTTL();
    }

    @Test
    void theSecondToAskIsAnsweredWithoutTheUpstreamAndWithWhatIsLeftOfTheTtl() {
        assertThat(ttl(chain.ask(www(), WWW), Section.ANSWER)).isEqualTo(300);

        chain.pass(Duration.ofMillis(17_900));
        Message query = www();
        Message reply = chain.askKnown(query);

        assertThat(reply.getHeader().getID()).isEqualTo(query.getHeader().getID());
        assertThat(reply.getSection(Section.ANSWER)).hasSize(1);
        assertThat(ttl(reply, Section.ANSWER)).isEqualTo(283);
        assertThat(chain.asked).hasSize(1);
        assertThat(chain.counters.hits()).isEqualTo(1);
        assertThat(chain.counters.misses()).isEqualTo(1);
    }

    @Test
    void whenTheTtlHasEndedTheUpstreamIsAskedAgain() {
        chain.ask(www(), WWW);

        chain.pass(Duration.ofMinutes(5).minusNanos(1));
        assertThat(ttl(chain.askKnown(www()), Section.ANSWER)).isEqualTo(1);

        chain.pass(Duration.ofNanos(1));
        assertThat(ttl(chain.ask(www(), WWW), Section.ANSWER)).isEqualTo(300);
    }

    @Row("C2")
    @Test
    void theShortestTtlOfTheAnswerSectionCounts() {
        chain.ask(www(), "www.example.org. 300 CNAME a.example.org.", "a.example.org. 20 A 192.0.2.1");

        chain.pass(Duration.ofSeconds(19));
        Message reply = chain.askKnown(www());
        assertThat(reply.getSection(Section.ANSWER).stream().map(Record::getTTL))
                .containsExactly(281L, 1L);

        chain.pass(Duration.ofSeconds(1));
        assertThat(chain.ask(www())).isNotDone();
    }

    @Row("C1")
    @Test
    void aTtlOfZeroIsNotReused() {
        chain.ask(www(), "www.example.org. 0 A 192.0.2.1");

        assertThat(chain.ask(www())).isNotDone();
    }

    @Row("C1")
    @Test
    void aTtlWithTheTopBitSetIsZero() {
        CompletableFuture<Message> reply = chain.ask(www());
        byte[] response = KeptChain.response(www(), WWW).toWire();
        int ttlAt = 12 + www().getQuestion().getName().length() + 4 + 6; // header, question, pointer, type, class
        response[ttlAt] |= (byte) 0x80;
        chain.answer(response);

        assertThat(ttl(reply.join(), Section.ANSWER)).isZero();
        assertThat(chain.ask(www())).isNotDone();
    }

    @Test
    void timesStayWithinTheSettingsForClientsToo() {
        KeptChain bounded = new KeptChain(new CacheSettings(1 << 20, 10, 100, 30, 0, 0, 10));

        assertThat(ttl(bounded.ask(www(), WWW), Section.ANSWER)).isEqualTo(100);
        Message mail = Queries.query("mail.example.org");
        assertThat(ttl(bounded.ask(mail, "mail.example.org. 3 A 192.0.2.1"), Section.ANSWER))
                .isEqualTo(10);
        Message none = Queries.query("none.example.org");
        assertThat(ttl(bounded.ask(none, KeptChain.response(Rcode.NXDOMAIN, none, SOA)), Section.AUTHORITY))
                .isEqualTo(30);

        Message nothing = Queries.query("nothing.example.org");
        String hasty = "example.org. 300 SOA ns.example.org. admin.example.org. 1 7200 900 604800 2";
        assertThat(ttl(bounded.ask(nothing, KeptChain.response(Rcode.NXDOMAIN, nothing, hasty)), Section.AUTHORITY))
                .isEqualTo(10);

        bounded.pass(Duration.ofSeconds(9));
        assertThat(ttl(bounded.askKnown(mail), Section.ANSWER)).isEqualTo(1);
        bounded.pass(Duration.ofSeconds(21));
        assertThat(bounded.ask(none)).isNotDone();
        bounded.pass(Duration.ofSeconds(69));
        assertThat(ttl(bounded.askKnown(www()), Section.ANSWER)).isEqualTo(1);
        bounded.pass(Duration.ofSeconds(1));
        assertThat(bounded.ask(www())).isNotDone();
    }

    @Row({"C3", "C4"})
    @Test
    void thatANameDoesNotExistHoldsForAllItsTypesAndForTheLesserOfTheSoasTimes() {
        Message query = Queries.query("none.example.org");
        Message first = chain.ask(query, KeptChain.response(Rcode.NXDOMAIN, query, SOA));
        assertThat(ttl(first, Section.AUTHORITY)).isEqualTo(60);

        chain.pass(Duration.ofSeconds(59));
        Message other = chain.askKnown(Queries.query("NONE.example.org", Type.AAAA));
        assertThat(other.getRcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(other.getQuestion().getType()).isEqualTo(Type.AAAA);
        assertThat(other.getSection(Section.AUTHORITY)).hasSize(1);
        assertThat(ttl(other, Section.AUTHORITY)).isEqualTo(1);
        assertThat(chain.cache.negatives()).isEqualTo(1);

        chain.pass(Duration.ofSeconds(1));
        assertThat(chain.ask(Queries.query("none.example.org", Type.MX))).isNotDone();
    }

    @Row("C4")
    @Test
    void thatATypeHasNoDataSaysNothingOfOtherTypes() {
        chain.ask(www(), KeptChain.response(www(), SOA));

        assertThat(chain.askKnown(www()).getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(chain.askKnown(www()).getSection(Section.ANSWER)).isEmpty();
        assertThat(chain.ask(Queries.query("www.example.org", Type.AAAA))).isNotDone();
    }

    @Test
    void thatAnAliasLeadsToNoNameSaysNothingOfTheAliasForOtherTypes() {
        Message query = www();
        chain.ask(
                query, KeptChain.response(Rcode.NXDOMAIN, query, "www.example.org. 300 CNAME none.example.org.", SOA));

        assertThat(chain.askKnown(www()).getRcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(chain.ask(Queries.query("www.example.org", Type.CNAME))).isNotDone();
    }

    @Row("C5")
    @Test
    void nothingIsNotKeptWithoutAnSoaRecord() {
        chain.ask(www(), KeptChain.response(Rcode.NXDOMAIN, www()));
        assertThat(chain.ask(www())).isNotDone();
        chain.answer(KeptChain.response(www(), "www.example.org. 300 CNAME elsewhere.example.org."));
        assertThat(chain.ask(www())).isNotDone();
    }

    @Test
    void aNameThatExistsAgainDoesSoForAllTypesAndOneThatIsGoneIsGone() {
        Message query = www();
        chain.ask(query, KeptChain.response(Rcode.NXDOMAIN, query, SOA));
        chain.pass(Duration.ofSeconds(61));
        chain.ask(www(), "www.example.org. 30 A 192.0.2.1");
        assertThat(chain.ask(Queries.query("www.example.org", Type.AAAA))).isNotDone();

        chain.pass(Duration.ofSeconds(31));
        chain.ask(query, KeptChain.response(Rcode.NXDOMAIN, query, SOA));
        assertThat(chain.askKnown(www()).getRcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(chain.cache.size()).isEqualTo(1);
    }

    @Test
    void eachClientGetsItsOwnSpellingAndTheNameIsTheSame() throws Exception {
        chain.ask(www(), WWW);

        Message shouted = Message.newQuery(Record.newRecord(Name.fromString("wWw.ExAmPlE.OrG."), Type.A, DClass.IN));
        assertThat(chain.askKnown(shouted).getQuestion().getName()).hasToString("wWw.ExAmPlE.OrG.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "w\\000w.example.org.",
                "w@w.example.org.",
                "w`w.example.org.",
                "w[w.example.org.",
                "w{w.example.org."
            })
    void namesThatDifferInAnOctetThatIsNoLetterAreDifferent(String other) throws Exception {
        List<String> all = List.of(
                "w\\000w.example.org.", "w@w.example.org.", "w`w.example.org.", "w[w.example.org.", "w{w.example.org.");
        for (String name : all) {
            if (!name.equals(other)) {
                Message query = Message.newQuery(Record.newRecord(Name.fromString(name), Type.A, DClass.IN));
                chain.ask(query, name + " 300 A 192.0.2.1");
            }
        }

        assertThat(chain.ask(Message.newQuery(Record.newRecord(Name.fromString(other), Type.A, DClass.IN))))
                .isNotDone();
    }

    @Test
    void classesAreApart() {
        chain.ask(www(), WWW);

        Message chaos =
                Message.newQuery(Record.newRecord(Name.fromConstantString("www.example.org."), Type.A, DClass.CH));
        assertThat(chain.ask(chaos)).isNotDone();
    }

    @Row({"C13", "M11"})
    @Test
    void answersForThoseWhoValidateThemselvesAreApart() {
        Message plain = www();
        Message dnssecOk = Queries.withEdns(www(), 1232, ExtendedFlags.DO);
        Message checkingDisabled = www();
        checkingDisabled.getHeader().setFlag(Flags.CD);

        chain.ask(plain, WWW);
        chain.ask(dnssecOk, WWW);
        chain.ask(checkingDisabled, WWW);

        assertThat(chain.asked).hasSize(3);
        assertThat(chain.askKnown(Queries.withEdns(www(), 512, 0)).getOPT()).isNotNull();
        assertThat(chain.askKnown(checkingDisabled).getHeader().getFlag(Flags.CD))
                .isTrue();
        assertThat(chain.askKnown(plain).getHeader().getFlag(Flags.CD)).isFalse();
        assertThat(chain.askKnown(plain).getOPT()).isNull();
    }

    @Row("M12")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onlyThoseWhoAskForItLearnThatTheDataIsAuthentic(boolean askedForFirst) {
        Message asking = www();
        asking.getHeader().setFlag(Flags.AD);
        Message response = KeptChain.response(www(), WWW);
        response.getHeader().setFlag(Flags.AD);
        response.getHeader().setFlag(Flags.AA);

        Message first = chain.ask(askedForFirst ? asking : www(), response);

        assertThat(first.getHeader().getFlag(Flags.AD)).isEqualTo(askedForFirst);
        assertThat(first.getHeader().getFlag(Flags.AA)).isFalse();
        assertThat(chain.askKnown(asking).getHeader().getFlag(Flags.AD)).isTrue();
        assertThat(chain.askKnown(asking).getHeader().getFlag(Flags.AA)).isFalse();
        assertThat(chain.askKnown(www()).getHeader().getFlag(Flags.AD)).isFalse();
    }

    @Row("E4")
    @Test
    void whatIsTruncatedIsNotKept() {
        Message response = KeptChain.response(www(), WWW);
        response.getHeader().setFlag(Flags.TC);
        chain.ask(www(), response);

        assertThat(chain.ask(www())).isNotDone();
    }

    @Test
    void whatIsSignedIsNeitherKeptNorAnsweredFromWhatIsKept() {
        chain.ask(www(), WWW);
        Message signed = www();
        new TSIG(TSIG.HMAC_SHA256, "key.example.org.", "c2VjcmV0").apply(signed, null);

        chain.ask(signed, KeptChain.response(signed, "www.example.org. 300 A 192.0.2.99"));

        assertThat(chain.ask(signed)).isNotDone();
        assertThat(chain.askKnown(www()).getSection(Section.ANSWER).getFirst().rdataToString())
                .isEqualTo("192.0.2.1");
    }

    @Row("E8")
    @Test
    void theUpstreamsOptionsAreNotKept() {
        Message query = Queries.withEdns(www(), 1232, 0);
        Message response = KeptChain.response(query, WWW);
        response.addRecord(new OPTRecord(4096, 0, 0, 0, new GenericEDNSOption(12, new byte[100])), Section.ADDITIONAL);
        chain.ask(query, response);

        Message reply = chain.askKnown(query);
        assertThat(reply.getOPT().getOptions()).isEmpty();
        assertThat(reply.getOPT().getPayloadSize()).isEqualTo(1232);
    }

    @Test
    void theCacheStaysWithinItsBound() {
        KeptChain small = new KeptChain(CacheSettings.defaults().withMaxOctets(1 << 20));
        for (int i = 0; i < 20_000; i++) {
            String name = "n" + i + ".example.org";
            small.ask(Queries.query(name), name + ". 300 A 192.0.2.1");
        }

        assertThat(small.cache.octets()).isBetween((1L << 20) * 9 / 10, 1L << 20);
        assertThat(small.cache.evictions()).isEqualTo(20_000 - small.cache.size());
        assertThat(small.cache.size()).isGreaterThan((1 << 20) / 450);
    }

    @Test
    void namesThatAreAskedForOftenOutliveAFloodOfNamesThatAreAskedForOnce() {
        KeptChain small =
                new KeptChain(CacheSettings.defaults().withMaxOctets(1 << 20).withoutPrefetch());
        long popularMisses = 0;
        for (int i = 0; i < 100_000; i++) {
            String random = "r" + i + ".example.org";
            small.ask(Queries.query(random), random + ". 86400 A 192.0.2.1");
            if (i % 10 == 0) {
                String popular = "p" + i / 10 % 300 + ".example.org";
                CompletableFuture<Message> reply = small.ask(Queries.query(popular));
                if (!reply.isDone()) {
                    small.answer(KeptChain.response(Queries.query(popular), popular + ". 86400 A 192.0.2.1"));
                    popularMisses++;
                }
            }
        }

        // Some 2,900 answers fit, and 3,300 questions lie between two for one name: keeping the latest would miss all
        // 10,000.
        assertThat(popularMisses).isLessThan(2_000);
    }

    /** What comes out is what dnsjava reads of what went in, with the time that has passed taken off each TTL. */
    @Test
    void whatWasKeptSaysWhatTheUpstreamSaid() {
        Randomly.times(2_000, random -> {
            KeptChain unbounded =
                    new KeptChain(new CacheSettings(4 << 20, 0, Integer.MAX_VALUE, Integer.MAX_VALUE, 0, 0, 10));
            Message query = RandomMessages.query(random);
            query.getHeader().setFlag(Flags.RD); // else nobody is asked
            Message response =
                    new Message(RandomMessages.response(random, query, 6).toWire());
            unbounded.ask(query, response);
            int ageSeconds = 6 + random.nextInt(400); // failures have ended
            unbounded.pass(Duration.ofSeconds(ageSeconds).plusMillis(random.nextInt(1_000)));

            CompletableFuture<Message> reply = unbounded.ask(query);

            long ttl = ttlSeconds(query, response);
            assertThat(unbounded.asked).hasSize(ttl > ageSeconds ? 1 : 2);
            if (ttl > ageSeconds) {
                long most = isNegative(query, response) ? ttl : Integer.MAX_VALUE;
                for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
                    assertThat(texts(reply.join(), section, Integer.MAX_VALUE, 0))
                            .isEqualTo(texts(response, section, most, ageSeconds));
                }
            }
        });
    }

    /** How long it may be kept, by the RFCs' words and from dnsjava's objects; 0 for not at all. */
    private static long ttlSeconds(Message query, Message response) {
        if (response.getHeader().getFlag(Flags.TC)) {
            return 0;
        }
        long least = response.getSection(Section.ANSWER).stream()
                .mapToLong(Record::getTTL)
                .min()
                .orElse(Integer.MAX_VALUE);
        if (!isNegative(query, response)) {
            return response.getRcode() == Rcode.NOERROR ? least : 0;
        }
        return response.getSection(Section.AUTHORITY).stream()
                .filter(SOARecord.class::isInstance)
                .map(SOARecord.class::cast)
                .findFirst()
                .map(soa -> Math.min(least, Math.min(soa.getTTL(), soa.getMinimum())))
                .orElse(0L);
    }

    private static boolean isNegative(Message query, Message response) {
        int type = query.getQuestion().getType();
        boolean data = response.getSection(Section.ANSWER).stream()
                .anyMatch(answer -> type == Type.ANY || answer.getType() == type);
        return response.getRcode() == Rcode.NXDOMAIN || (response.getRcode() == Rcode.NOERROR && !data);
    }

    private static List<String> texts(Message message, int section, long mostSeconds, int ageSeconds) {
        List<String> texts = new ArrayList<>();
        for (Record found : message.getSection(section)) {
            if (found.getType() != Type.OPT) {
                long ttl = Math.max(0, Math.min(found.getTTL(), mostSeconds) - ageSeconds);
                texts.add(String.join(
                        " ",
                        found.getName().toString(),
                        Long.toString(ttl),
                        DClass.string(found.getDClass()),
                        Type.string(found.getType()),
                        HexFormat.of().formatHex(found.rdataToWireCanonical())));
            }
        }
        return texts;
    }
}
