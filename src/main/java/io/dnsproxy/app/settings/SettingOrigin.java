package io.dnsproxy.app.settings;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.core.env.Environment;

/** Finds the words with which the user wrote a setting. */
final class SettingOrigin {

    private SettingOrigin() {}

    /**
     * The setting as the user knows it: the variable with the property in parentheses, or the property with the file.
     *
     * @return the property alone where it has its default
     */
    static String describe(Environment environment, String setting) {
        if (!ConfigurationPropertyName.isValid(setting)) {
            return setting;
        }
        ConfigurationPropertyName name = ConfigurationPropertyName.of(setting);
        // An element of a list, or a part of one, may have been written as a part of the whole.
        while (!name.isEmpty()) {
            for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
                ConfigurationProperty property = source.getConfigurationProperty(name);
                if (property != null) {
                    return describe(property.getOrigin(), setting);
                }
            }
            name = name.getParent();
        }
        return setting;
    }

    /** The variable or the property by which a source sets what it is known to set. */
    static String name(ConfigurationPropertySource source, ConfigurationPropertyName name) {
        ConfigurationProperty property = source.getConfigurationProperty(name);
        return property != null && written(property.getOrigin()) instanceof SystemEnvironmentOrigin variable
                ? variable.getProperty()
                : name.toString();
    }

    private static String describe(@Nullable Origin origin, String setting) {
        return switch (written(origin)) {
            case SystemEnvironmentOrigin variable -> variable.getProperty() + " (" + setting + ")";
            case PropertySourceOrigin source ->
                setting + " (" + source.getPropertySource().getName() + ")";
            case null -> setting;
            case Origin file -> setting + " (" + file + ")";
        };
    }

    /** Where it was written, which the property source wraps if it knows it. */
    private static @Nullable Origin written(@Nullable Origin origin) {
        return origin instanceof PropertySourceOrigin source && source.getOrigin() != null
                ? source.getOrigin()
                : origin;
    }
}
