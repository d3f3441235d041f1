package io.dnsproxy.benchmark.sidebyside;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * @param otherJvm {@code other-jvm=...}: what the other jar gets; default what all get
 * @param other {@code other=before.jar}: a jar to compare with, which takes part only if it is named
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
        List<String> otherJvm,
        Path other,
        String docs) {

    /** Longer than this nobody wants to wait. */
    private static final int MAX_SECONDS = 60;

    private static final int MAX_ROUNDS = 20;

    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("loads", ""),
            Map.entry("servers", ""),
            Map.entry("rounds", "3"),
            Map.entry("seconds", "2"),
            Map.entry("warm", "20"),
            Map.entry("jvm", "-XX:+UseSerialGC -Xmx256m -XX:+UseCompactObjectHeaders -XX:MaxTenuringThreshold=1"),
            Map.entry("jar", "target/dnsproxy.jar"),
            Map.entry("other-jvm", ""),
            Map.entry("other", ""),
            Map.entry("docs", "docs"));

    /** @throws IllegalArgumentException if a word says nothing that is known */
    static Options parse(String... words) {
        Map<String, String> said = new HashMap<>(DEFAULTS);
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0 || said.replace(word.substring(0, equals), word.substring(equals + 1)) == null) {
                throw new IllegalArgumentException("not like rounds=3, or unknown: " + word);
            }
        }
        String jar = value(said, "jar");
        String other = value(said, "other");
        String otherJvm = value(said, "other-jvm");
        Set<Contestant> contestants = contestants(value(said, "servers"));
        if (!other.isEmpty() || !otherJvm.isEmpty()) {
            contestants.add(Contestant.OTHER);
        }
        List<String> jvm = list(value(said, "jvm"), " ");
        return new Options(
                loads(value(said, "loads")),
                contestants,
                within(value(said, "rounds"), MAX_ROUNDS),
                within(value(said, "seconds"), MAX_SECONDS),
                within(value(said, "warm"), MAX_SECONDS),
                jvm,
                Path.of(jar),
                otherJvm.isEmpty() ? jvm : list(otherJvm, " "),
                Path.of(other.isEmpty() ? jar : other),
                value(said, "docs"));
    }

    private static String value(Map<String, String> said, String word) {
        return Objects.requireNonNull(said.get(word));
    }

    /** The same with other flags for the JVMs of the servers. */
    Options withJvm(List<String> flags) {
        return new Options(
                loads, contestants, rounds, seconds, warmSeconds, List.copyOf(flags), jar, otherJvm, other, docs);
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
        return chosen.isEmpty() ? EnumSet.allOf(Load.class) : chosen;
    }

    private static Set<Contestant> contestants(String value) {
        Set<Contestant> chosen = EnumSet.noneOf(Contestant.class);
        for (String word : list(value, ",")) {
            chosen.add(Arrays.stream(Contestant.values())
                    .filter(contestant -> contestant.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no such server: " + word)));
        }
        return chosen.isEmpty() ? EnumSet.complementOf(EnumSet.of(Contestant.OTHER)) : chosen;
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
