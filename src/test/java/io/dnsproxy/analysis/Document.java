package io.dnsproxy.analysis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A document in Markdown, parts of which a run fills in: all that stands between {@code <!-- run: name -->} and {@code
 * <!-- /run -->}.
 */
public final class Document {

    private static final Pattern PART =
            Pattern.compile("(<!-- run: ([a-z0-9-]+) -->)(.*?)(<!-- /run -->)", Pattern.DOTALL);

    private final Path file;

    /** Fills in parts of this file; nothing happens to it yet. */
    public Document(Path file) {
        this.file = file;
    }

    /**
     * Replaces every part.
     *
     * @throws IllegalStateException if the document has a part that was not made
     */
    public void fill(Map<String, String> parts) throws IOException {
        replace(parts, name -> {
            throw new IllegalStateException(file + " has a part that no run makes: " + name);
        });
    }

    /** Replaces the parts that were made, and leaves the others as they are. */
    public void fillIn(Map<String, String> parts) throws IOException {
        replace(parts, _ -> {});
    }

    private void replace(Map<String, String> parts, Consumer<String> missing) throws IOException {
        String text = PART.matcher(Files.readString(file)).replaceAll(part -> {
            String made = parts.get(part.group(2));
            if (made == null) {
                missing.accept(part.group(2));
                return Matcher.quoteReplacement(part.group());
            }
            return Matcher.quoteReplacement(part.group(1) + made + part.group(4));
        });
        Files.writeString(file, text);
    }
}
