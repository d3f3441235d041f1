package io.dnsproxy.soak;

import java.time.Duration;

/**
 * What the command line says, each word like {@code minutes=60}.
 *
 * @param duration {@code minutes=60} or {@code seconds=20}
 * @param percent {@code percent=50}: of one processor, what the proxy is to use
 * @param docs {@code docs=docs}: where the document is that gets the figures, or {@code none}
 */
record Options(Duration duration, int percent, String docs) {

    private static final String NO_DOCUMENT = "none";

    /** @throws IllegalArgumentException if a word says nothing that is known */
    static Options parse(String... words) {
        Options options = new Options(Duration.ofMinutes(60), 50, "docs");
        for (String word : words) {
            options = options.with(word);
        }
        return options;
    }

    private Options with(String word) {
        int equals = word.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("not like minutes=5: " + word);
        }
        String value = word.substring(equals + 1);
        return switch (word.substring(0, equals)) {
            case "minutes" -> new Options(Duration.ofMinutes(positive(value)), percent, docs);
            case "seconds" -> new Options(Duration.ofSeconds(positive(value)), percent, docs);
            case "percent" -> new Options(duration, positive(value), docs);
            case "docs" -> new Options(duration, percent, value);
            default -> throw new IllegalArgumentException("unknown: " + word);
        };
    }

    boolean writesDocument() {
        return !docs.equals(NO_DOCUMENT);
    }

    private static int positive(String value) {
        int number = Integer.parseInt(value);
        if (number < 1) {
            throw new IllegalArgumentException(value + " is less than 1");
        }
        return number;
    }
}
