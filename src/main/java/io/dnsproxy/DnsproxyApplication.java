package io.dnsproxy;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the proxy: plain DNS in, authenticated DNS over TLS out. */
@SpringBootApplication
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
