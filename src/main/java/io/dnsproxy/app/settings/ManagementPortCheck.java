package io.dnsproxy.app.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** Refuses a management port that is none, before Spring Boot meets it in a condition and ends with a stack trace. */
final class ManagementPortCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    /** Spring Boot's way to switch the web server off. */
    private static final int OFF = -1;

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        for (String setting : List.of("management.server.port", "server.port")) {
            check(setting, context.getEnvironment().getProperty(setting));
        }
        if (context.getEnvironment().getProperty("management.server.address") != null) {
            throw new SettingException(
                    "management.server.address",
                    "has no server of its own to belong to",
                    "Write server.address instead, or the variable MANAGEMENT_SERVER_ADDRESS.");
        }
    }

    private static void check(String setting, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return;
        }
        try {
            Bounds.check(setting, Integer.parseInt(text.strip()), OFF, 65_535);
        } catch (NumberFormatException malformed) {
            throw new SettingException(setting, "is '" + text + "', which is no whole number", "Write digits only.");
        }
    }
}
