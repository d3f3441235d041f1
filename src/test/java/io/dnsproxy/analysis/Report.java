package io.dnsproxy.analysis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What studies found: parts of the document, and its pictures. */
final class Report {

    private final Map<String, String> parts = new TreeMap<>();
    private final Map<String, String> pictures = new TreeMap<>();

    /** A part of the document that stands on lines of its own. */
    void table(String name, Table table) {
        parts.put(name, "\n" + table.markdown());
    }

    /** A part of the document within a sentence. */
    void words(String name, String words) {
        parts.put(name, words);
    }

    void picture(String fileName, Chart chart) {
        pictures.put(fileName, chart.svg());
    }

    /** Writes all of it. */
    void write(Path docs) throws IOException {
        Path images = Files.createDirectories(docs.resolve("images"));
        for (Map.Entry<String, String> picture : pictures.entrySet()) {
            Files.writeString(images.resolve(picture.getKey()), picture.getValue());
        }
        new Document(docs.resolve("cache-analysis.md")).fill(parts);
    }

    static String percent(double value) {
        return String.format(Locale.ROOT, "%.1f %%", value);
    }

    static String wholePercent(double value) {
        return String.format(Locale.ROOT, "%.0f %%", value);
    }

    static String points(double value) {
        return String.format(Locale.ROOT, "%+.1f", value);
    }

    static String one(double value) {
        return String.format(Locale.ROOT, "%,.1f", value);
    }

    static String millis(double value) {
        return String.format(Locale.ROOT, "%.2f ms", value);
    }

    static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }
}
