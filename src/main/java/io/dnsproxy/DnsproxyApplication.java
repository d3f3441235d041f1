package io.dnsproxy;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisRepositoriesAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.health.DataRedisHealthContributorAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.health.DataRedisReactiveHealthContributorAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.observation.LettuceObservationAutoConfiguration;

/** Starts the proxy: plain DNS in, authenticated DNS over TLS out. */
@SpringBootApplication(
        exclude = {
            // Redis is wanted only where a setting says so, and then RedisConfiguration takes what it needs.
            DataRedisAutoConfiguration.class,
            DataRedisReactiveAutoConfiguration.class,
            DataRedisRepositoriesAutoConfiguration.class,
            DataRedisHealthContributorAutoConfiguration.class,
            DataRedisReactiveHealthContributorAutoConfiguration.class,
            LettuceObservationAutoConfiguration.class
        })
public class DnsproxyApplication {

    /**
     * Runs until SIGTERM or SIGINT.
     *
     * @param args Spring Boot's command line, {@code --dnsproxy.listen.port=1053} for instance
     */
    public static void main(String[] args) {
        SpringApplication.run(DnsproxyApplication.class, args);
    }
}
