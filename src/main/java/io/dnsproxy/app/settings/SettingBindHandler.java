package io.dnsproxy.app.settings;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;

/**
 * Turns whatever keeps a {@code dnsproxy} setting from being bound into a {@link SettingException} that names it, and
 * refuses two things that binding alone lets pass: a list that was written but is empty, and a list written in one
 * source both with commas and with indexes, of which the comma form would win in silence.
 */
final class SettingBindHandler extends AbstractBindHandler {

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("dnsproxy");

    SettingBindHandler(BindHandler parent) {
        super(parent);
    }

    @Override
    public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
        if (isOurs(name) && isList(target)) {
            for (ConfigurationPropertySource source : context.getSources()) {
                refuseBothForms(source, name);
            }
        }
        return super.onStart(name, target, context);
    }

    @Override
    public @Nullable Object onSuccess(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
        if (isOurs(name) && result instanceof Collection<?> list && list.isEmpty()) {
            throw new SettingException(
                    name.toString(), "is an empty list", "Write at least one element, or leave the setting out.");
        }
        return super.onSuccess(name, target, context, result);
    }

    @Override
    public @Nullable Object onFailure(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error) throws Exception {
        // A BindException has passed here before, deeper in.
        if (isOurs(name) && !(error instanceof BindException) && !(error instanceof SettingException)) {
            throw BindFailure.explain(name, target, context.getConfigurationProperty(), error);
        }
        return super.onFailure(name, target, context, error);
    }

    /**
     * A list that another source replaces leaves elements that nothing binds, though their names are good: no reason to
     * refuse them.
     */
    @Override
    public void onFinish(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, @Nullable Object result)
            throws Exception {
        try {
            super.onFinish(name, target, context, result);
        } catch (UnboundConfigurationPropertiesException unbound) {
            if (!isOurs(name)) {
                throw unbound;
            }
            for (ConfigurationProperty property : unbound.getUnboundProperties()) {
                if (!SettingNames.isSetting(property.getName())) {
                    throw new SettingException(
                            property.getName().toString(),
                            "is no setting",
                            "Is it misspelled? Correct it, or take it out.");
                }
            }
        }
    }

    private static boolean isOurs(ConfigurationPropertyName name) {
        return ROOT.equals(name) || ROOT.isAncestorOf(name);
    }

    private static boolean isList(Bindable<?> target) {
        return Collection.class.isAssignableFrom(target.getType().toClass());
    }

    private static void refuseBothForms(ConfigurationPropertySource source, ConfigurationPropertyName name) {
        if (source.getConfigurationProperty(name) != null
                && source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
            throw new SettingException(
                    name.toString(),
                    "is written in two forms, as one list with commas and element by element (" + name + "[0])",
                    "Keep one of the two.");
        }
    }
}
