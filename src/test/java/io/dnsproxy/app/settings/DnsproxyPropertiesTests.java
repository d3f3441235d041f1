package io.dnsproxy.app.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.app.settings.DnsproxyProperties.Server;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class DnsproxyPropertiesTests {

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(SettingsConfiguration.class);

    @Test
    void bindsTheDefaults() {
        runner.run(context -> {
            DnsproxyProperties settings = context.getBean(DnsproxyProperties.class);
            assertThat(settings.listen().addresses()).isEmpty();
            assertThat(settings.listen().port()).isEqualTo(53);
            assertThat(settings.listen().allow()).hasSize(9).contains("fc00::/7");
            assertThat(settings.upstream().servers())
                    .containsExactly(new Server("8.8.8.8", 853, "dns.google", List.of(), null));
            assertThat(settings.upstream().attemptTimeout()).isEqualTo(Duration.ofMillis(1_500));
            assertThat(settings.readiness()).isEqualTo(DnsproxyProperties.Readiness.LATCHED);
        });
    }
}
