package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dnsproxy.testkit.ServerCertificate;
import io.dnsproxy.testkit.ThrowawayAuthority;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpkiPinTests {

    private static final String OPENSSL_PIN = "nIhHIerPsoXxInC1VinZUGfaoyMxXFyC5/cABnpwQQw=";

    private static final String PEM = """
            -----BEGIN CERTIFICATE-----
            MIIBizCCATGgAwIBAgIUKUe+Xq9fUrGGhEJr8CRn1UykevQwCgYIKoZIzj0EAwIw
            GjEYMBYGA1UEAwwPcGluLmV4YW1wbGUubmV0MCAXDTI2MTEyMjIyMjgwOVoYDzIx
            MjYxMDI5MjIyODA5WjAaMRgwFgYDVQQDDA9waW4uZXhhbXBsZS5uZXQwWTATBgcq
            hkjOPQIBBggqhkjOPQMBBwNCAAShLgNtMmuVL8rKDrjcmtGw33rAoCQ635wxpRLp
            W5K9mZg+pgkFtHvdQBlCr2GOHQ/6aoKaQmHD2Fk+KyUz/HZIo1MwUTAdBgNVHQ4E
            FgQUjuRg6JI434w9IYk5fUPo3jSUMwswHwYDVR0jBBgwFoAUjuRg6JI434w9IYk5
            fUPo3jSUMwswDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiACg70z
            VXVEIEK6W/HXVhyEpqfFwXA2ejUBVRkAfLz5IwIhAJpFcz8I8Y61v0nMCYRnRhsS
            ZtLcdiJhXjEWYWld+lr7
            -----END CERTIFICATE-----
            """;

    @Test
    void belongsToTheKeyNotToTheCertificate() {
        ThrowawayAuthority authority = ThrowawayAuthority.create();
        ServerCertificate first = authority.issue("one.example.net");
        ServerCertificate renewed = authority
                .request()
                .dnsName("two.example.net")
                .key(first.keyPair())
                .issue();

        assertThat(SpkiPin.of(first.leaf())).isEqualTo(SpkiPin.of(renewed.leaf()));
        assertThat(SpkiPin.of(first.leaf()))
                .isNotEqualTo(SpkiPin.of(authority.issue("one.example.net").leaf()));
    }

    @Test
    void isWhatOpensslSays() throws Exception {
        // openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64
        assertThat(SpkiPin.of(certificate()).base64()).isEqualTo(OPENSSL_PIN);
    }

    @Test
    void isTheSameHoweverItsBase64EndsThatMeansTheSameOctets() throws Exception {
        String unpadded = OPENSSL_PIN.substring(0, OPENSSL_PIN.length() - 1);

        assertThat(new SpkiPin(unpadded)).isEqualTo(SpkiPin.of(certificate()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AAAA", "not base64 at all", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})
    void refusesWhatIsNot32OctetsInBase64(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new SpkiPin(text));
    }

    private static Certificate certificate() throws Exception {
        return CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(PEM.getBytes(StandardCharsets.US_ASCII)));
    }
}
