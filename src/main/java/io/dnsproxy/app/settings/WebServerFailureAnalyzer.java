package io.dnsproxy.app.settings;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.core.env.Environment;

/** Explains why the management server cannot listen, where Spring Boot has no words for it. */
final class WebServerFailureAnalyzer extends AbstractFailureAnalyzer<WebServerException> {

    private final Environment environment;

    WebServerFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, WebServerException cause) {
        if (cause instanceof PortInUseException) {
            return null;
        }
        Throwable reason = cause;
        while (reason.getCause() != null) {
            reason = reason.getCause();
        }
        return new FailureAnalysis(
                "The management server cannot listen on " + environment.getProperty("server.address", "any address")
                        + " port " + environment.getProperty("server.port") + ": " + reason.getMessage() + ".",
                "Correct MANAGEMENT_SERVER_ADDRESS or MANAGEMENT_SERVER_PORT.",
                cause);
    }
}
