package io.dnsproxy.app.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the user of the packaged program sees: one message, exit code 1, no stack trace. */
class SettingsIntegrationTests {

    private static final long MAX_START_SECONDS = 60;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        SERVER_PORT                  | 70000      | SERVER_PORT (dnsproxy.listen.port) is 70000.
        RESOLVER_HOST                | 8.8.8.8@53 | RESOLVER_HOST (dnsproxy.upstream.servers[0].port) is 53
        DNSPROXY_UPSTREAM_SSL_BUNDLE | internal   | DNSPROXY_UPSTREAM_SSL_BUNDLE (dnsproxy.upstream.ssl-bundle) is 'internal'
        """)
    void endsWithOneMessageAndExitCodeOne(String variable, String value, String message) throws Exception {
        assertRefused(variable, value, message);
    }

    @Test
    void endsSoBeforeAWebServerStarts() throws Exception {
        assertRefused("MANAGEMENT_SERVER_PORT", "abc", "MANAGEMENT_SERVER_PORT (server.port) is 'abc'");
    }

    private void assertRefused(String variable, String value, String message) throws IOException, InterruptedException {
        Path console = folder.resolve("console.txt");
        ProcessBuilder start = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Path.of("target", "dnsproxy.jar").toAbsolutePath().toString());
        start.environment().clear();
        start.environment().put("MANAGEMENT_SERVER_PORT", "0");
        start.environment().put(variable, value);
        Process proxy = start.directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(console.toFile())
                .start();
        try {
            assertThat(proxy.waitFor(MAX_START_SECONDS, TimeUnit.SECONDS))
                    .as("it ended")
                    .isTrue();
        } finally {
            proxy.destroyForcibly();
        }
        String output = Files.readString(console, StandardCharsets.UTF_8);
        assertThat(output).contains(message).containsOnlyOnce("APPLICATION FAILED TO START");
        assertThat(output.lines()).noneMatch(line -> line.startsWith("\tat "));
        assertThat(proxy.exitValue()).isEqualTo(1);
    }
}
