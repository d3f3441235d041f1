package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.listener.QueryLog.ClientDetail;
import io.dnsproxy.listener.QueryLog.Entry;
import io.dnsproxy.listener.QueryLog.Transport;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class QueryLinesTests {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> UPSTREAMS = List.of("192.0.2.53#dns.example.org", "192.0.2.54#dns.example.net");
    private static final long IPV4 = 0xffff_c000_0200L; // ::ffff:192.0.2.0

    private static Entry entry(byte[] name) {
        return new Entry(
                1_795_414_831_402L,
                Transport.UDP,
                0,
                IPV4,
                name,
                Type.AAAA,
                DClass.IN,
                Rcode.NXDOMAIN,
                false,
                2,
                14_212_345);
    }

    private static String line(ClientDetail detail, Entry entry) {
        return new QueryLines(detail, UPSTREAMS).lineOf(entry);
    }

    @Test
    void aLineSaysWhoAskedWhatAndWhatBecameOfIt() throws Exception {
        assertThat(line(
                        ClientDetail.NETWORK,
                        entry(Name.fromString("www.example.org.").toWire())))
                .isEqualTo("{\"time\":\"2026-11-23T06:20:31.402Z\",\"client\":\"192.0.2.0/24\",\"transport\":\"udp\","
                        + "\"name\":\"www.example.org.\",\"type\":\"AAAA\",\"class\":\"IN\",\"rcode\":\"NXDOMAIN\","
                        + "\"cached\":false,\"upstream\":\"192.0.2.54#dns.example.net\",\"durationMs\":14.212}");
    }

    @Test
    void whatDoesNotApplyIsLeftOut() {
        Entry malformed = new Entry(0, Transport.TLS, 0, 0, null, 0, 0, Rcode.FORMERR, true, 0, 1_000);

        assertThat(line(ClientDetail.NONE, malformed))
                .isEqualTo("{\"time\":\"1970-01-01T00:00:00Z\",\"transport\":\"tls\",\"rcode\":\"FORMERR\","
                        + "\"cached\":true,\"durationMs\":0.001}");
    }

    @Test
    void anAddressIsWrittenAsPeopleDo() throws Exception {
        byte[] name = Name.fromString("example.org.").toWire();
        long high = ByteBuffer.wrap(new byte[] {0x20, 0x01, 0x0d, (byte) 0xb8, 0, 1, 0, 0})
                .getLong();
        Entry ipv6 = new Entry(0, Transport.TCP, high, 0, name, Type.A, DClass.IN, 0, true, 0, 0);

        assertThat(line(ClientDetail.NETWORK, ipv6)).contains("\"client\":\"2001:db8:1::/48\"");
        assertThat(line(ClientDetail.FULL, ipv6)).contains("\"client\":\"2001:db8:1::\"");
        assertThat(line(ClientDetail.FULL, entry(name))).contains("\"client\":\"192.0.2.0\"");
    }

    /** Any octet may be in a name; none may end the line, or the text. */
    @Test
    void anyNameIsOneLineOfJsonThatSaysWhichNameItWas() throws Exception {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] label = new byte[1 + random.nextInt(63)];
            random.nextBytes(label);
            byte[] wire = ByteBuffer.allocate(label.length + 2)
                    .put((byte) label.length)
                    .put(label)
                    .put((byte) 0)
                    .array();

            String line = line(ClientDetail.NONE, entry(wire));

            assertThat(line).as("seed " + seed).matches("\\A\\p{Print}+\\z");
            JsonNode json = JSON.readTree(line);
            assertThat(Name.fromString(json.get("name").asString()).toWire())
                    .as("seed " + seed)
                    .isEqualTo(wire);
        }
    }
}
