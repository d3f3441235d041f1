package io.dnsproxy.chart;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an instance exposes to Prometheus.
 *
 * @param text the scrape, in the text format 0.0.4
 * @param types each metric's type; a histogram under its name without {@code _bucket}
 * @param series each series name, {@code _bucket} and all, with the values that each of its labels has
 */
record Exposition(String text, Map<String, String> types, Map<String, Map<String, Set<String>>> series) {

    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    static Exposition parse(String text) {
        Map<String, String> types = new TreeMap<>();
        Map<String, Map<String, Set<String>>> series = new TreeMap<>();
        text.lines().forEach(line -> {
            if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ", -1);
                types.put(words[2], words[3]);
            } else if (!line.startsWith("#")) {
                Matcher sample = SAMPLE.matcher(line);
                if (sample.matches()) {
                    Map<String, Set<String>> labels = series.computeIfAbsent(sample.group(1), name -> new TreeMap<>());
                    Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
                    while (label.find()) {
                        labels.computeIfAbsent(label.group(1), name -> new TreeSet<>())
                                .add(label.group(2));
                    }
                }
            }
        });
        return new Exposition(text, types, series);
    }

    /** The labels of all series of a metric, but {@code le}, with their values. */
    Map<String, Set<String>> labelsOf(String metric) {
        Map<String, Set<String>> labels = new TreeMap<>();
        String suffix = types.getOrDefault(metric, "").equals("histogram") ? "_bucket" : "";
        labels.putAll(series.getOrDefault(metric + suffix, Map.of()));
        labels.remove("le");
        return labels;
    }

    /** The sum of a metric's samples. */
    double sum(String name, String... labels) {
        return text.lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .filter(line -> Set.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
