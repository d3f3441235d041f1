package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class StatusPageTests {

    private final StatusPage page = new StatusPage("/actuator");

    @Test
    void isOneDocumentThatNamesNothingElsewhere() {
        assertThat(page.html()).startsWith("<!doctype html>").hasSizeLessThan(40_000);
        assertThat(Pattern.compile("https?://[^'\"]*")
                        .matcher(page.html())
                        .results()
                        .map(found -> found.group()))
                .containsOnly("http://www.w3.org/2000/svg"); // a name, not an address
        assertThat(page.html()).doesNotContain("innerHTML", "eval(", "document.write");
    }

    @Test
    void itsPolicyLetsItRunItsOwnScriptAndAskItsOwnServerAlone() {
        assertThat(page.policy())
                .startsWith("default-src 'none'; connect-src 'self'; img-src data:; script-src 'sha256-")
                .contains("; style-src 'sha256-", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
    }

    @Test
    void asksActuatorWhereverThatIs() {
        assertThat(page.html()).contains("<meta name=\"actuator\" content=\"/actuator\">");
        assertThat(new StatusPage("/man\"age").html())
                .contains("<meta name=\"actuator\" content=\"/man&quot;age\">")
                .doesNotContain("content=\"/actuator\"");
    }
}
