package io.dnsproxy.app.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Each setting that is wrong stops the start with one message: the setting as it was written, the fault, the mend. */
@ExtendWith(OutputCaptureExtension.class)
class RefusedSettingsTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "SERVER_PORT             | abc                  | SERVER_PORT (dnsproxy.listen.port) is 'abc', which is no whole number. | Write digits only.",
            })
    void refusesAVariable(String variable, String value, String description, String action, CapturedOutput output) {
        assertThatThrownBy(() -> Start.with(variable, value).run()).isInstanceOf(Exception.class);

        assertThat(output).contains("Description:\n\n" + description).contains("Action:\n\n" + action);
        assertThat(output.toString().lines()).noneMatch(line -> line.startsWith("\tat "));
    }

    static final String[][] CASES = {
        {"SERVER_PORT", "70000"},
        {"DNSPROXY_UPSTREAM_SERVERS_1_HOST", "8.8.8.8"},
        {"RESOLVER_HOST", "a.example.org@53"},
        {"DNSPROXY_SHUTDOWN_DELAY", "30s"},
        {"SERVER_HOST", "::1,"},
    };

    @org.junit.jupiter.api.Test
    void probe() {
        for (String[] c : CASES) {
            System.out.println("#### " + c[0] + "=" + c[1]);
            try {
                Start.with(c[0], c[1]).run().close();
                System.out.println("STARTED");
            } catch (Exception e) {
                System.out.println("threw " + e.getClass());
            }
        }
        for (String[] a : new String[][] {
            {
                "--spring.ssl.bundle.pem.x.truststore.certificate=file:/nonexistent.pem",
                "--dnsproxy.upstream.ssl-bundle=x"
            },
            {"--spring.ssl.bundle.pem.x.truststore.certificate=file:/nonexistent.pem"},
            {"--spring.ssl.bundle.pem.x.truststore.certificate=file:/etc/passwd", "--dnsproxy.upstream.ssl-bundle=x"},
            {
                "--spring.ssl.bundle.pem.x.truststore.certificate=-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "--dnsproxy.upstream.ssl-bundle=x"
            },
            {"--spring.ssl.bundle.pem.x.truststore.certificate=", "--dnsproxy.upstream.ssl-bundle=x"},
            {"--dnsproxy.upstream.servers[0].host=8.8.8.8", "--dnsproxy.upstream.servers[0].pins=sha256/abc"},
            {"--dnsproxy.upstream.servers[0].host=8.8.8.8", "--dnsproxy.upstream.servers[0].pins="},
            {"--dnsproxy.upstream.servers[0].host=8.8.8.8", "--dnsproxy.upstream.servers[0].pin=a"},
            {"--dnsproxy.upstream.servers[0].host=8.8.8.8", "--dnsproxy.upstream.servers[0].port=53"},
            {"--dnsproxy.upstream.servers[0].host=8.8.8.8", "--dnsproxy.upstream.servers=9.9.9.9"},
            {"--dnsproxy.upstream.servers=8.8.8.8,9.9.9.9@53"},
            {"--dnsproxy.nope=1"},
        }) {
            System.out.println("#### " + java.util.Arrays.toString(a));
            try {
                Start.withArguments(a).run().close();
                System.out.println("STARTED");
            } catch (Exception e) {
                System.out.println("threw " + e.getClass());
            }
        }
    }
}
