package io.dnsproxy.app.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Warns of settings that have no effect, when all sources are known: variables that bind to nothing, and pins in a list
 * of servers that another source replaces.
 */
final class SettingWarnings implements EnvironmentPostProcessor, Ordered {

    private static final ConfigurationPropertyName SERVERS = ConfigurationPropertyName.of("dnsproxy.upstream.servers");

    private final Log log;

    SettingWarnings(DeferredLogFactory logs) {
        log = logs.getLog(SettingWarnings.class);
    }

    /** After the configuration files have been read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        warnOfUnknownVariables(environment);
        warnOfReplacedPins(environment);
    }

    private void warnOfUnknownVariables(ConfigurableEnvironment environment) {
        PropertySource<?> system =
                environment.getPropertySources().get(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
        if (system == null || !(system.getSource() instanceof Map<?, ?> variables)) {
            return;
        }
        List<String> links = new ArrayList<>();
        for (Object key : variables.keySet()) {
            String name = key.toString();
            if (!SettingNames.isOurs(name) || SettingNames.isSetting(name)) {
                continue;
            }
            if (SettingNames.isServiceLink(name)) {
                links.add(name);
            } else {
                log.warn(name + " is no setting, and has no effect. Is it misspelled?");
            }
        }
        if (!links.isEmpty()) {
            log.warn("Kubernetes service links have no effect here: " + String.join(", ", links)
                    + ". Set enableServiceLinks: false in the pod's spec.");
        }
    }

    private void warnOfReplacedPins(ConfigurableEnvironment environment) {
        String winner = null;
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (winner == null) {
                winner = nameOfServers(source);
            } else if (hasPins(source)) {
                log.warn(winner + " replaces a list of upstream servers with pins (" + source.getUnderlyingSource()
                        + "): those pins no longer hold.");
            }
        }
    }

    private static @Nullable String nameOfServers(ConfigurationPropertySource source) {
        if (source.getConfigurationProperty(SERVERS) != null) {
            return SettingOrigin.name(source, SERVERS);
        }
        return source.containsDescendantOf(SERVERS) == ConfigurationPropertyState.PRESENT ? SERVERS.toString() : null;
    }

    private static boolean hasPins(ConfigurationPropertySource source) {
        ConfigurationPropertyName server = SERVERS.append("[0]");
        for (int i = 0; source.containsDescendantOf(server) == ConfigurationPropertyState.PRESENT; i++) {
            ConfigurationPropertyName pins = server.append("pins");
            if (source.getConfigurationProperty(pins) != null
                    || source.containsDescendantOf(pins) == ConfigurationPropertyState.PRESENT) {
                return true;
            }
            server = SERVERS.append("[" + (i + 1) + "]");
        }
        return false;
    }
}
