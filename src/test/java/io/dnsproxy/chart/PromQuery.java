package io.dnsproxy.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a query of Prometheus names. It is not checked for its form: that is promtool's business.
 *
 * @param selectors the series that it reads
 * @param labels the labels that it groups or joins by
 */
record PromQuery(List<Selector> selectors, Set<String> labels) {

    private static final Pattern TOKEN = Pattern.compile("""
            (?<skip> \\[[^]]*] | "(?:[^"\\\\]|\\\\.)*" | [0-9][0-9a-zA-Z.]* )
            | (?<by> \\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\((?<labels>[^)]*)\\) )
            | (?<function> [a-z_][a-z0-9_]*(?=\\s*(?:\\(|by\\b|without\\b)) )
            | (?<word> \\b(?:and|or|unless|bool|offset|by|without)\\b )
            | (?<metric> [a-zA-Z_:][a-zA-Z0-9_:]* ) \\s* (?:\\{(?<matchers>[^}]*)})?
            """, Pattern.COMMENTS);
    private static final Pattern MATCHER = Pattern.compile("([a-zA-Z_]\\w*)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");

    /**
     * One {@code metric{matchers}}.
     *
     * @param metric the series' name
     * @param matchers what its labels must be
     */
    record Selector(String metric, List<LabelMatcher> matchers) {}

    /**
     * One condition of a selector.
     *
     * @param label of this name
     * @param values one of these, for {@code =} and for {@code =~} of words with bars between; empty for anything else
     */
    record LabelMatcher(String label, List<String> values) {}

    static PromQuery parse(String query) {
        List<Selector> selectors = new ArrayList<>();
        Set<String> labels = new TreeSet<>();
        Matcher token = TOKEN.matcher(query);
        while (token.find()) {
            if (token.group("by") != null) {
                for (String label : token.group("labels").split(",", -1)) {
                    labels.add(label.strip());
                }
            } else if (token.group("metric") != null) {
                String matchers = token.group("matchers");
                selectors.add(new Selector(token.group("metric"), matchersOf(matchers == null ? "" : matchers)));
            }
        }
        return new PromQuery(selectors, labels);
    }

    private static List<LabelMatcher> matchersOf(String text) {
        return MATCHER.matcher(text)
                .results()
                .map(found -> new LabelMatcher(found.group(1), valuesOf(found.group(2), found.group(3))))
                .toList();
    }

    private static List<String> valuesOf(String operator, String text) {
        boolean isPlain = operator.equals("=") || (operator.equals("=~") && text.matches("[\\w|-]+"));
        return isPlain && !text.startsWith("$") ? List.of(text.split("\\|", -1)) : List.of();
    }
}
