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
    void refusesWhatDoesNotFit() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ExtendedError(-1, ""));
        assertThatIllegalArgumentException().isThrownBy(() -> new ExtendedError(0x10000, ""));
        assertThatIllegalArgumentException().isThrownBy(() -> new ExtendedError(0, "x".repeat(256)));
    }
}
