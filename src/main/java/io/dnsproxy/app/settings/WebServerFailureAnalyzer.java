package io.dnsproxy.app.settings;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/** Explains why the management server cannot listen, in the words of the settings. */
final class WebServerFailureAnalyzer extends AbstractFailureAnalyzer<WebServerException> implements Ordered {

    private final Environment environment;

    WebServerFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    /** Before Spring Boot's own, which does not know our variables. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, WebServerException cause) {
        if (cause instanceof PortInUseException taken) {
            return new FailureAnalysis(
                    "The management server cannot listen on port " + taken.getPort() + ": another program does.",
                    "Stop that program (`ss -lntp` names it), or take another port by MANAGEMENT_SERVER_PORT.",
                    cause);
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
