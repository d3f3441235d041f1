package io.dnsproxy.app;

import io.dnsproxy.app.settings.SettingsConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** All that Spring makes of the proxy, by name: to look for it among the classes would take a twentieth of each start. */
@Configuration(proxyBeanMethods = false)
@Import({
    SettingsConfiguration.class,
    QueryPathConfiguration.class,
    CacheConfiguration.class,
    RedisConfiguration.class,
    ClientConfiguration.class,
    QueryLogConfiguration.class,
    DnsServer.class,
    HealthConfiguration.class,
    MetricsConfiguration.class,
    UpstreamMetricsConfiguration.class,
    WebServerConfiguration.class,
    StartReport.class
})
public class DnsproxyConfiguration {}
