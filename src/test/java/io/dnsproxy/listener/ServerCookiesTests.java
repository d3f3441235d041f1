package io.dnsproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerWriter;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import io.dnsproxy.wire.ReplyOptions;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;

class ServerCookiesTests {

    private static final int COOKIE = 10;
    private static final String SECRET = "e5e973e5a6b2a43f48e7dc849e37bfcf";
    private static final String OTHER_SECRET = "445536bcd2513298075a5d379663c962";
    private static final String CLIENT = "2464c4abcf10c957";
    private static final long NOW = 1_559_731_985;

    private final AtomicLong epochSeconds = new AtomicLong(NOW);
    private final ServerCookies cookies = cookies(SECRET);

    private ServerCookies cookies(String... secrets) {
        List<byte[]> octets =
                Arrays.stream(secrets).map(HexFormat.of()::parseHex).toList();
        return new ServerCookies(octets, false, epochSeconds::get);
    }

    /** A lens that holds a query with this cookie. */
    private static Query query(String cookie) {
        Message message = Queries.query("www.example.org");
        message.addRecord(
                new OPTRecord(
                        1232,
                        0,
                        0,
                        0,
                        List.of(new GenericEDNSOption(COOKIE, HexFormat.of().parseHex(cookie)))),
                Section.ADDITIONAL);
        byte[] wire = message.toWire();
        Query query = new Query();
        assertThat(query.read(wire, 0, wire.length)).isEqualTo(Rcode.NOERROR);
        return query;
    }

    private static boolean areGood(ServerCookies cookies, String cookie, String address) {
        ClientAddress client = ClientAddress.of(InetAddress.ofLiteral(address));
        return cookies.areGood(query(cookie), client.high(), client.low());
    }

    /** The cookie that comes back, as the client sees it. */
    private static String answer(ServerCookies cookies, String cookie, String address) throws Exception {
        ClientAddress client = ClientAddress.of(InetAddress.ofLiteral(address));
        Query query = query(cookie);
        ReplyOptions options = new ReplyOptions();
        cookies.addTo(options, query, client.high(), client.low());
        byte[] out = new byte[512];
        int octets = AnswerWriter.write(query, Answer.failure(Rcode.REFUSED), 0, out.length, options, out, 0);
        byte[] option = new Message(Arrays.copyOf(out, octets))
                .getOPT()
                .getOptions()
                .getFirst()
                .toWire();
        return HexFormat.of().formatHex(option, 4, option.length);
    }

    /** The examples of RFC 9018, appendix A. */
    @ParameterizedTest
    @CsvSource({
        "e5e973e5a6b2a43f48e7dc849e37bfcf, 2464c4abcf10c957, 198.51.100.100, 1559731985, 010000005cf79f111f8130c3eee29480",
        "e5e973e5a6b2a43f48e7dc849e37bfcf, 2464c4abcf10c957, 198.51.100.100, 1559734385, 010000005cf7a871d4a564a1442aca77",
        "e5e973e5a6b2a43f48e7dc849e37bfcf, fc93fc62807ddb86, 203.0.113.203, 1559734700, 010000005cf7a9acf73a7810aca2381e",
        "445536bcd2513298075a5d379663c962, 22681ab97d52c298, 2001:db8:220:1:59de:d0f4:8769:82b8, 1559741961,"
                + " 010000005cf7c609a6bb79d16625507a",
    })
    void areThoseOfTheStandard(String secret, String client, String address, long seconds, String expected)
            throws Exception {
        epochSeconds.set(seconds);

        String cookie = answer(cookies(secret), client, address);

        assertThat(cookie).isEqualTo(client + expected);
        assertThat(areGood(cookies(secret), cookie, address)).isTrue();
    }

