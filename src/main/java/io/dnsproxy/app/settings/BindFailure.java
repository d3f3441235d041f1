package io.dnsproxy.app.settings;

import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.unit.DataSize;

/** Says in the user's terms why a value could not be bound to a {@code dnsproxy} setting. */
final class BindFailure {

    private BindFailure() {}

    static SettingException explain(
            ConfigurationPropertyName name,
            Bindable<?> target,
            @Nullable ConfigurationProperty property,
            Exception error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ServerTextException malformed) {
                return new SettingException(name.toString(), malformed.problem(), malformed.mend());
            }
            if (cause instanceof SettingException known) {
                return known;
            }
            // Thrown by the binding of a list that starts at 1, or leaves a number out.
            if (cause instanceof UnboundConfigurationPropertiesException unbound) {
                return new SettingException(
                        unbound.getUnboundProperties()
                                .iterator()
                                .next()
                                .getName()
                                .toString(),
                        "stands after a gap in the list",
                        "Number the elements 0, 1, 2 without a gap.");
            }
        }
        Object value = property == null ? null : property.getValue();
        return new SettingException(
                (property == null ? name : property.getName()).toString(),
                "is '" + value + "', which is no " + kind(target.getType().toClass()),
                mend(target.getType().toClass()));
    }

    private static String kind(Class<?> type) {
        if (type == int.class) {
            return "whole number";
        }
        if (type == Duration.class) {
            return "time";
        }
        return type == DataSize.class ? "size" : "value that this setting can have";
    }

    private static String mend(Class<?> type) {
        if (type == int.class) {
            return "Write digits only.";
        }
        if (type == Duration.class) {
            return "Write a number with its unit, such as 500ms, 10s or 2m.";
        }
        if (type == DataSize.class) {
            return "Write a number with its unit, such as 512KB or 4MB.";
        }
        if (type == boolean.class) {
            return "Write true or false.";
        }
        if (type.isEnum()) {
            return "Write one of "
                    + Stream.of(type.getEnumConstants())
                            .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "))
                    + ".";
        }
        return "See the description of the setting.";
    }
}
