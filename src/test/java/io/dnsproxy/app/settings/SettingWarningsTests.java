package io.dnsproxy.app.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class SettingWarningsTests {

    private static final String SERVERS = """
            dnsproxy.upstream.servers:
              - host: 8.8.8.8
              - host: 9.9.9.9
                pins: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
            """;

    @Test
    void warnsOfAVariableThatBindsToNothing(CapturedOutput output) {
        Start.with("DNSPROXY_LISTEN_PROT", "1053").settings();

        assertThat(output).contains("DNSPROXY_LISTEN_PROT is no setting, and has no effect.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DNSPROXY_LISTEN_ADDRESS",
                "DNSPROXY_LISTEN_ADDRESS_0",
                "DNSPROXY_UPSTREAM_SOURCEADDRESS",
                "DNSPROXY_UPSTREAM_SOURCE_ADDRESS_0"
            })
    void doesNotWarnOfAVariableThatBinds(String variable, CapturedOutput output) {
        Start.with(variable, "127.0.0.1").settings();

        assertThat(output).doesNotContain("WARN");
    }

    @Test
    void serviceLinksOfKubernetesBindToNothingAndAreSaidOnce(CapturedOutput output) {
        DnsproxyProperties settings = Start.with("DNSPROXY_SERVICE_HOST", "10.0.0.1")
                .and("DNSPROXY_SERVICE_PORT", "53")
                .and("DNSPROXY_SERVICE_PORT_DNS_UDP", "53")
                .and("DNSPROXY_PORT", "udp://10.0.0.1:53")
                .and("DNSPROXY_PORT_53_UDP", "udp://10.0.0.1:53")
                .and("DNSPROXY_PORT_53_UDP_PROTO", "udp")
                .and("DNSPROXY_PORT_53_UDP_PORT", "53")
                .and("DNSPROXY_PORT_53_UDP_ADDR", "10.0.0.1")
                .settings();

        assertThat(settings).isEqualTo(Start.withArguments().settings());
        assertThat(output)
                .containsOnlyOnce("Kubernetes service links have no effect here")
                .doesNotContain("is no setting");
    }

    @Test
    void warnsWhenAVariableReplacesAListWithPins(@TempDir Path folder, CapturedOutput output) throws IOException {
        Path file = Files.writeString(folder.resolve("more.yml"), SERVERS);

        Start.with("RESOLVER_HOST", "1.1.1.1")
                .andArguments("--spring.config.additional-location=file:" + file)
                .settings();

        assertThat(output)
                .contains("RESOLVER_HOST replaces a list of upstream servers with pins (")
                .contains("more.yml")
                .contains("those pins no longer hold");
    }

    @Test
    void doesNotWarnOfPinsThatHold(@TempDir Path folder, CapturedOutput output) throws IOException {
        Path file = Files.writeString(folder.resolve("more.yml"), SERVERS);

        DnsproxyProperties settings = Start.withArguments("--spring.config.additional-location=file:" + file)
                .settings();

        assertThat(settings.upstream().servers().get(1).pins()).hasSize(1);
        assertThat(output).doesNotContain("WARN");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        DNSPROXY_COOKIES_ENFORCED=true DNSPROXY_COOKIES_ENABLED=false | dnsproxy.cookies.enabled is false: DNSPROXY_COOKIES_ENFORCED (dnsproxy.cookies.enforced)
        DNSPROXY_COOKIES_SECRETS_0=000102030405060708090a0b0c0d0e0f DNSPROXY_COOKIES_ENABLED=false | dnsproxy.cookies.enabled is false: dnsproxy.cookies.secrets
        DNSPROXY_LISTEN_TLS_PORT=8853                | dnsproxy.listen.tls.ssl-bundle is not set: DNSPROXY_LISTEN_TLS_PORT
        DNSPROXY_RATELIMIT_BURST=5s DNSPROXY_RATE_LIMIT_SLIP=3 | dnsproxy.rate-limit.queries-per-second is 0: DNSPROXY_RATELIMIT_BURST (dnsproxy.rate-limit.burst), DNSPROXY_RATE_LIMIT_SLIP
        DNSPROXY_SPECIAL_NAMES_EXCEPT=corp.local DNSPROXY_SPECIAL_NAMES_ENABLED=no | dnsproxy.special-names.enabled is false: DNSPROXY_SPECIAL_NAMES_EXCEPT
        DNSPROXY_CACHE_PREFETCH_MIN_HITS=9 DNSPROXY_CACHE_ENABLED=false | dnsproxy.cache.enabled is false: dnsproxy.cache.prefetch
        DNSPROXY_CACHE_PREFETCH_MIN_HITS=9 DNSPROXY_CACHE_PREFETCH_ENABLED=false | dnsproxy.cache.prefetch.enabled is false: DNSPROXY_CACHE_PREFETCH_MIN_HITS
        DNSPROXY_CACHE_REDIS_TIMEOUT=30ms            | dnsproxy.cache.redis.enabled is not true: DNSPROXY_CACHE_REDIS_TIMEOUT
        """)
    void warnsOfASettingThatAnotherOneSwitchesOff(String variables, String warning, CapturedOutput output) {
        Start start = Start.withArguments();
        for (String variable : variables.split(" ", -1)) {
            int equals = variable.indexOf('=');
            start.and(variable.substring(0, equals), variable.substring(equals + 1));
        }

        start.settings();

        assertThat(output).containsOnlyOnce("WARN").contains("without effect, since " + warning);
    }

    @Test
    void doesNotWarnOfWhatHasAnEffect(CapturedOutput output) {
        Start.with("DNSPROXY_COOKIES_ENFORCED", "true")
                .and("DNSPROXY_RATE_LIMIT_QUERIES_PER_SECOND", "100")
                .and("DNSPROXY_RATE_LIMIT_BURST", "5s")
                .and("DNSPROXY_CACHE_MAX_SIZE", "32MB")
                .settings();

        assertThat(output).doesNotContain("WARN");
    }
}
