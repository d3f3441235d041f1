package io.dnsproxy.app;

import java.nio.charset.StandardCharsets;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.server.ConfigurableWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/** Puts the web server behind DNS: nobody waits for health as clients wait for answers. Shows the status page at its root. */
@Configuration(proxyBeanMethods = false)
class WebServerConfiguration {

    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

    /** Changes nothing; but what customizes the web server is made before it, and this takes the DNS server, which serves once it is made. */
    @Bean
    WebServerFactoryCustomizer<ConfigurableWebServerFactory> afterDns(DnsServer server) {
        return _ -> {};
    }

    /** What somebody sees who opens the management port in a browser. */
    @Bean
    RouterFunction<ServerResponse> statusPage(
            @Value("${management.endpoints.web.base-path:/actuator}") String actuator) {
        StatusPage page = new StatusPage(actuator.equals("/") ? "" : actuator);
        return RouterFunctions.route()
                .GET(
                        "/",
                        _ -> ServerResponse.ok()
                                .contentType(HTML)
                                .cacheControl(CacheControl.noCache())
                                .header("Content-Security-Policy", page.policy())
                                .header("X-Content-Type-Options", "nosniff")
                                .header("Referrer-Policy", "no-referrer")
                                .body(page.html()))
                .build();
    }
}
