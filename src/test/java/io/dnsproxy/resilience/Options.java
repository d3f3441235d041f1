package io.dnsproxy.resilience;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

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

    private static final String NO_DOCUMENT = "none";

    /** Longer than this nobody wants to wait; the clients' ids would not suffice either. */
    private static final int MAX_SECONDS = 120;

    /** How long clients go on asking at most when a fault is over. */
    private static final Duration TAIL = Duration.ofSeconds(15);

    /** @throws IllegalArgumentException if a word says nothing that is known */
    static Options parse(String... words) {
        Options options = new Options(
                EnumSet.allOf(Fault.class),
                EnumSet.of(Load.NEW, Load.BUSY),
                EnumSet.allOf(Proxy.class),
                4,
                20,
                List.of("-XX:+UseSerialGC", "-Xmx256m"),
                Path.of("target", "dnsproxy.jar"),
                Path.of("target", "chaos.tsv"),
                "docs");
        boolean chosen = Arrays.stream(words).anyMatch(word -> word.matches("(faults|loads|proxies)=.*"));
        if (chosen) {
            options = options.with("docs=" + NO_DOCUMENT);
        }
        for (String word : words) {
            options = options.with(word);
        }
        return options;
    }

    private Options with(String word) {
        int equals = word.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("not like seconds=5: " + word);
        }
        String value = word.substring(equals + 1);
        return switch (word.substring(0, equals)) {
            case "faults" ->
                new Options(
                        chosen(Fault.class, value, Fault::word),
                        loads,
                        proxies,
                        seconds,
                        outageSeconds,
                        jvm,
                        jar,
                        kept,
                        docs);
            case "loads" ->
                new Options(
                        faults,
                        chosen(Load.class, value, Load::word),
                        proxies,
                        seconds,
                        outageSeconds,
                        jvm,
                        jar,
                        kept,
                        docs);
            case "proxies" ->
                new Options(
                        faults,
                        loads,
                        chosen(Proxy.class, value, Proxy::word),
                        seconds,
                        outageSeconds,
                        jvm,
                        jar,
                        kept,
                        docs);
            case "seconds" -> new Options(faults, loads, proxies, within(value), outageSeconds, jvm, jar, kept, docs);
            case "outage" -> new Options(faults, loads, proxies, seconds, within(value), jvm, jar, kept, docs);
            case "jvm" ->
                new Options(
                        faults,
                        loads,
                        proxies,
                        seconds,
                        outageSeconds,
                        List.of(value.split(" +", -1)),
                        jar,
                        kept,
                        docs);
            case "jar" -> new Options(faults, loads, proxies, seconds, outageSeconds, jvm, Path.of(value), kept, docs);
            case "kept" -> new Options(faults, loads, proxies, seconds, outageSeconds, jvm, jar, Path.of(value), docs);
            case "docs" -> new Options(faults, loads, proxies, seconds, outageSeconds, jvm, jar, kept, value);
            default -> throw new IllegalArgumentException("unknown: " + word);
        };
    }

    Trial trial(Fault fault, Load load) {
        int length = fault.course() == Fault.Course.OUTAGE ? outageSeconds : seconds;
        return new Trial(fault, load, Duration.ofSeconds(length), TAIL);
    }

    boolean writesDocument() {
        return !docs.equals(NO_DOCUMENT);
    }

    private static <E extends Enum<E>> Set<E> chosen(Class<E> type, String words, Function<E, String> word) {
        Set<E> chosen = EnumSet.noneOf(type);
        for (String wanted : words.split(",", -1)) {
            chosen.add(Arrays.stream(type.getEnumConstants())
                    .filter(one -> word.apply(one).equals(wanted))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("nothing is called " + wanted)));
        }
        return chosen;
    }

    private static int within(String value) {
        int number = Integer.parseInt(value);
        if (number < 1 || number > MAX_SECONDS) {
            throw new IllegalArgumentException(value + " is not from 1 to " + MAX_SECONDS);
        }
        return number;
    }
}
