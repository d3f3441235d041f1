package io.dnsproxy.soak;

import io.dnsproxy.analysis.CommandLine;
import java.time.Duration;
import java.util.Map;

/**
 * What the command line says, each word like {@code minutes=60}.
 *
 * @param duration {@code minutes=60}, or {@code seconds=20}, which wins
 * @param percent {@code percent=50}: of one processor, what the proxy is to use
 * @param docs {@code docs=docs}: where the document is that gets the figures, or {@code none}
 */
record Options(Duration duration, int percent, String docs) {

    private static final Map<String, String> DEFAULTS =
            Map.of("minutes", "60", "seconds", "", "percent", "50", "docs", "docs");

    /** @throws IllegalArgumentException if a word says nothing that is known */
    static Options parse(String... words) {
        CommandLine said = CommandLine.parse(DEFAULTS, words);
        return new Options(
                said.says("seconds")
                        ? Duration.ofSeconds(positive(said, "seconds"))
                        : Duration.ofMinutes(positive(said, "minutes")),
                positive(said, "percent"),
                said.text("docs"));
    }

    boolean writesDocument() {
        return !docs.equals(CommandLine.NONE);
    }

    private static int positive(CommandLine said, String name) {
        return said.number(name, 1, Integer.MAX_VALUE);
    }
}
