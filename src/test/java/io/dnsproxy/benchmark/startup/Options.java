package io.dnsproxy.benchmark.startup;

import io.dnsproxy.analysis.CommandLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the command line says, each word like {@code rounds=3}.
 *
 * @param rounds how often each is started, in turn with the others; default 5
 * @param names that dnsproxy is asked for before its memory is read; default 100,000; 0: not at all
 * @param ways {@code ways=jar,image}; default both
 * @param flags {@code flags=src/main/docker/java.args}: the file with the flags of the image's way
 * @param memory {@code memory=512m}: what the image's way believes the machine to have, instead of a container's limit
 * @param jar {@code jar=target/dnsproxy.jar}
 * @param docs {@code docs=docs}: where the document is; {@code docs=none} leaves it as it is
 */
record Options(int rounds, int names, Set<Way> ways, Path flags, String memory, Path jar, String docs) {

    private static final int MAX_ROUNDS = 50;

    private static final int MAX_NAMES = 1_000_000;

    private static final Map<String, String> DEFAULTS = Map.of(
            "rounds", "5",
            "names", "100000",
            "ways", "",
            "flags", "src/main/docker/java.args",
            "memory", "512m",
            "jar", "target/dnsproxy.jar",
            "docs", "docs");

    /** @throws IllegalArgumentException if a word says nothing that is known */
    static Options parse(String... words) {
        CommandLine said = CommandLine.parse(DEFAULTS, words);
        return new Options(
                said.number("rounds", 1, MAX_ROUNDS),
                said.number("names", 0, MAX_NAMES),
                said.chosen("ways", Way.class, Way::word),
                said.path("flags"),
                said.text("memory"),
                said.path("jar"),
                said.text("docs"));
    }

    /** The flags themselves. */
    List<String> imageFlags() throws IOException {
        List<String> lines = Files.readAllLines(flags).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        List<String> all = new ArrayList<>(lines);
        all.add("-XX:MaxRAM=" + memory);
        return List.copyOf(all);
    }

    boolean writesDocument() {
        return !docs.equals(CommandLine.NONE);
    }
}
