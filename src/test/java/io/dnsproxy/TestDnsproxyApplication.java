package io.dnsproxy;

import io.dnsproxy.testkit.ScriptedResolver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/**
 * Runs the proxy on a developer's machine, out of the test sources: {@code ./mvnw spring-boot:test-run}. It listens on 127.0.0.1:1053 and
 * asks a local DNS-over-TLS resolver, the one of the tests, whose authority is made anew at each start; nothing leaves the machine.
 * Any setting given in the usual ways counts more; with upstreams of one's own no local resolver is started.
 */
public final class TestDnsproxyApplication {

    private TestDnsproxyApplication() {}

    /**
     * Runs until Ctrl-C.
     *
     * @param args Spring Boot's command line
     */
    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(DnsproxyApplication.class);
        application.addListeners(new LocalSettings(), new WhatToType());
        application.run(args);
    }

    /** Adds, below all other sources, what makes the proxy a local one. */
    private static final class LocalSettings implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

        private static final List<String> UPSTREAMS =
                List.of("dnsproxy.upstream.servers", "dnsproxy.upstream.servers[0].host", "RESOLVER_HOST");

        @Override
        public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
            ConfigurableEnvironment environment = event.getEnvironment();
            Map<String, Object> settings = new HashMap<>();
            settings.put("dnsproxy.listen.address", "127.0.0.1");
            settings.put("dnsproxy.listen.port", 1053);
            if (UPSTREAMS.stream().noneMatch(environment::containsProperty)) {
                ScriptedResolver resolver = ScriptedResolver.start();
                settings.put("dnsproxy.upstream.servers", "127.0.0.1@" + resolver.port() + "#" + ScriptedResolver.NAME);
                settings.put("dnsproxy.upstream.ssl-bundle", "local");
                settings.put("spring.ssl.bundle.pem.local.truststore.certificate", "file:" + writeAuthority(resolver));
            }
            environment.getPropertySources().addLast(new MapPropertySource("local", settings));
        }

        private static Path writeAuthority(ScriptedResolver resolver) {
            try {
                Path file = Files.createTempFile("dnsproxy-authority", ".pem");
                file.toFile().deleteOnExit();
                return Files.writeString(file, resolver.authority().pem());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Says how to try it, in plain lines after the log's. */
    private static final class WhatToType implements ApplicationListener<ApplicationReadyEvent> {

        @Override
        public void onApplicationEvent(ApplicationReadyEvent event) {
            Environment environment = event.getApplicationContext().getEnvironment();
            System.out.printf(
                    """

                    dnsproxy listens on %1$s port %2$s and asks %3$s. Try, in another terminal:

                      dig @%1$s -p %2$s www.example.org
                      dig @%1$s -p %2$s www.example.org +tcp
                      dig @%1$s -p %2$s big.example.org TXT       # truncated, then asked again by TCP
                      dig @%1$s -p %2$s nxdomain.example.org
                      curl http://127.0.0.1:%4$s/actuator/health
                      curl http://127.0.0.1:%4$s/actuator/prometheus

                    Ctrl-C ends it.
                    %n""",
                    environment.getProperty("dnsproxy.listen.address"),
                    environment.getProperty("dnsproxy.listen.port"),
                    environment.getProperty("dnsproxy.upstream.servers", "the upstreams that were set"),
                    environment.getProperty("local.server.port", "8080"));
        }
    }
}
