package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.Chromium;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.testkit.UdpClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The status page of the packaged program, in a real browser. */
class StatusPageIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PHONE = 390;

    /** For people to look at. */
    private static final Path SCREENSHOTS = Path.of("target", "status-page");

    @TempDir
    private static Path folder;

    private static ScriptedResolver resolver;
    private static Jar jar;

    @BeforeAll
    static void start() {
        ThrowawayAuthority authority = ThrowawayAuthority.create();
        resolver = ScriptedResolver.start(authority);
        jar = Jar.asking(Jar.writeAuthority(authority, folder), resolver)
                .and(
                        "RESOLVER_HOST",
                        Jar.serverOf(resolver) + ",127.0.0.1@" + Jar.freePort() + "#" + ScriptedResolver.NAME)
                .inHaste()
                .start();
        await().until(() -> jar.readiness() == 200);
    }

    @AfterAll
    static void stop() {
        if (jar != null) {
            jar.close();
        }
        resolver.close();
    }

    private static void ask(int queries) throws IOException {
        try (UdpClient client = UdpClient.to(jar.dns())) {
            for (int i = 0; i < queries; i++) {
                client.ask(Queries.query("secret-" + i % 7 + ".example.org"));
            }
        }
    }

    private static String tile(Chromium browser, int number) {
        return browser.evaluate("document.querySelectorAll('.tile .big')[" + number + "]?.textContent");
    }

    private static String text(Chromium browser) {
        return browser.evaluate("document.body.innerText");
    }

    @Test
    void isServedWithAPolicyThatAllowsNothingElse() throws Exception {
        HttpResponse<String> page = jar.get("/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'");
        assertThat(jar.status("/nothing")).isEqualTo(404);
    }

    @Test
    void showsFiguresAndUpstreamsLive() throws Exception {
        try (Chromium browser = Chromium.start()) {
            browser.show(1200, "light");
            browser.open("http://127.0.0.1:" + jar.httpPort() + "/");
            await().atMost(PATIENCE).untilAsserted(() -> {
                ask(20);
                assertThat(tile(browser, 0)).matches("[1-9][0-9,.]*a second");
                assertThat(tile(browser, 1)).matches("[0-9.]+%");
                assertThat(tile(browser, 2)).matches("[0-9.]+(µs|ms)");
                assertThat(tile(browser, 3)).matches("0% SERVFAIL");
            });

            assertThat(text(browser))
                    .contains("degraded", "1 of 2 usable", "connected", Jar.serverOf(resolver), "Last error", "connect")
                    .containsPattern("[A-Za-z0-9+/]{43}=")
                    .doesNotContain("secret", "example.org");
            assertThat(browser.evaluate("document.querySelectorAll('#changes li').length"))
                    .isNotEqualTo("0");

            look(browser, "desktop", 1200, "light");
            look(browser, "desktop-dark", 1200, "dark");
            look(browser, "phone", PHONE, "light");
            assertThat(browser.requests())
                    .allMatch(url -> url.startsWith("http://127.0.0.1:" + jar.httpPort() + "/")
                            || url.startsWith("data:")
                            || url.equals("about:blank"));
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static void look(Chromium browser, String name, int width, String colorScheme) throws IOException {
        browser.show(width, colorScheme);
        await().until(() -> browser.evaluate("innerWidth").equals(Integer.toString(width)));
        assertThat(Integer.parseInt(browser.evaluate("document.documentElement.scrollWidth")))
                .as("nothing sticks out at the side")
                .isLessThanOrEqualTo(width);
        Files.createDirectories(SCREENSHOTS);
        Files.write(SCREENSHOTS.resolve(name + ".png"), browser.screenshot());
    }

    @Test
    void saysWhatIsNotExposedAndWhenNobodyAnswers() {
        try (Chromium browser = Chromium.start();
                Jar closed = Jar.asking(Jar.writeAuthority(resolver.authority(), folder), resolver)
                        .and("MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "health")
                        .inHaste()
                        .start()) {
            browser.open("http://127.0.0.1:" + closed.httpPort() + "/");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(text(browser))
                            .contains("works", "The endpoint prometheus is not exposed")
                            .contains("The endpoint upstreams is not exposed"));

            closed.signal("KILL");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(text(browser)).contains("no answer"));
        }
    }
}
