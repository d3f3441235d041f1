package io.dnsproxy.benchmark.startup;

import io.dnsproxy.testkit.ScriptedResolver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A local DNS-over-TLS resolver in this process, and the settings that make dnsproxy ask it. */
final class Upstream implements AutoCloseable {

    private final ScriptedResolver resolver = ScriptedResolver.start();
    private final Path authority;

    /** @param folder where its authority is written */
    Upstream(Path folder) throws IOException {
        authority = resolver.authority().writePem(folder);
    }

    Map<String, String> variables() {
        return Map.of(
                "RESOLVER_HOST",
                "127.0.0.1@" + resolver.port() + '#' + ScriptedResolver.NAME,
                "SPRING_SSL_BUNDLE_PEM_LOCAL_TRUSTSTORE_CERTIFICATE",
                "file:" + authority.toAbsolutePath(),
                "DNSPROXY_UPSTREAM_SSL_BUNDLE",
                "local");
    }

    /** It remembers what it was asked until told to forget. */
    void forget() {
        resolver.forgetQueries();
    }

    @Override
    public void close() {
        resolver.close();
    }
}
