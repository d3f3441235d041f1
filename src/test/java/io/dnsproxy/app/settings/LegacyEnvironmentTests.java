package io.dnsproxy.app.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class LegacyEnvironmentTests {

    @Test
    void serverPortMovesDnsAndNotTheManagementServer() {
        try (ConfigurableApplicationContext context =
                Start.with("SERVER_PORT", "1053").run()) {
            assertThat(context.getBean(DnsproxyProperties.class).listen().port())
                    .isEqualTo(1_053);
            assertThat(context.getEnvironment().getProperty("server.port")).isEqualTo("8080");
        }
    }

    @Test
    void serverAddressMovesDnsAndNotTheManagementServer() {
        try (ConfigurableApplicationContext context =
                Start.with("SERVER_ADDRESS", "127.0.0.1").run()) {
            assertThat(context.getBean(DnsproxyProperties.class).listen().address())
                    .containsExactly("127.0.0.1");
            assertThat(context.getEnvironment().getProperty("server.address")).isNull();
        }
    }

    @Test
    void serverHostServesWhereThereIsNoServerAddress() {
        assertThat(Start.with("SERVER_HOST", "127.0.0.1,::1")
                        .settings()
                        .listen()
                        .address())
                .containsExactly("127.0.0.1", "::1");
    }

    @Test
    void serverAddressBeatsADifferentServerHostWithAWarning(CapturedOutput output) {
        DnsproxyProperties settings = Start.with("SERVER_HOST", "127.0.0.2")
                .and("SERVER_ADDRESS", "127.0.0.1")
                .settings();

        assertThat(settings.listen().address()).containsExactly("127.0.0.1");
        assertThat(output)
                .contains("SERVER_HOST is ignored: another variable sets dnsproxy.listen.address to 127.0.0.1");
    }

    @Test
    void anEqualServerHostIsNoReasonToWarn(CapturedOutput output) {
        Start.with("SERVER_HOST", "127.0.0.1")
                .and("SERVER_ADDRESS", "127.0.0.1")
                .settings();

        assertThat(output).doesNotContain("WARN");
    }

    @Test
    void theNewVariableBeatsTheOldOne() {
        DnsproxyProperties settings = Start.with("SERVER_PORT", "1053")
                .and("DNSPROXY_LISTEN_PORT", "2053")
                .and("RESOLVER_HOST", "8.8.8.8")
                .and("DNSPROXY_UPSTREAM_SERVERS_0_HOST", "9.9.9.9")
                .settings();

        assertThat(settings.listen().port()).isEqualTo(2_053);
        assertThat(settings.upstream().servers())
                .singleElement()
                .extracting(DnsproxyProperties.Server::host)
                .isEqualTo("9.9.9.9");
    }

    @Test
    void theOldVariableBeatsAFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("more.yml"), "dnsproxy.listen.port: 3053\n");

        assertThat(Start.with("SERVER_PORT", "1053")
                        .andArguments("--spring.config.additional-location=file:" + file)
                        .settings()
                        .listen()
                        .port())
                .isEqualTo(1_053);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SERVER_ADDRESS",
                "SERVER_HOST",
                "SERVER_PORT",
                "RESOLVER_HOST",
                "RESOLVER_PORT",
                "MANAGEMENT_SERVER_ADDRESS",
                "MANAGEMENT_SERVER_PORT",
                "DNSPROXY_LISTEN_PORT",
                "DNSPROXY_READINESS",
                "DNSPROXY_UPSTREAM_SSL_BUNDLE",
                "DNSPROXY_UPSTREAM_CONNECT_TIMEOUT"
            })
    void aBlankVariableCountsAsNotGiven(String variable) {
        assertThat(Start.with(variable, " ").settings())
                .isEqualTo(Start.withArguments().settings());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SERVER_PORT",
                "RESOLVER_PORT",
                "DNSPROXY_LISTEN_PORT",
                "DNSPROXY_UPSTREAM_PORT",
                "MANAGEMENT_SERVER_PORT"
            })
    void aServiceLinkIsIgnoredWithAWarning(String variable, CapturedOutput output) {
        DnsproxyProperties settings = Start.with(variable, "tcp://10.0.0.1:53").settings();

        assertThat(settings).isEqualTo(Start.withArguments().settings());
        assertThat(output).contains(variable + " is ignored").contains("enableServiceLinks: false");
    }

    @Test
    void theManagementAddressIsThatOfTheOneWebServer() {
        try (ConfigurableApplicationContext context = Start.with("MANAGEMENT_SERVER_ADDRESS", "127.0.0.1")
                .and("MANAGEMENT_SERVER_PORT", "9090")
                .run()) {
            assertThat(context.getEnvironment().getProperty("server.address")).isEqualTo("127.0.0.1");
            assertThat(context.getEnvironment().getProperty("server.port")).isEqualTo("9090");
            assertThat(context.getEnvironment().getProperty("management.server.address"))
                    .isNull();
        }
    }

    @Test
    void anUntouchedVariableStaysWithSpringBoot() {
        try (ConfigurableApplicationContext context =
                Start.with("SERVER_SHUTDOWN", "immediate").run()) {
            assertThat(context.getEnvironment().getProperty("server.shutdown")).isEqualTo("immediate");
        }
    }
}
