package io.dnsproxy.benchmark.sidebyside;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What the command line says, each word like {@code rounds=3}.
 *
 * @param loads {@code loads=cached,tcp-1}; default all
 * @param contestants {@code servers=floor-c,dnsproxy,unbound}; default all
 * @param rounds how often each is measured, in turn with the others
 * @param seconds of each measurement, twice that at a fixed rate
 * @param warmSeconds load on what is written in Java, before the first measurement of each load
 * @param jvm {@code jvm="-XX:+UseSerialGC -Xmx256m"}: what the JVMs of the servers get
 * @param jar {@code jar=target/dnsproxy.jar}
 * @param docs {@code docs=docs}: where the document is; {@code docs=none} leaves it as it is
 */
record Options(
        Set<Load> loads,
        Set<Contestant> contestants,
        int rounds,
        int seconds,
        int warmSeconds,
        List<String> jvm,
        Path jar,
        String docs) {

    /** Longer than this nobody wants to wait. */
    private static final int MAX_SECONDS = 60;

    private static final int MAX_ROUNDS = 20;

    /** @throws IllegalArgumentException if a word says nothing that is known */
    static Options parse(String... words) {
        Options options = new Options(
                EnumSet.allOf(Load.class),
                EnumSet.allOf(Contestant.class),
                3,
                2,
                8,
                List.of("-XX:+UseSerialGC", "-Xmx256m"),
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
            case "loads" -> new Options(loads(value), contestants, rounds, seconds, warmSeconds, jvm, jar, docs);
            case "servers" -> new Options(loads, contestants(value), rounds, seconds, warmSeconds, jvm, jar, docs);
            case "rounds" ->
                new Options(loads, contestants, within(value, MAX_ROUNDS), seconds, warmSeconds, jvm, jar, docs);
            case "seconds" ->
                new Options(loads, contestants, rounds, within(value, MAX_SECONDS), warmSeconds, jvm, jar, docs);
            case "warm" -> new Options(loads, contestants, rounds, seconds, within(value, MAX_SECONDS), jvm, jar, docs);
            case "jvm" -> new Options(loads, contestants, rounds, seconds, warmSeconds, list(value, " "), jar, docs);
            case "jar" -> new Options(loads, contestants, rounds, seconds, warmSeconds, jvm, Path.of(value), docs);
            case "docs" -> new Options(loads, contestants, rounds, seconds, warmSeconds, jvm, jar, value);
            default -> throw new IllegalArgumentException("unknown: " + word);
        };
    }

    /** At a fixed rate there are fewer queries in a second, and the system counts time in hundredths of one. */
    long millis(Load load) {
        return (load.isSaturating() ? 1_000L : 2_000L) * seconds;
    }

    boolean writesDocument() {
        return !docs.equals("none");
    }

    private static Set<Load> loads(String value) {
        Set<Load> chosen = EnumSet.noneOf(Load.class);
        list(value, ",").forEach(word -> chosen.add(Load.of(word)));
        return chosen;
    }

    private static Set<Contestant> contestants(String value) {
        Set<Contestant> chosen = EnumSet.noneOf(Contestant.class);
        for (String word : list(value, ",")) {
            chosen.add(Arrays.stream(Contestant.values())
                    .filter(contestant -> contestant.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no such server: " + word)));
        }
        return chosen;
    }

    private static List<String> list(String value, String separator) {
        List<String> words = new ArrayList<>(Arrays.asList(value.split(separator, -1)));
        words.removeIf(String::isEmpty);
        return List.copyOf(words);
    }

    private static int within(String value, int max) {
        int number = Integer.parseInt(value);
        if (number < 1 || number > max) {
            throw new IllegalArgumentException(value + " is not from 1 to " + max);
        }
        return number;
    }
}
