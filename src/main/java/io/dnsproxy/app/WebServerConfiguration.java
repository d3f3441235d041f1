package io.dnsproxy.app;

import org.springframework.boot.web.server.ConfigurableWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the web server behind DNS: nobody waits for health as clients wait for answers. */
@Configuration(proxyBeanMethods = false)
class WebServerConfiguration {

    /** Changes nothing; but what customizes the web server is made before it, and this takes the DNS server, which serves once it is made. */
    @Bean
    WebServerFactoryCustomizer<ConfigurableWebServerFactory> afterDns(DnsServer server) {
        return _ -> {};
    }
}
