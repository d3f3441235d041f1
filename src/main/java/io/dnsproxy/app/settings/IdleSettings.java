package io.dnsproxy.app.settings;

import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;

/** Warns of settings that were written and do nothing, because another one switches off what they are about. */
final class IdleSettings {

    private static final Logger LOG = LoggerFactory.getLogger(IdleSettings.class);

    private final Environment environment;

    IdleSettings(Environment environment) {
        this.environment = environment;
    }

    void warn(DnsproxyProperties settings) {
        if (!settings.cookies().enabled()) {
            warn("dnsproxy.cookies.enabled is false", "dnsproxy.cookies.enforced", "dnsproxy.cookies.secrets");
        }
        if (settings.listen().tls().sslBundle() == null) {
            warn("dnsproxy.listen.tls.ssl-bundle is not set", "dnsproxy.listen.tls.port");
        }
        if (settings.rateLimit().queriesPerSecond() == 0) {
            warn(
                    "dnsproxy.rate-limit.queries-per-second is 0",
                    "dnsproxy.rate-limit.burst",
                    "dnsproxy.rate-limit.slip",
                    "dnsproxy.rate-limit.ipv4-prefix",
                    "dnsproxy.rate-limit.ipv6-prefix",
                    "dnsproxy.rate-limit.max-networks",
                    "dnsproxy.rate-limit.exempt");
        }
        if (!settings.specialNames().enabled()) {
            warn("dnsproxy.special-names.enabled is false", "dnsproxy.special-names.except");
        }
        warnOfCache(settings.cache());
    }

    private void warnOfCache(DnsproxyProperties.Cache cache) {
        if (!cache.enabled()) {
            warn(
                    "dnsproxy.cache.enabled is false",
                    "dnsproxy.cache.max-size",
                    "dnsproxy.cache.min-ttl",
                    "dnsproxy.cache.max-ttl",
                    "dnsproxy.cache.max-negative-ttl",
                    "dnsproxy.cache.stale",
                    "dnsproxy.cache.prefetch");
        } else if (!cache.prefetch().enabled()) {
            warn(
                    "dnsproxy.cache.prefetch.enabled is false",
                    "dnsproxy.cache.prefetch.min-hits",
                    "dnsproxy.cache.prefetch.last-percent");
        }
        if (!cache.redis().enabled()) {
            warn(
                    "dnsproxy.cache.redis.enabled is not true",
                    "dnsproxy.cache.redis.timeout",
                    "dnsproxy.cache.redis.key-prefix");
        }
    }

    private void warn(String reason, String... settings) {
        List<String> written =
                Stream.of(settings).filter(this::isWritten).map(this::asWritten).toList();
        if (!written.isEmpty()) {
            LOG.warn("without effect, since {}: {}", reason, String.join(", ", written));
        }
    }

    private String asWritten(String setting) {
        return SettingOrigin.describe(environment, setting);
    }

    private boolean isWritten(String setting) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(setting);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.getConfigurationProperty(name) != null
                    || source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
                return true;
            }
        }
        return false;
    }
}