    /** Reserved octets that are not zero, RFC 9018 A.3, at a time when the cookie was young. */
    @Test
    void areGoodWhateverTheirReservedOctetsAre() {
        epochSeconds.set(0x5cf78f71);

        assertThat(areGood(cookies, "fc93fc62807ddb86abcdef015cf78f71a314227b6679ebf5", "203.0.113.203"))
                .isFalse(); // its first octet, the version, is another one

        assertThat(areGood(cookies, "fc93fc62807ddb86" + "01abcdef5cf78f71a314227b6679ebf5", "203.0.113.203"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"-300, true", "-301, false", "0, true", "3600, true", "3601, false", "2147483647, false"})
    void areGoodForAnHour(int ageSeconds, boolean good) throws Exception {
        String cookie = answer(cookies, CLIENT, "192.0.2.1");

        epochSeconds.addAndGet(ageSeconds);

        assertThat(areGood(cookies, cookie, "192.0.2.1")).isEqualTo(good);
    }

    @Test
    void areGoodAcrossTheEndOfTheirClock() throws Exception {
        epochSeconds.set((1L << 32) - 1);
        String cookie = answer(cookies, CLIENT, "192.0.2.1");

        epochSeconds.addAndGet(60);

        assertThat(areGood(cookies, cookie, "192.0.2.1")).isTrue();
    }

    @Test
    void areForOneAddressAndOneClient() throws Exception {
        String cookie = answer(cookies, CLIENT, "192.0.2.1");

        assertThat(areGood(cookies, cookie, "192.0.2.2")).isFalse();
        assertThat(areGood(cookies, cookie, "2001:db8::1")).isFalse();
        assertThat(areGood(cookies, "0000000000000000" + cookie.substring(16), "192.0.2.1"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 17, 23, 24, 31, 39, 40, 47})
    void areNotGoodWithOneDigitChanged(int digit) throws Exception {
        StringBuilder cookie = new StringBuilder(answer(cookies, CLIENT, "192.0.2.1"));
        cookie.setCharAt(digit, cookie.charAt(digit) == 'f' ? 'e' : 'f');

        assertThat(areGood(cookies, cookie.toString(), "192.0.2.1")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 30, 34, 64})
    void areNotGoodAtAnotherLength(int serverDigits) {
        assertThat(areGood(cookies, CLIENT + "01".repeat(serverDigits / 2), "192.0.2.1"))
                .isFalse();
    }

    @Test
    void areAcceptedFromASecretThatIsGoingOrComing() throws Exception {
        String old = answer(cookies(OTHER_SECRET), CLIENT, "192.0.2.1");
        ServerCookies rotating = cookies(SECRET, OTHER_SECRET);

        assertThat(areGood(cookies, old, "192.0.2.1")).isFalse();
        assertThat(areGood(rotating, old, "192.0.2.1")).isTrue();
        assertThat(answer(rotating, CLIENT, "192.0.2.1")).isEqualTo(answer(cookies, CLIENT, "192.0.2.1"));
    }

    @Test
    void ofTwoServersWithoutASecretAreDifferent() throws Exception {
        assertThat(answer(cookies(), CLIENT, "192.0.2.1")).isNotEqualTo(answer(cookies(), CLIENT, "192.0.2.1"));
    }

    @Test
    void areCountedByWhatClientsShow() throws Exception {
        String cookie = answer(cookies, CLIENT, "192.0.2.1");
        areGood(cookies, cookie, "192.0.2.1");
        areGood(cookies, cookie, "192.0.2.2");
        areGood(cookies, CLIENT, "192.0.2.1");
        areGood(cookies, CLIENT, "192.0.2.1");

        assertThat(cookies.count(ServerCookies.Kind.GOOD)).isEqualTo(1);
        assertThat(cookies.count(ServerCookies.Kind.BAD)).isEqualTo(1);
        assertThat(cookies.count(ServerCookies.Kind.NONE)).isEqualTo(2);
    }

    @Test
    void costNoMemory() throws Exception {
        Query query = query(answer(cookies, CLIENT, "192.0.2.1"));
        ClientAddress client = ClientAddress.of(InetAddress.ofLiteral("192.0.2.1"));
        ReplyOptions options = new ReplyOptions();
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 20_000;
        long before = 0;
        int good = 0;
        for (int i = 0; i < 2 * rounds; i++) {
            if (i == rounds) {
                before = thread.getCurrentThreadAllocatedBytes();
            }
            good += cookies.areGood(query, client.high(), client.low()) ? 1 : 0;
            cookies.addTo(options.clear(), query, client.high(), client.low());
        }

        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(rounds);
        assertThat(good).isEqualTo(2 * rounds);
    }
}
