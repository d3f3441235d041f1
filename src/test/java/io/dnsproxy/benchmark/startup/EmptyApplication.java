package io.dnsproxy.benchmark.startup;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/** What the web starter and actuator are without anything of ours. No stereotype, so that no scan of ours takes it in. */
@EnableAutoConfiguration
public class EmptyApplication {

    /**
     * Runs until it is ended.
     *
     * @param args Spring Boot's command line
     */
    public static void main(String[] args) {
        SpringApplication.run(EmptyApplication.class, args);
    }
}
