package io.dnsproxy.app.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.logging.Log;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.boot.support.SystemEnvironmentPropertySourceEnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Keeps the environment variables of the original program working. Spring Boot would take {@code SERVER_PORT} for the
 * port of its web server; here it is the port of DNS, and the web server keeps the management port.
 *
 * <ul>
 *   <li>{@code SERVER_ADDRESS}, else {@code SERVER_HOST}: {@code dnsproxy.listen.address}; where both are given and
 *       differ, {@code SERVER_HOST} is ignored with a warning
 *   <li>{@code SERVER_PORT}: {@code dnsproxy.listen.port}
 *   <li>{@code RESOLVER_HOST}: {@code dnsproxy.upstream.servers}
 *   <li>{@code RESOLVER_PORT}: {@code dnsproxy.upstream.port}
 *   <li>{@code MANAGEMENT_SERVER_ADDRESS} and {@code MANAGEMENT_SERVER_PORT}: {@code server.address} and
 *       {@code server.port}, since there is one web server and it is the management server
 * </ul>
 *
 * <p>A {@code DNSPROXY_} variable beats the legacy one, and both beat configuration files. A blank variable counts as
 * not given; only a list of the {@code DNSPROXY_} form stays, and is refused as an empty list. A value that starts with
 * {@code tcp://} or {@code udp://} is a service link of Kubernetes and is ignored with a warning.
 */
final class LegacyEnvironment implements EnvironmentPostProcessor, Ordered {

    /** Name of the property source with the settings of the legacy variables. */
    static final String SOURCE = "legacyEnvironment";

    private static final String SYSTEM_SOURCE = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;

    /** In the order in which they win. */
    private static final List<Legacy> LEGACY = List.of(
            new Legacy("SERVER_ADDRESS", "dnsproxy.listen.address"),
            new Legacy("SERVER_HOST", "dnsproxy.listen.address"),
            new Legacy("SERVER_PORT", "dnsproxy.listen.port"),
            new Legacy("RESOLVER_HOST", "dnsproxy.upstream.servers"),
            new Legacy("RESOLVER_PORT", "dnsproxy.upstream.port"),
            new Legacy("MANAGEMENT_SERVER_ADDRESS", "server.address"),
            new Legacy("MANAGEMENT_SERVER_PORT", "server.port"));

    private record Legacy(String variable, String property) {}

    private final Log log;

    LegacyEnvironment(DeferredLogFactory logs) {
        log = logs.getLog(LegacyEnvironment.class);
    }

    /** Before Spring Boot wraps the variables with their origin, which would be lost if it came first. */
    @Override
    public int getOrder() {
        return SystemEnvironmentPropertySourceEnvironmentPostProcessor.DEFAULT_ORDER - 1;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        MutablePropertySources sources = environment.getPropertySources();
        PropertySource<?> system = sources.get(SYSTEM_SOURCE);
        if (system == null || !(system.getSource() instanceof Map<?, ?> given)) {
            return;
        }
        Map<String, Object> variables = new LinkedHashMap<>();
        given.forEach((name, value) -> variables.put(String.valueOf(name), value));
        removeServiceLinks(variables);
        variables.entrySet().removeIf(variable -> isBlankSetting(variable.getKey(), variable.getValue()));
        Map<String, Object> settings = takeLegacy(variables);
        sources.replace(SYSTEM_SOURCE, new SystemEnvironmentPropertySource(SYSTEM_SOURCE, variables));
        if (!settings.isEmpty()) {
            sources.addAfter(SYSTEM_SOURCE, new OriginTrackedMapPropertySource(SOURCE, settings, true));
        }
    }

    private void removeServiceLinks(Map<String, Object> variables) {
        variables.entrySet().removeIf(variable -> {
            String name = variable.getKey();
            boolean mayBind = isLegacy(name) || (SettingNames.isSetting(name) && name.endsWith("_PORT"));
            boolean isLink = mayBind && isServiceLink(variable.getValue().toString());
            if (isLink) {
                log.warn(name + " is ignored: its value is that of a Kubernetes service link."
                        + " Set enableServiceLinks: false in the pod's spec.");
            }
            return isLink;
        });
    }

    private Map<String, Object> takeLegacy(Map<String, Object> variables) {
        Map<String, Object> settings = new LinkedHashMap<>();
        for (Legacy legacy : LEGACY) {
            Object text = variables.remove(legacy.variable());
            if (text == null || text.toString().isBlank()) {
                continue;
            }
            Object value =
                    OriginTrackedValue.of(text.toString().strip(), new SystemEnvironmentOrigin(legacy.variable()));
            Object winner = settings.putIfAbsent(legacy.property(), value);
            // The values are equal or not whatever their origins are.
            if (winner != null && !winner.equals(value)) {
                log.warn(legacy.variable() + " is ignored: another variable sets " + legacy.property() + " to "
                        + winner);
            }
        }
        return settings;
    }

    private static boolean isLegacy(String variable) {
        return LEGACY.stream().anyMatch(legacy -> legacy.variable().equals(variable));
    }

    private static boolean isServiceLink(String value) {
        return value.startsWith("tcp://") || value.startsWith("udp://");
    }

    private static boolean isBlankSetting(String variable, Object value) {
        return SettingNames.isSetting(variable)
                && !SettingNames.isList(variable)
                && value.toString().isBlank();
    }
}
