package io.dnsproxy.app.settings;

import io.dnsproxy.app.settings.DnsproxyProperties.Redis;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import org.springframework.core.env.Environment;

/** Refuses what Spring Boot takes for Redis and this program cannot use, and what Boot would refuse by printing a password. */
final class RedisCheck {

    private static final String URL = "spring.data.redis.url";
    private static final String MASTER_REPLICA = "spring.data.redis.masterreplica.nodes";

    private static final Set<String> SCHEMES = Set.of("redis", "rediss");

    private final Environment environment;

    RedisCheck(Environment environment) {
        this.environment = environment;
    }

    void check(Redis redis) {
        if (!redis.enabled()) {
            return;
        }
        String url = environment.getProperty(URL);
        if (url != null && !isRedis(url)) {
            throw new SettingException(
                    URL,
                    "is no address of Redis; it is not shown here, because it may hold a password",
                    "Write redis://user:password@host:port, or rediss:// for TLS; in a password, all but letters and digits"
                            + " percent-encoded (RFC 3986 2.1). Or write it in parts: spring.data.redis.host,"
                            + " .port, .username, .password.");
        }
        if (environment.getProperty(MASTER_REPLICA) != null
                || environment.getProperty(MASTER_REPLICA + "[0]") != null) {
            throw new SettingException(
                    MASTER_REPLICA,
                    "is set, and a master with replicas by their addresses is not supported",
                    "Write spring.data.redis.host for the master alone, or spring.data.redis.sentinel or .cluster.");
        }
    }

    private static boolean isRedis(String url) {
        try {
            URI uri = new URI(url);
            return uri.getHost() != null && uri.getScheme() != null && SCHEMES.contains(uri.getScheme());
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
