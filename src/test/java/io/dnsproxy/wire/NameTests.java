package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DNSInput;

class NameTests {

    private static final String HEADER = "0000 0000 0000 0000 0000 0000 ";

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "the root, 00, 13",
        "one label, 01'a' 00, 15",
        "three labels, 03'www' 07'example' 03'org' 00, 29",
        "any octet in a label, 04 00 ff 2e c0 00, 18",
        "octets behind the name, 01'a' 00 ff ff, 15"
    })
    void findsTheEndOfAName(String what, String name, int end) {
        byte[] message = Messages.octets(HEADER + name);

        assertThat(Name.skip(message, 0, 12, message.length)).isEqualTo(end);
        assertThat(Name.skipUncompressed(message, 12, message.length)).isEqualTo(end);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "nothing, 12, ''",
        "a label without an end, 12, 03'ww'",
        "labels without the root, 12, 03'www'",
        "label type 01, 12, 41 00",
        "label type 10, 12, 80 00",
        "half a pointer, 12, c0",
        "a pointer to itself, 12, c00c",
        "a pointer to its own labels, 12, 01'a' c00c",
        "a pointer forward, 12, c00f 00 01'a' 00",
        "a pointer into the header, 12, c000",
        "a pointer to the last octet of the header, 12, c00b",
        "a pointer out of the message, 12, ffff",
        "two pointers at one another, 14, c00e c00c",
        "a loop through another name, 15, 01'a' c00f 01'b' c00c",
        "a pointer at labels that run into its own name, 14, 01'a' 01'b' c00c",
        "a pointer at a label that covers its own name, 15, 05'a' 00 c00c 00 00 00"
    })
    void refusesWhatIsNoName(String what, int at, String octets) {
        byte[] message = Messages.octets(HEADER + octets);

        assertThat(Name.skip(message, 0, at, message.length)).isEqualTo(Name.MALFORMED);
    }

    @Test
    void followsPointersAndEndsBehindTheFirst() {
        byte[] message = Messages.octets(HEADER + "07'example' 03'org' 00  03'www' c00c  04'mail' c019 ff");

        assertThat(Name.skip(message, 0, 25, message.length)).isEqualTo(31);
        assertThat(Name.skip(message, 0, 31, message.length)).isEqualTo(38);
        assertThat(Name.skipUncompressed(message, 31, message.length)).isEqualTo(Name.MALFORMED);
    }

    @Test
    void aPointerMayPointAtAPointer() {
        byte[] message = Messages.octets(HEADER + "01'a' 00 c00c c00f");

        assertThat(Name.skip(message, 0, 17, message.length)).isEqualTo(19);
    }

    @Test
    void pointersCountFromTheStartOfTheMessage() {
        byte[] message = Messages.octets("0000 0000 0000 0000 0000 0000 ffff 01'a' 00 c00c");

        assertThat(Name.skip(message, 2, 17, message.length)).isEqualTo(19);
        assertThat(Name.skip(message, 0, 17, message.length)).isEqualTo(Name.MALFORMED);
    }

    @Test
    void takesANameOf255OctetsAndNoLongerOne() {
        byte[] longest = nameOf(255);
        byte[] tooLong = nameOf(256);

        assertThat(Name.skip(longest, 0, 0, longest.length)).isEqualTo(255);
        assertThat(Name.skipUncompressed(longest, 0, longest.length)).isEqualTo(255);
        assertThat(Name.skip(tooLong, 0, 0, tooLong.length)).isEqualTo(Name.MALFORMED);
        assertThat(Name.skipUncompressed(tooLong, 0, tooLong.length)).isEqualTo(Name.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void countsLabelsBehindPointers(int octets) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(new byte[12]);
        message.writeBytes(nameOf(253));
        message.writeBytes(Messages.octets(octets == 1 ? "01'a' c00c" : "02'aa' c00c"));
        byte[] m = message.toByteArray();

        assertThat(Name.skip(m, 0, 12 + 253, m.length)).isEqualTo(octets == 1 ? m.length : Name.MALFORMED);
    }

    @Test
    void givesUpOnChainsThatNoNameNeeds() {
        byte[] message = new byte[16_000];
        for (int at = 14; at < message.length; at += 2) {
            Name.pointer(message, at, at == 14 ? 12 : at - 2);
        }

        assertThat(Name.skip(message, 0, 12 + 2 * 127, message.length)).isEqualTo(12 + 2 * 128);
        assertThat(Name.skip(message, 0, 12 + 2 * 128, message.length)).isEqualTo(Name.MALFORMED);
    }

    @Test
    void readsNothingBehindTheEnd() {
        byte[] message = Messages.octets(HEADER + "03'www' 07'example' 03'org' 00 03'ftp' c010");

        for (int end = 12; end < 29; end++) {
            assertThat(Name.skip(message, 0, 12, end)).isEqualTo(Name.MALFORMED);
            assertThat(Name.skipUncompressed(message, 12, end)).isEqualTo(Name.MALFORMED);
        }
        for (int end = 29; end < message.length; end++) {
            assertThat(Name.skip(message, 0, 29, end)).isEqualTo(Name.MALFORMED);
        }
    }

    @Test
    void onlyAsciiLettersHaveCase() {
        for (int octet = 0; octet < 256; octet++) {
            byte lower = Name.lowerCase((byte) octet);
            assertThat(lower & 0xff).isEqualTo(octet >= 'A' && octet <= 'Z' ? octet + 32 : octet);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "home.arpa, home.arpa, true",
        "printer.HOME.Arpa, home.arpa, true",
        "a.b.c.home.arpa, home.arpa, true",
        "myhome.arpa, home.arpa, false",
        "arpa, home.arpa, false",
        "example.org, home.arpa, false",
        "example.org, ., true",
        "., ., true"
    })
    void knowsWhatIsUnderAName(String name, String ancestor, boolean under) {
        assertThat(Messages.query(name, 1).isAtOrUnder(Name.octets(ancestor))).isEqualTo(under);
    }

    @Test
    void aLabelThatOnlyLooksLikeAnAncestorIsNone() {
        byte[] name = Messages.octets("0b 04'home' 04'arpa' 00 00");

        assertThat(Name.isAtOrUnder(name, 0, name.length, Name.octets("home.arpa")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"home.arpa", "home.arpa.", "a.b.c", "localhost", ".", "_dns.resolver.arpa"})
    void writesWhatDnsjavaWrites(String name) {
        assertThat(Name.octets(name)).isEqualTo(Messages.name(name).toWire());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..b", "..", ".a", "a..", "münchen.example.org"})
    void refusesATextThatIsNoName(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Name.octets(text)).withMessageContaining(text);
    }

    @Test
    void refusesLongLabelsAndLongNames() {
        assertThat(Name.octets("a".repeat(63))).hasSize(65);
        assertThat(Name.octets("a.".repeat(127))).hasSize(255);
        assertThatIllegalArgumentException().isThrownBy(() -> Name.octets("a".repeat(64)));
        assertThatIllegalArgumentException().isThrownBy(() -> Name.octets("a.".repeat(128)));
    }

    @Test
    void dnsjavaReadsEveryNameThatIsTaken() {
        Randomly.times(20_000, random -> {
            byte[] message = soup(random);
            int at = 12 + random.nextInt(message.length - 12);
            int end = Name.skip(message, 0, at, message.length);
            if (end != Name.MALFORMED) {
                DNSInput input = new DNSInput(message);
                input.jump(at);
                org.xbill.DNS.Name name = new org.xbill.DNS.Name(input);
                assertThat(input.current()).isEqualTo(end);
                assertThat(name.length()).isLessThanOrEqualTo((short) 255);
            }
        });
    }

    /** Octets that look like pieces of names often enough. */
    private static byte[] soup(Random random) {
        byte[] message = new byte[14 + random.nextInt(60)];
        for (int i = 12; i < message.length; i++) {
            message[i] = (byte)
                    switch (random.nextInt(5)) {
                        case 0 -> 0;
                        case 1 -> 0xc0;
                        case 2 -> random.nextInt(4);
                        case 3 -> random.nextInt(message.length);
                        default -> random.nextInt(256);
                    };
        }
        return message;
    }

    /** A name of exactly so many octets: not 2, there is none. */
    static byte[] nameOf(int octets) {
        byte[] name = new byte[octets];
        Arrays.fill(name, (byte) 'x');
        int at = 0;
        while (octets - at > 1) {
            int label = Math.min(63, octets - at - 2);
            if (octets - at - 2 - label == 1) {
                label--;
            }
            name[at] = (byte) label;
            at += label + 1;
        }
        name[at] = 0;
        return name;
    }
}
