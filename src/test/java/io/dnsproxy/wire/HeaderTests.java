package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;

class HeaderTests {

    @Test
    void readsWhatDnsjavaWrites() {
        Randomly.times(1_000, random -> {
            byte[] wire = new byte[14];
            random.nextBytes(wire);
            org.xbill.DNS.Header oracle = new org.xbill.DNS.Header(Arrays.copyOfRange(wire, 2, 14));
            int flags = Header.flags(wire, 2);

            assertThat(Header.id(wire, 2)).isEqualTo(oracle.getID());
            assertThat(Header.opcode(flags)).isEqualTo(oracle.getOpcode());
            assertThat(Header.rcode(flags)).isEqualTo(oracle.getRcode());
            assertThat((flags & Header.QR) != 0).isEqualTo(oracle.getFlag(Flags.QR));
            assertThat((flags & Header.AA) != 0).isEqualTo(oracle.getFlag(Flags.AA));
            assertThat((flags & Header.TC) != 0).isEqualTo(oracle.getFlag(Flags.TC));
            assertThat((flags & Header.RD) != 0).isEqualTo(oracle.getFlag(Flags.RD));
            assertThat((flags & Header.RA) != 0).isEqualTo(oracle.getFlag(Flags.RA));
            assertThat((flags & Header.AD) != 0).isEqualTo(oracle.getFlag(Flags.AD));
            assertThat((flags & Header.CD) != 0).isEqualTo(oracle.getFlag(Flags.CD));
            assertThat(Header.questions(wire, 2)).isEqualTo(oracle.getCount(0));
            assertThat(Header.answers(wire, 2)).isEqualTo(oracle.getCount(1));
            assertThat(Header.authorities(wire, 2)).isEqualTo(oracle.getCount(2));
            assertThat(Header.additionals(wire, 2)).isEqualTo(oracle.getCount(3));
        });
    }

    @Test
    void writesIdAndFlagsAndNothingElse() {
        byte[] wire = new byte[16];
        Header.id(wire, 2, 0xfffe);
        Header.flags(wire, 2, Header.QR | Header.flagsOfOpcode(15) | Rcode.REFUSED);

        assertThat(wire).isEqualTo(Messages.octets("0000 fffe f805 0000 0000 0000 0000 0000"));
        assertThat(Header.opcode(Header.flags(wire, 2))).isEqualTo(15);
    }
}
