package io.dnsproxy.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;

/**
 * The page at the management port's root: one static document, which asks actuator for what it shows. It may load nothing from
 * anywhere, and run no script but its own.
 */
final class StatusPage {

    private static final String RESOURCE = "status.html";
    private static final String DEFAULT_BASE = "content=\"/actuator\"";

    private final String html;
    private final String policy;

    /**
     * Reads the document.
     *
     * @param actuator base path of actuator's endpoints, {@code /actuator} for instance
     */
    StatusPage(String actuator) {
        this.html = read().replace(DEFAULT_BASE, "content=\"" + escaped(actuator) + "\"");
        this.policy = "default-src 'none'; connect-src 'self'; img-src data:; script-src '" + hashOf("script")
                + "'; style-src '" + hashOf("style") + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    /** The document. */
    String html() {
        return html;
    }

    /** Its Content-Security-Policy. */
    String policy() {
        return policy;
    }

    private static String read() {
        try (InputStream resource = Objects.requireNonNull(StatusPage.class.getResourceAsStream(RESOURCE))) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("\"", "&quot;");
    }

    /** Of what stands between the tags, as browsers reckon it. */
    private String hashOf(String tag) {
        int start = html.indexOf("<" + tag + ">") + tag.length() + 2;
        String content = html.substring(start, html.indexOf("</" + tag + ">", start));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
