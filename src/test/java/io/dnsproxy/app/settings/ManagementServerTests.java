package io.dnsproxy.app.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

@ExtendWith(OutputCaptureExtension.class)
class ManagementServerTests {

    @EnableAutoConfiguration
    @Import(SettingsConfiguration.class)
    static class WithWebServer {}

    @Test
    void answersOnTheManagementPortAlone() throws Exception {
        try (ConfigurableApplicationContext context = Start.with("SERVER_PORT", "1053")
                .and("SERVER_ADDRESS", "127.0.0.2")
                .and("MANAGEMENT_SERVER_PORT", "0")
                .and("MANAGEMENT_SERVER_ADDRESS", "127.0.0.1")
                .run(WebApplicationType.SERVLET, WithWebServer.class)) {
            String port = context.getEnvironment().getRequiredProperty("local.server.port");
            assertThat(port)
                    .isNotEqualTo("1053")
                    .isEqualTo(context.getEnvironment().getProperty("local.management.port"));
            assertThat(status(port, "/actuator/health")).isEqualTo(200);
            assertThat(status(port, "/actuator/health/liveness")).isEqualTo(200);
            assertThat(status(port, "/actuator/health/readiness")).isEqualTo(200);
            assertThat(status(port, "/actuator/info")).isEqualTo(200);
            assertThat(status(port, "/actuator/prometheus")).isEqualTo(200);
            assertThat(status(port, "/actuator/metrics")).isEqualTo(200);
            assertThat(status(port, "/actuator/env")).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        MANAGEMENT_SERVER_PORT    | abc       | MANAGEMENT_SERVER_PORT (server.port) is 'abc', which is no whole number.
        MANAGEMENT_SERVER_PORT    | 70000     | MANAGEMENT_SERVER_PORT (server.port) is 70000.
        MANAGEMENT_SERVER_ADDRESS | 192.0.2.1 | The management server cannot listen on 192.0.2.1 port
        SERVER_PORT               | abc       | SERVER_PORT (dnsproxy.listen.port) is 'abc', which is no whole number.
        SERVER_SSL_BUNDLE         | internal  | There is no SSL bundle of the name 'internal'.
        """)
    void saysOneThingWhenItCannotStart(String variable, String value, String message, CapturedOutput output) {
        assertThat(catchThrowable(() -> Start.with("MANAGEMENT_SERVER_PORT", "0")
                        .and(variable, value)
                        .run(WebApplicationType.SERVLET, WithWebServer.class)
                        .close()))
                .isNotNull();

        assertThat(output)
                .contains("Description:\n\n" + message)
                .containsOnlyOnce("ERROR")
                .doesNotContain("WARN", "condition evaluation report");
        assertThat(output.toString().lines()).noneMatch(line -> line.startsWith("\tat "));
    }

    private static int status(String port, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
