package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.analysis.CommandLine;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the command line says, each word like {@code rounds=3}.
 *
 * @param loads {@code loads=cached,tcp-1}; default all
 * @param contestants {@code servers=floor-c,dnsproxy,unbound}; default all
 * @param upstream {@code upstream=dnsdist}; default {@code unbound}
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
        Upstream.Program upstream,
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

    /** A program may change them, and have more. */
    static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("loads", ""),
            Map.entry("servers", ""),
            Map.entry("upstream", Upstream.Program.UNBOUND.word()),
            Map.entry("rounds", "3"),
            Map.entry("seconds", "2"),
            Map.entry("warm", "40"),
            Map.entry("jvm", "-XX:+UseSerialGC -Xmx256m -XX:+UseCompactObjectHeaders -XX:MaxTenuringThreshold=1"),
            Map.entry("jar", "target/dnsproxy.jar"),
            Map.entry("other-jvm", ""),
            Map.entry("other", ""),
            Map.entry("docs", "docs"));

    /** @throws IllegalArgumentException if a word says nothing that is known */
    static Options parse(String... words) {
        return of(CommandLine.parse(DEFAULTS, words));
    }

    static Options of(CommandLine said) {
        String other = said.text("other");
        List<String> jvm = said.list("jvm", " ");
        List<String> otherJvm = said.list("other-jvm", " ");
        Set<Contestant> contestants = said.list("servers", ",").isEmpty()
                ? EnumSet.complementOf(EnumSet.of(Contestant.OTHER))
                : said.chosen("servers", Contestant.class, Contestant::word);
        if (!other.isEmpty() || !otherJvm.isEmpty()) {
            contestants.add(Contestant.OTHER);
        }
        return new Options(
                said.chosen("loads", Load.class, Load::word),
                contestants,
                said.chosen("upstream", Upstream.Program.class, Upstream.Program::word)
                        .iterator()
                        .next(),
                said.number("rounds", 1, MAX_ROUNDS),
                said.number("seconds", 1, MAX_SECONDS),
                said.number("warm", 1, MAX_SECONDS),
                jvm,
                said.path("jar"),
                otherJvm.isEmpty() ? jvm : otherJvm,
                said.path(other.isEmpty() ? "jar" : "other"),
                said.text("docs"));
    }

    /** The same with other flags for the JVMs of the servers. */
    Options withJvm(List<String> flags) {
        return new Options(
                loads,
                contestants,
                upstream,
                rounds,
                seconds,
                warmSeconds,
                List.copyOf(flags),
                jar,
                otherJvm,
                other,
                docs);
    }

    /** At a fixed rate there are fewer queries in a second, and the system counts time in hundredths of one. */
    long millis(Load load) {
        return (load.isSaturating() ? 1_000L : 2_000L) * seconds;
    }

    boolean writesDocument() {
        return !docs.equals(CommandLine.NONE);
    }
}
