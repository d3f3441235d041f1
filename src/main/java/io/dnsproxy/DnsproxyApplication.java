package io.dnsproxy;

import io.dnsproxy.app.DnsproxyConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.autoconfigure.metrics.DataRepositoryMetricsAutoConfiguration;
import org.springframework.boot.data.autoconfigure.web.DataWebAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisRepositoriesAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.health.DataRedisHealthContributorAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.health.DataRedisReactiveHealthContributorAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.observation.LettuceObservationAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.PersistenceExceptionTranslationAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration;
import org.springframework.context.annotation.Import;

/** Starts the proxy: plain DNS in, authenticated DNS over TLS out. */
@SpringBootConfiguration(proxyBeanMethods = false)
@Import(DnsproxyConfiguration.class)
@EnableAutoConfiguration(
        exclude = {
            // Redis is wanted only where a setting says so, and then RedisConfiguration takes what it needs.
            DataRedisAutoConfiguration.class,
            DataRedisReactiveAutoConfiguration.class,
            DataRedisRepositoriesAutoConfiguration.class,
            DataRedisHealthContributorAutoConfiguration.class,
            DataRedisReactiveHealthContributorAutoConfiguration.class,
            LettuceObservationAutoConfiguration.class,
            // What comes along with its client, and what nothing here has: repositories, transactions, pages of results
            // on the web.
            DataRepositoryMetricsAutoConfiguration.class,
            DataWebAutoConfiguration.class,
            PersistenceExceptionTranslationAutoConfiguration.class,
            TransactionAutoConfiguration.class,
            TransactionManagerCustomizationAutoConfiguration.class
        })
public class DnsproxyApplication {

    /** A client of TLS 1.2 could have our key used again and again on one connection. Read by the JDK when its TLS is first used. */
    private static final String REJECT_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

    /** Of Netty's buffers: for tests, and for those who ask; otherwise it only costs. */
    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

    /**
     * Runs until SIGTERM or SIGINT.
     *
     * @param args Spring Boot's command line, {@code --dnsproxy.listen.port=1053} for instance
     */
    public static void main(String[] args) {
        setUnlessGiven(LEAK_DETECTION, "disabled");
        setUnlessGiven(REJECT_RENEGOTIATION, "true");
        SpringApplication.run(DnsproxyApplication.class, args);
    }

    private static void setUnlessGiven(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
