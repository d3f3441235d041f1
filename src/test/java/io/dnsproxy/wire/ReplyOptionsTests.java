package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.CookieOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.TcpKeepaliveOption;
import org.xbill.DNS.Type;

class ReplyOptionsTests {

    private static final int BLOCK_OCTETS = 468;

    private final Query query = Messages.ednsQuery("www.example.org", Type.TXT, 1232, false);
    private final ReplyOptions options = new ReplyOptions();

    private byte[] write(Query asked, Answer answer, int limitOctets) {
        byte[] out = new byte[limitOctets + 7];
        return Arrays.copyOfRange(out, 7, 7 + AnswerWriter.write(asked, answer, 0, limitOctets, options, out, 7));
    }

    private static List<EDNSOption> optionsOf(byte[] reply) {
        return Messages.parse(reply).getOPT().getOptions();
    }

    private Answer text(int octets) {
        return Messages.answerTo(query, "www.example.org. 300 TXT " + "a".repeat(octets));
    }

    @Test
    void areWrittenBeforeTheReasonOfAFailure() {
        options.cookie(0x0102030405060708L, 0x1112131415161718L, 0x2122232425262728L)
                .keepalive(1_200);

        List<EDNSOption> written =
                optionsOf(write(query, Answer.failure(Rcode.SERVFAIL, new ExtendedError(22, "why")), 512));

        assertThat(written).hasSize(3);
        assertThat(written.get(0)).isInstanceOfSatisfying(CookieOption.class, cookie -> {
            assertThat(cookie.getClientCookie()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
            assertThat(cookie.getServerCookie())
                    .hasValueSatisfying(server ->
                            assertThat(server).hasSize(16).startsWith(0x11).endsWith(0x28));
        });
        assertThat(written.get(1))
                .isInstanceOfSatisfying(
                        TcpKeepaliveOption.class,
                        keepalive ->
                                assertThat(keepalive.getTimeout().orElseThrow()).isEqualTo(1_200));
    }

    @Test
    void stayWhenRecordsAreCut() {
        options.cookie(1, 2, 3);
        Answer large = Messages.answerTo(
                query,
                "www.example.org. 300 TXT " + "a".repeat(200),
                "www.example.org. 300 TXT " + "b".repeat(200),
                "www.example.org. 300 TXT " + "c".repeat(200));

        byte[] reply = write(query, large, 512);

        assertThat(reply).hasSizeLessThanOrEqualTo(512);
        assertThat(Messages.parse(reply).getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(optionsOf(reply)).singleElement().isInstanceOf(CookieOption.class);
    }

    @Test
    void areNotForClientsWithoutEdns() {
        options.cookie(1, 2, 3).pad();

        byte[] reply = write(
                Messages.query("www.example.org", Type.A),
                Messages.answerTo(Messages.query("www.example.org", Type.A), "www.example.org. 300 A 192.0.2.1"),
                512);

        assertThat(Messages.parse(reply).getOPT()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50, 100, 200, 255})
    void padToTheBlockOfResponses(int octets) {
        byte[] reply = write(query, text(octets), 65_535);

        assertThat(reply.length % BLOCK_OCTETS).isNotZero();

        options.pad();
        byte[] padded = write(query, text(octets), 65_535);

        assertThat(padded.length % BLOCK_OCTETS).isZero();
        assertThat(optionsOf(padded)).singleElement().isInstanceOfSatisfying(GenericEDNSOption.class, padding -> {
            assertThat(padding.getCode()).isEqualTo(EDNSOption.Code.PADDING);
            byte[] option = padding.toWire();
            assertThat(Arrays.copyOfRange(option, 4, option.length)).containsOnly(0);
        });
    }

    @Test
    void padNotBeyondTheLimit() {
        options.pad();

        assertThat(write(query, text(255), 512)).hasSize(468);
        assertThat(write(query, text(255), 330)).hasSizeLessThanOrEqualTo(330);
    }

    @Test
    void everyLengthOfAMessageIsPaddedRightOrNotAtAll() {
        options.pad();
        for (int octets = 0; octets <= 1_000; octets++) {
            int padding = options.paddingOctets(octets, 900);
            assertThat(octets + padding)
                    .as("%d octets", octets)
                    .satisfiesAnyOf(
                            all -> assertThat(all % BLOCK_OCTETS).isZero(),
                            all -> assertThat(all).isEqualTo(900),
                            all -> assertThat(padding).isZero());
            assertThat(padding)
                    .satisfiesAnyOf(
                            none -> assertThat(none).isZero(),
                            some -> assertThat(some).isGreaterThanOrEqualTo(4));
        }
    }

    @Test
    void sayNothingAfterBeingCleared() {
        options.cookie(1, 2, 3).keepalive(4).pad().clear();

        Message reply = Messages.parse(write(query, text(10), 512));

        assertThat(reply.getOPT().getOptions()).isEmpty();
    }
}
