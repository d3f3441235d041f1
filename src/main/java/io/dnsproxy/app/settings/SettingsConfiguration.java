package io.dnsproxy.app.settings;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Binds the settings, and checks what the record alone cannot know. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DnsproxyProperties.class)
public class SettingsConfiguration {

    @Bean
    @ConfigurationPropertiesBinding
    static ServerTextConverter serverTextConverter() {
        return new ServerTextConverter();
    }

    @Bean
    static ConfigurationPropertiesBindHandlerAdvisor settingBindHandler() {
        return SettingBindHandler::new;
    }

    @Bean
    static SettingsCheck settingsCheck(ObjectProvider<SslBundles> bundles, Environment environment) {
        return new SettingsCheck(bundles, environment);
    }
}
