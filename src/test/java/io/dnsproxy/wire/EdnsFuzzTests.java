package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CookieOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;

/**
 * Whatever an OPT record holds, query and answer are read as a plain reading of RFC 6891 6.1.2 has it, and the reply's own OPT record is
 * well-formed. The input is class and TTL of the record, then its options.
 */
class EdnsFuzzTests {

    private static final int FIXED_OCTETS = 6;
    private static final int OPTIONS_OCTETS_MAX = 60_000;

    private record Option(int code, ByteBuffer data) {}

    @FuzzTest(maxDuration = "3m")
    void options(byte[] octets) {
        if (octets.length < FIXED_OCTETS) {
            return;
        }
        byte[] rdata =
                Arrays.copyOfRange(octets, FIXED_OCTETS, Math.min(octets.length, FIXED_OCTETS + OPTIONS_OCTETS_MAX));
        List<Option> options = optionsIn(rdata);
        byte[] message = queryWith(octets, rdata);

        assertQuery(message, octets, options);
        Header.flags(message, 0, Header.QR);
        assertAnswer(message, options);
    }

    private static void assertQuery(byte[] message, byte[] octets, @Nullable List<Option> options) {
        Query query = new Query();
        int result = query.read(message, 0, message.length);
        int payloadOctets = ByteBuffer.wrap(octets).getShort() & 0xffff;
        if (octets[3] != 0) {
            assertThat(result).isEqualTo(Rcode.BADVERS);
        } else {
            assertThat(result).isEqualTo(options == null ? Rcode.FORMERR : Rcode.NOERROR);
        }
        assertThat(query.hasEdns()).isTrue();
        assertThat(query.udpPayloadOctets()).isEqualTo(Math.max(512, payloadOctets));
        if (result == Rcode.NOERROR && options != null) {
            assertThat(options)
                    .allSatisfy(option ->
                            assertThat(query.hasEdnsOption(option.code)).isTrue());
            assertThat(query.asksForKeepalive()).isEqualTo(first(options, Edns.KEEPALIVE) != null);
            assertCookie(query, first(options, Edns.COOKIE));
        }
        assertReply(query, result);
        assertReply(query.copy(), result);
    }

    /** RFC 7873 5.2.2: eight octets of the client, and none or 8 to 32 of a server. */
    private static void assertCookie(Query query, @Nullable Option cookie) {
        int serverOctets = cookie == null ? 0 : cookie.data.remaining() - 8;
        boolean fits = cookie != null && (serverOctets == 0 || (serverOctets >= 8 && serverOctets <= 32));
        assertThat(query.hasCookie()).isEqualTo(fits);
        assertThat(query.hasMalformedCookie()).isEqualTo(cookie != null && !fits);
        if (cookie != null && fits) {
            assertThat(query.clientCookie()).isEqualTo(cookie.data.getLong(0));
            assertThat(query.serverCookieOctets()).isEqualTo(serverOctets);
            for (int at = 0; at + 8 <= serverOctets; at++) {
                assertThat(query.serverCookie(at)).isEqualTo(cookie.data.getLong(8 + at));
            }
        }
    }

    private static void assertReply(Query query, int result) {
        ReplyOptions own = new ReplyOptions().cookie(query.clientCookie(), 1, 2).keepalive(1_200);
        own.pad();
        byte[] out = new byte[512];
        int written = AnswerWriter.write(
                query, Answer.failure(result, new ExtendedError(1, "text")), 0, out.length, own, out, 0);
        Message reply = Messages.parse(Arrays.copyOf(out, written));
        OPTRecord opt = reply.getOPT();
        assertThat(opt).isNotNull();
        assertThat(opt.getVersion()).isZero();
        assertThat(opt.getFlags() != 0).isEqualTo(query.dnssecOk());
        assertThat(written % 468 == 0 || written == out.length).isTrue();
        List<EDNSOption> cookies = opt.getOptions(Edns.COOKIE);
        assertThat(cookies)
                .singleElement()
                .isInstanceOfSatisfying(
                        CookieOption.class,
                        cookie -> assertThat(ByteBuffer.wrap(cookie.getClientCookie())
                                        .getLong())
                                .isEqualTo(query.clientCookie()));
    }

    private static void assertAnswer(byte[] message, @Nullable List<Option> options) {
        Query query = Messages.query("www.example.org", RecordType.A);
        int[] told = {-1};
        Answer answer = ResponseReader.read(
                message.clone(), message.length, query, tenths -> told[0] = tenths, Answer.NO_ORIGIN);
        assertThat(answer == null).isEqualTo(options == null);
        if (answer == null || options == null) {
            return;
        }
        Option keepalive = first(options, Edns.KEEPALIVE);
        boolean tells = keepalive != null && keepalive.data.remaining() == 2;
        assertThat(told[0]).isEqualTo(keepalive != null && tells ? keepalive.data.getShort(0) & 0xffff : -1);
        for (Option option : options) {
            if (option.code == Edns.EXTENDED_ERROR && option.data.remaining() >= 2) {
                assertThat(answer.hasExtendedError(option.data.getShort(0) & 0xffff))
                        .isTrue();
            }
        }
    }

    /** The options that fill exactly these octets; null if none do. */
    private static @Nullable List<Option> optionsIn(byte[] rdata) {
        List<Option> options = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(rdata);
        while (in.hasRemaining()) {
            if (in.remaining() < 4) {
                return null;
            }
            int code = in.getShort() & 0xffff;
            int length = in.getShort() & 0xffff;
            if (in.remaining() < length) {
                return null;
            }
            options.add(new Option(code, in.slice(in.position(), length)));
            in.position(in.position() + length);
        }
        return options;
    }

    private static @Nullable Option first(List<Option> options, int code) {
        return options.stream()
                .filter(option -> option.code == code)
                .findFirst()
                .orElse(null);
    }

    private static byte[] queryWith(byte[] fixed, byte[] rdata) {
        byte[] question = Messages.question("www.example.org", RecordType.A).toWire();
        ByteBuffer message = ByteBuffer.allocate(question.length + Edns.OCTETS + rdata.length);
        message.put(question).put((byte) 0).putShort((short) RecordType.OPT);
        message.put(fixed, 0, FIXED_OCTETS).putShort((short) rdata.length).put(rdata);
        Header.additionals(message.array(), 0, 1);
        return message.array();
    }
}
