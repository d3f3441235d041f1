package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ExtendedErrorTests {

    @Test
    void isAnOption() {
        assertThat(new ExtendedError(22, "down").toOption()).isEqualTo(Messages.octets("000f 0006 0016 'down'"));
        assertThat(new ExtendedError(3).toOption()).isEqualTo(Messages.octets("000f 0002 0003"));
        assertThat(new ExtendedError(3, "é").toOption()).isEqualTo(Messages.octets("000f 0004 0003 c3a9"));
    }

    @Test
    void cutsALongTextBetweenCharacters() {
        assertThat(new ExtendedError(3, "x".repeat(255)).toOption()).hasSize(6 + 255);
        assertThat(new ExtendedError(3, "x".repeat(256)).toOption()).hasSize(6 + 255);
        assertThat(new ExtendedError(3, "é".repeat(200)).toOption())
                .hasSize(6 + 254)
                .isEqualTo(new ExtendedError(3, "é".repeat(127)).toOption());
    }

    @Test
    void refusesACodeOfMoreThan16Bits() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ExtendedError(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ExtendedError(0x10000));
    }
}
