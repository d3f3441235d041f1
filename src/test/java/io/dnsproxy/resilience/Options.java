package io.dnsproxy.resilience;

import io.dnsproxy.analysis.CommandLine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the command line says, each word like {@code faults=kill,half-open}.
 *
 * @param faults {@code faults=kill,half-open}; default all
 * @param loads {@code loads=new,busy}; default these two
 * @param proxies {@code proxies=dnsproxy,unbound}; default all
 * @param seconds of each fault, but for an outage
 * @param outageSeconds {@code outage=60}: how long both upstreams are down
 * @param jvm {@code jvm="-XX:+UseSerialGC -Xmx256m"}: flags of dnsproxy
 * @param jar {@code jar=target/dnsproxy.jar}
 * @param kept {@code kept=target/chaos.tsv}: where results of earlier runs are, which those of this one replace one by one
 * @param docs {@code docs=docs}: where the document is that gets all that is kept; default none when faults, loads or proxies are chosen
 */
record Options(
        Set<Fault> faults,
        Set<Load> loads,
        Set<Proxy> proxies,
        int seconds,
        int outageSeconds,
        List<String> jvm,
        Path jar,
        Path kept,
        String docs) {

    /** Longer than this nobody wants to wait; the clients' ids would not suffice either. */
    private static final int MAX_SECONDS = 120;

    /** How long clients go on asking at most when a fault is over. */
    private static final Duration TAIL = Duration.ofSeconds(15);

    private static final Map<String, String> DEFAULTS = Map.of(
            "faults", "",
            "loads", "new,busy",
            "proxies", "",
            "seconds", "4",
            "outage", "20",
            "jvm", "-XX:+UseSerialGC -Xmx256m",
            "jar", "target/dnsproxy.jar",
            "kept", "target/chaos.tsv",
            "docs", "docs");

    /** @throws IllegalArgumentException if a word says nothing that is known */
    static Options parse(String... words) {
        CommandLine said = CommandLine.parse(DEFAULTS, words);
        boolean all = Stream.of("faults", "loads", "proxies").noneMatch(said::says);
        return new Options(
                said.chosen("faults", Fault.class, Fault::word),
                said.chosen("loads", Load.class, Load::word),
                said.chosen("proxies", Proxy.class, Proxy::word),
                said.number("seconds", 1, MAX_SECONDS),
                said.number("outage", 1, MAX_SECONDS),
                said.list("jvm", " "),
                said.path("jar"),
                said.path("kept"),
                all || said.says("docs") ? said.text("docs") : CommandLine.NONE);
    }

    Trial trial(Fault fault, Load load) {
        int length = fault.course() == Fault.Course.OUTAGE ? outageSeconds : seconds;
        return new Trial(fault, load, Duration.ofSeconds(length), TAIL);
    }

    boolean writesDocument() {
        return !docs.equals(CommandLine.NONE);
    }
}
