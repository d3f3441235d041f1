package io.dnsproxy.app.settings;

import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Binds the settings. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DnsproxyProperties.class)
class SettingsConfiguration {

    @Bean
    @ConfigurationPropertiesBinding
    static ServerTextConverter serverTextConverter() {
        return new ServerTextConverter();
    }
}
