package io.dnsproxy.fuzz;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What must not be, with the first octets that showed it. Any thread. */
final class Findings {

    private static final int EXAMPLES = 3;
    private static final int OCTETS_SHOWN = 1_500;

    private final Map<String, Finding> byWords = new TreeMap<>();

    private static final class Finding {
        private long times;
        private final List<String> examples = new ArrayList<>();
    }

    /** Notes one. */
    synchronized void add(String words) {
        add(words, "");
    }

    /** Notes one, with what was sent and what came. */
    void add(String words, byte[] sent, byte[] received) {
        add(words, "sent " + hex(sent) + ", received " + hex(received));
    }

    private synchronized void add(String words, String example) {
        Finding finding = byWords.computeIfAbsent(words, _ -> new Finding());
        finding.times++;
        if (!example.isEmpty() && finding.examples.size() < EXAMPLES) {
            finding.examples.add(example);
        }
    }

    /** One sentence each, the examples behind it; empty if all is well. */
    synchronized List<String> all() {
        return byWords.entrySet().stream()
                .map(entry -> entry.getKey() + " (" + entry.getValue().times + " times)"
                        + String.join(
                                "",
                                entry.getValue().examples.stream()
                                        .map(e -> "\n    " + e)
                                        .toList()))
                .toList();
    }

    private static String hex(byte[] octets) {
        int shown = Math.min(octets.length, OCTETS_SHOWN);
        return octets.length + " octets " + HexFormat.of().formatHex(octets, 0, shown);
    }
}
