package io.dnsproxy.chart;

import io.dnsproxy.DnsproxyApplication;
import io.dnsproxy.listener.TcpListener;
import io.dnsproxy.testkit.ScriptedResolver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The application in this JVM, on free ports of 127.0.0.1, in front of a scripted resolver, with everything on that has metrics of its
 * own.
 */
final class RunningProxy implements AutoCloseable {

    /** Whatever adds metrics only when it is switched on belongs here. */
    private static final Map<String, String> EVERYTHING_ON = Map.of(
            "dnsproxy.cache.redis.enabled", "true",
            "dnsproxy.routes[0].suffix", "corp.test",
            "dnsproxy.routes[0].servers", "udp://127.0.0.1:1,127.0.0.1@1", // nor here
            "dnsproxy.query-log.enabled", "true",
            "dnsproxy.rate-limit.queries-per-second", "10000",
            "dnsproxy.listen.tls.port", "0",
            "dnsproxy.listen.tls.ssl-bundle", "clients",
            "spring.data.redis.host", "127.0.0.1",
            "spring.data.redis.port", "1"); // nobody is there, and none is needed

    private final ScriptedResolver resolver;
    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();

    private RunningProxy(ScriptedResolver resolver, ConfigurableApplicationContext context) {
        this.resolver = resolver;
        this.context = context;
    }

    static RunningProxy start() {
        ScriptedResolver resolver = ScriptedResolver.start();
        try {
            Map<String, String> settings = new TreeMap<>(EVERYTHING_ON);
            settings.put("server.port", "0");
            settings.put("dnsproxy.listen.address", "127.0.0.1");
            settings.put("dnsproxy.listen.port", "0");
            settings.put("dnsproxy.upstream.servers", "127.0.0.1@" + resolver.port() + "#" + ScriptedResolver.NAME);
            settings.put("dnsproxy.upstream.ssl-bundle", "test");
            settings.put(
                    "spring.ssl.bundle.pem.test.truststore.certificate",
                    resolver.authority().pem());
            settings.put(
                    "spring.ssl.bundle.pem.clients.keystore.certificate",
                    resolver.certificate().chainPem());
            settings.put(
                    "spring.ssl.bundle.pem.clients.keystore.private-key",
                    resolver.certificate().keyPem());
            return new RunningProxy(resolver, start(settings));
        } catch (RuntimeException e) {
            resolver.close();
            throw e;
        }
    }

    /** The application with these settings, as on the command line. */
    static ConfigurableApplicationContext start(Map<String, String> settings) {
        SpringApplication application = new SpringApplication(DnsproxyApplication.class);
        application.setRegisterShutdownHook(false);
        return application.run(settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new));
    }

    InetSocketAddress dns() {
        return context.getBean(TcpListener.class).localAddresses().getFirst();
    }

    int httpPort() {
        return Integer.parseInt(Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port")));
    }

    /** What it exposes now. */
    Exposition scrape() throws IOException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + httpPort() + "/actuator/prometheus"))
                .build();
        try {
            return Exposition.parse(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** What an instance exposes that has just started; the same for all who ask in this JVM. */
    static Exposition exposition() {
        return Scraped.ONCE;
    }

    private static final class Scraped {

        private static final Exposition ONCE = scrapeOnce();

        private static Exposition scrapeOnce() {
            try (RunningProxy proxy = start()) {
                System.gc(); // its pauses are a metric only after the first
                return proxy.scrape();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        http.close();
        context.close();
        resolver.close();
    }
}
