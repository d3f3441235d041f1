package io.dnsproxy.app;

import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.listener.ClientNetworks;
import io.dnsproxy.listener.ClientRules;
import io.dnsproxy.listener.RateLimit;
import io.dnsproxy.listener.RateLimitSettings;
import io.dnsproxy.listener.ServerCookies;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Which clients are served, and what they must show. */
@Configuration(proxyBeanMethods = false)
class ClientConfiguration {

    @Bean
    ClientRules clientRules(DnsproxyProperties settings) {
        DnsproxyProperties.Listen listen = settings.listen();
        return new ClientRules(
                ClientNetworks.of(listen.allow()),
                listen.others() == DnsproxyProperties.Others.DROP,
                cookies(settings.cookies()),
                rateLimit(settings.rateLimit()));
    }

    private static @Nullable ServerCookies cookies(DnsproxyProperties.Cookies settings) {
        return settings.enabled()
                ? new ServerCookies(
                        settings.secretOctets(),
                        settings.enforced(),
                        () -> TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis()))
                : null;
    }

    private static @Nullable RateLimit rateLimit(DnsproxyProperties.RateLimit settings) {
        return settings.queriesPerSecond() == 0
                ? null
                : new RateLimit(new RateLimitSettings(
                        settings.queriesPerSecond(),
                        settings.burst(),
                        settings.slip(),
                        settings.ipv4Prefix(),
                        settings.ipv6Prefix(),
                        settings.maxNetworks(),
                        ClientNetworks.of(settings.exempt())));
    }
}
