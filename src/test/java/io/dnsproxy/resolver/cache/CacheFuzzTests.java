package io.dnsproxy.resolver.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerWriter;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import io.dnsproxy.wire.ResponseReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Whatever answer one client's query brought, another client that asks for the same later, and in its own way, gets the same records, as
 * dnsjava reads them, with TTLs that are so much older. The input is how many seconds later (two octets), how the other client asks (one), and
 * the answer.
 */
class CacheFuzzTests {

    private static final CacheSettings SETTINGS = CacheSettings.defaults().withMaxOctets(1 << 20);
    private static final int FIXED_OCTETS = 3;
    private static final int MESSAGE_OCTETS_MAX = 65_535;
    private static final int STALE_TTL_SECONDS = 30;
    private static final long NOW = Long.MAX_VALUE - 1_000; // wraps on the way

    /** What an octet says of the other client. */
    private static final int OTHER_CASE = 1;

    private static final int WITH_EDNS = 2;
    private static final int SMALL = 4;
    private static final int OTHER_TYPE = 8;

    @FuzzTest(maxDuration = "3m")
    void anotherClientGetsTheSameRecords(byte[] octets) {
        if (octets.length < FIXED_OCTETS) {
            return;
        }
        int laterSeconds = (octets[0] & 0xff) << 8 | (octets[1] & 0xff);
        byte[] response =
                Arrays.copyOfRange(octets, FIXED_OCTETS, Math.min(octets.length, FIXED_OCTETS + MESSAGE_OCTETS_MAX));
        for (boolean dnssecOk : new boolean[] {false, true}) {
            Query asked = askedBy(response, dnssecOk);
            Answer answer = ResponseReader.read(response.clone(), response.length, asked);
            KeptAnswer kept = answer == null ? null : new Retention(SETTINGS).of(asked, answer);
            if (kept != null) {
                assertKept(response, asked, kept, laterSeconds, octets[2]);
            }
        }
    }

    private static void assertKept(byte[] response, Query asked, KeptAnswer kept, int laterSeconds, int manner) {
        AnswerCache cache = new AnswerCache(SETTINGS.maxOctets(), SETTINGS.staleSeconds());
        cache.store(asked, kept, NOW);
        long thenNanos = NOW + TimeUnit.SECONDS.toNanos(laterSeconds);
        Query other = another(asked, manner, kept.answer().deniesEveryType());

        CachedAnswer found = cache.find(other, thenNanos);
        if (found == null) {
            throw new AssertionError("not found");
        }
        boolean fresh = laterSeconds < kept.ttlSeconds();
        assertThat(found.isFresh(thenNanos)).isEqualTo(fresh);
        Answer given = fresh ? found.answer() : found.stale();
        int limit = (manner & SMALL) != 0 ? 512 : MESSAGE_OCTETS_MAX;
        byte[] out = new byte[limit];
        int written = AnswerWriter.write(other, given, given.ageSeconds(thenNanos), limit, out, 0);
        byte[] rendered = Arrays.copyOf(out, written);

        assertThat(ResponseReader.answers(rendered, written, other)).isTrue();
        Message before = parse(response);
        if (before == null || pointsIntoHeader(response) || !means(before, withOtherTtls(response))) {
            return; // dnsjava looks into RDATA, which we pass on as it is
        }
        assertThat(ResponseReader.read(rendered.clone(), written, other)).isNotNull();
        Message reply = parse(rendered);
        if (reply == null) {
            throw new AssertionError("dnsjava reads the answer, but not what was made of it");
        }
        assertThat(reply.getHeader().getID()).isEqualTo(other.id());
        assertThat(reply.getOPT() != null).isEqualTo(other.hasEdns());
        int most = isPositive(asked, kept) ? SETTINGS.maxTtlSeconds() : kept.ttlSeconds();
        Ageing ageing = new Ageing(most, fresh ? laterSeconds : -1);
        assertSame(
                ageing.after(before), ageing.records(reply), reply.getHeader().getFlag(Flags.TC));
    }

    private static void assertSame(List<String> before, List<String> after, boolean truncated) {
        if (truncated) {
            assertThat(after).isEqualTo(before.subList(0, Math.min(after.size(), before.size())));
        } else {
            assertThat(after).isEqualTo(before);
        }
    }

    /**
     * Time that has passed between what is kept and what is given.
     *
     * @param mostSeconds bound on what was kept
     * @param seconds since then; negative: it is stale
     */
    private record Ageing(int mostSeconds, int seconds) {

        /** What is to be given. */
        List<String> after(Message message) {
            return texts(message, true);
        }

        List<String> records(Message message) {
            return texts(message, false);
        }

        private List<String> texts(Message message, boolean age) {
            List<String> texts = new ArrayList<>();
            for (int section : new int[] {Section.ANSWER, Section.AUTHORITY}) {
                for (Record record : message.getSection(section)) {
                    long ttl = age ? aged(record.getTTL()) : record.getTTL();
                    texts.add(section + " " + ttl + " " + text(record));
                }
            }
            return texts;
        }

