package io.dnsproxy.benchmark.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
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

    /** The ids of queries are as many. */
    private static final int MAX_NAMES = 1_000_000;

    /** @throws IllegalArgumentException if a word says nothing that is known */
    static Options parse(String... words) {
        Options options = new Options(
                5,
                100_000,
                EnumSet.allOf(Way.class),
                Path.of("src", "main", "docker", "java.args"),
                "512m",
                Path.of("target", "dnsproxy.jar"),
                "docs");
        for (String word : words) {
            options = options.with(word);
        }
        return options;
    }

    private Options with(String word) {
        int equals = word.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("not like rounds=3: " + word);
        }
        String value = word.substring(equals + 1);
        return switch (word.substring(0, equals)) {
            case "rounds" -> new Options(within(value, 1, MAX_ROUNDS), names, ways, flags, memory, jar, docs);
            case "names" -> new Options(rounds, within(value, 0, MAX_NAMES), ways, flags, memory, jar, docs);
            case "ways" -> new Options(rounds, names, ways(value), flags, memory, jar, docs);
            case "flags" -> new Options(rounds, names, ways, Path.of(value), memory, jar, docs);
            case "memory" -> new Options(rounds, names, ways, flags, value, jar, docs);
            case "jar" -> new Options(rounds, names, ways, flags, memory, Path.of(value), docs);
            case "docs" -> new Options(rounds, names, ways, flags, memory, jar, value);
            default -> throw new IllegalArgumentException("unknown: " + word);
        };
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
        return !docs.equals("none");
    }

    private static Set<Way> ways(String value) {
        Set<Way> chosen = EnumSet.noneOf(Way.class);
        Arrays.stream(value.split(",", -1)).forEach(word -> chosen.add(Way.valueOf(word.toUpperCase(Locale.ROOT))));
        return chosen;
    }

    private static int within(String value, int min, int max) {
        int number = Integer.parseInt(value);
        if (number < min || number > max) {
            throw new IllegalArgumentException(value + " is not from " + min + " to " + max);
        }
        return number;
    }
}
