package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class SeenServersTests {

    private static final Instant START = Instant.parse("2026-11-23T00:00:00Z");

    private final SeenServers seen = new SeenServers();

    private void authenticated(int key, int second) {
        seen.authenticated(new Dial.Handshake(false, "TLSv1.3", pin(key)), START.plusSeconds(second));
    }

    private static SpkiPin pin(int key) {
        byte[] octets = new byte[32];
        octets[0] = (byte) key;
        return new SpkiPin(Base64.getEncoder().encodeToString(octets));
    }

    @Test
    void knowsNothingBeforeTheFirstConnection() {
        assertThat(seen.tlsVersion()).isNull();
        assertThat(seen.keys()).isEmpty();
    }

    @Test
    void remembersSinceWhenAKeyIsKnown() {
        authenticated(1, 0);
        authenticated(2, 1);
        authenticated(1, 2);

        assertThat(seen.tlsVersion()).isEqualTo("TLSv1.3");
        assertThat(seen.keys())
                .containsExactly(
                        new SeenServers.SeenKey(pin(1), START, START.plusSeconds(2)),
                        new SeenServers.SeenKey(pin(2), START.plusSeconds(1), START.plusSeconds(1)));
    }

    @Test
    void forgetsTheKeysThatWereNotSeenForLongest() {
        for (int key = 0; key < 100; key++) {
            authenticated(key, key);
        }

        assertThat(seen.keys())
                .hasSize(8)
                .extracting(SeenServers.SeenKey::pin)
                .contains(pin(99), pin(92))
                .doesNotContain(pin(91));
    }
}
