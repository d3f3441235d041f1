package io.dnsproxy.app.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Starts the settings alone, in this JVM, as the real start does: with an environment, files and a command line. */
final class Start {

    private final Map<String, Object> variables = new TreeMap<>();
    private final List<String> arguments = new ArrayList<>();

    @Import({SettingsConfiguration.class, SslAutoConfiguration.class})
    static class SettingsAlone {}

    static Start with(String variable, String value) {
        return new Start().and(variable, value);
    }

    static Start withArguments(String... arguments) {
        return new Start().andArguments(arguments);
    }

    Start and(String variable, String value) {
        variables.put(variable, value);
        return this;
    }

    Start andArguments(String... more) {
        arguments.addAll(Arrays.asList(more));
        return this;
    }

    ConfigurableApplicationContext run() {
        return run(WebApplicationType.NONE, SettingsAlone.class);
    }

    ConfigurableApplicationContext run(WebApplicationType type, Class<?>... sources) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace("systemEnvironment", new SystemEnvironmentPropertySource("systemEnvironment", variables));
        SpringApplication application = new SpringApplication(sources);
        application.setWebApplicationType(type);
        application.setEnvironment(environment);
        application.setRegisterShutdownHook(false);
        return application.run(arguments.toArray(String[]::new));
    }

    /** Reads the settings of a start that must succeed. */
    DnsproxyProperties settings() {
        try (ConfigurableApplicationContext context = run()) {
            return context.getBean(DnsproxyProperties.class);
        }
    }
}
