package io.dnsproxy.app.settings;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.ssl.NoSuchSslBundleException;

/** Explains a bundle that Spring Boot itself was told to use, by {@code server.ssl.bundle} for instance. */
final class SslBundleFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchSslBundleException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, NoSuchSslBundleException cause) {
        String name = cause.getBundleName();
        return new FailureAnalysis(
                "There is no SSL bundle of the name '" + name + "'.",
                "Set spring.ssl.bundle.pem." + name + ".*, or correct the setting that names the bundle"
                        + " (server.ssl.bundle, dnsproxy.upstream.ssl-bundle).",
                cause);
    }
}