        private long aged(long ttl) {
            return seconds < 0 ? STALE_TTL_SECONDS : Math.max(0, Math.min(ttl, mostSeconds) - seconds);
        }

        /** Without TTL, and without regard to case: compressed names follow the question, which is spelled as the client does. */
        private static String text(Record record) {
            byte[] data = record.rdataToWireCanonical();
            for (int i = 0; i < data.length; i++) {
                data[i] = (byte) lower(data[i]);
            }
            return record.getName().canonicalize() + " " + record.getType() + " " + record.getDClass() + " "
                    + Arrays.toString(data);
        }
    }

    private static boolean isPositive(Query asked, KeptAnswer kept) {
        return kept.answer().rcode() == Rcode.NOERROR && kept.answer().answersType(asked.type());
    }

    /** Whether these octets say the same but for TTLs; not so where names run over TTLs, which are other ones for each client. */
    private static boolean means(Message message, byte[] octets) {
        Message other = parse(octets);
        Ageing none = new Ageing(0, 0);
        return other != null && none.after(message).equals(none.after(other));
    }

    private static byte[] withOtherTtls(byte[] response) {
        byte[] other = response.clone();
        int records = 0;
        for (int count = 6; count < 12; count += 2) {
            records += (response[count] & 0xff) << 8 | (response[count + 1] & 0xff);
        }
        int at = end(response);
        for (int i = 0; i < records && at < response.length; i++) {
            while (response[at] > 0) {
                at += 1 + response[at];
            }
            at += response[at] == 0 ? 1 : 2;
            Arrays.fill(other, at + 4, at + 8, (byte) 0x2a);
            at += 10 + ((response[at + 8] & 0xff) << 8 | (response[at + 9] & 0xff));
        }
        return other;
    }

    /** Whether a name in RDATA may begin in the header, which is another one for each client. */
    private static boolean pointsIntoHeader(byte[] message) {
        for (int i = 12; i + 1 < message.length; i++) {
            if ((message[i] & 0xff) == 0xc0 && message[i + 1] >= 0 && message[i + 1] < 12) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Message parse(byte[] wire) {
        try {
            return new Message(wire);
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    /** The same question by somebody else: of another type too, where that makes no difference. */
    private static Query another(Query asked, int manner, boolean everyType) {
        boolean edns = asked.dnssecOk() || (manner & WITH_EDNS) != 0;
        byte[] message = asked.message();
        int end = end(message);
        byte[] other = Arrays.copyOf(message, edns ? end + 11 : end);
        other[0] ^= (byte) 0x5a;
        other[11] = (byte) (edns ? 1 : 0);
        if ((manner & OTHER_CASE) != 0) {
            for (int i = 12; i < end - 4; i++) {
                boolean letter = lower(other[i]) >= 'a' && lower(other[i]) <= 'z' && !isLength(message, i);
                other[i] ^= (byte) (letter ? 0x20 : 0);
            }
        }
        if (everyType && (manner & OTHER_TYPE) != 0) {
            other[end - 3] ^= 1;
        }
        if (edns) {
            byte[] opt = {0, 0, 41, 4, (byte) 0xd0, 0, 0, (byte) (asked.dnssecOk() ? 0x80 : 0), 0, 0, 0};
            System.arraycopy(opt, 0, other, end, opt.length);
        }
        return Query.of(other);
    }

    /** The query that this may answer: with its question, if it has one. */
    private static Query askedBy(byte[] response, boolean dnssecOk) {
        int end = end(response);
        if (end > response.length) {
            return Query.of(Queries.query("www.example.org", Type.A).toWire());
        }
        byte[] query = Arrays.copyOf(response, dnssecOk ? end + 11 : end);
        byte[] counts = {1, 0, 0, 1, 0, 0, 0, 0, 0, (byte) (dnssecOk ? 1 : 0)};
        System.arraycopy(counts, 0, query, 2, counts.length);
        if (dnssecOk) {
            byte[] opt = {0, 0, 41, 4, (byte) 0xd0, 0, 0, (byte) 0x80, 0, 0, 0};
            System.arraycopy(opt, 0, query, end, opt.length);
        }
        return new Query().read(query, 0, query.length) == Rcode.NOERROR
                ? Query.of(query)
                : Query.of(Queries.query("www.example.org", Type.A).toWire());
    }

    /** Behind the question's class; beyond the message if there is no question. */
    private static int end(byte[] message) {
        int at = 12;
        while (at < message.length && message[at] > 0) {
            at += 1 + message[at];
        }
        return at < message.length && message[at] == 0 ? at + 5 : Integer.MAX_VALUE;
    }

    private static boolean isLength(byte[] message, int index) {
        int at = 12;
        while (at < index) {
            at += 1 + message[at];
        }
        return at == index;
    }

    private static int lower(int octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + 0x20 : octet;
    }
}
