package io.dnsproxy.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** What is to be conformed to, as {@code conformance/rows.txt} has it. */
final class Rows {

    private Rows() {}

    /** One requirement; the note says why it is kept otherwise, or empty. */
    record Requirement(String id, String rfc, String level, String text, String note) {

        static Requirement of(String line) {
            String[] parts = line.split("\\|", -1);
            return new Requirement(
                    parts[0].strip(), parts[1].strip(), parts[2].strip(), parts[3].strip(), parts[4].strip());
        }
    }

    static List<Requirement> all() throws IOException {
        try (InputStream text = Objects.requireNonNull(Rows.class.getResourceAsStream("/conformance/rows.txt"))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(Requirement::of)
                    .toList();
        }
    }
}
