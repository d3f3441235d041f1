package io.dnsproxy.app.settings;

import io.dnsproxy.app.settings.DnsproxyProperties.Shutdown;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;

/**
 * Checks the settings against what the record cannot know, the moment they are bound: no bean ever sees settings that
 * are refused here.
 */
final class SettingsCheck implements BeanPostProcessor {

    private static final String LIFECYCLE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";

    private final ObjectProvider<SslBundles> bundles;
    private final Environment environment;

    SettingsCheck(ObjectProvider<SslBundles> bundles, Environment environment) {
        this.bundles = bundles;
        this.environment = environment;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof DnsproxyProperties settings) {
            bundles.ifAvailable(available -> new TrustStoreCheck(available).check(settings));
            new RedisCheck(environment).check(settings.cache().redis());
            new IdleSettings(environment).warn(settings);
            checkShutdown(settings.shutdown(), settings.upstream().totalTimeout());
        }
        return bean;
    }

    /** Spring would cut the shutdown short, in silence. */
    private void checkShutdown(Shutdown shutdown, Duration totalTimeout) {
        Duration most =
                Binder.get(environment).bind(LIFECYCLE_TIMEOUT, Duration.class).orElse(Duration.ofSeconds(30));
        // Upstream connections close when the last query on them is answered or given up.
        Duration drain = shutdown.grace().compareTo(totalTimeout) > 0 ? shutdown.grace() : totalTimeout;
        Duration asked = shutdown.delay().plus(drain);
        if (asked.compareTo(most) > 0) {
            throw new SettingException(
                    "dnsproxy.shutdown.delay",
                    "and dnsproxy.shutdown.grace are " + Bounds.text(asked) + " together, longer than "
                            + LIFECYCLE_TIMEOUT + ", which is " + Bounds.text(most),
                    "Write shorter times, or a longer " + LIFECYCLE_TIMEOUT + ".");
        }
    }
}
