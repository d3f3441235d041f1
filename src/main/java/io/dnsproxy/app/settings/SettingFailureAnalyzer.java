package io.dnsproxy.app.settings;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/** Ends the start with one message that names the setting as the user wrote it, and says how to mend it. */
final class SettingFailureAnalyzer extends AbstractFailureAnalyzer<SettingException> implements Ordered {

    private final Environment environment;

    SettingFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    /** Before Spring Boot's own, which would explain the same failure by its classes. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SettingException cause) {
        String setting = SettingOrigin.describe(environment, cause.setting());
        return new FailureAnalysis(setting + " " + cause.problem() + ".", cause.mend(), cause);
    }
}
