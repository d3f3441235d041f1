package io.dnsproxy.benchmark.sidebyside;

import java.util.Locale;

/** Processor time as bars in SVG, a group for each load with a scale of its own; can be read on white and on black. */
final class Bars {

    private static final int WIDTH = 760;
    private static final int LEFT = 150;
    private static final int LONGEST = 520;
    private static final int ROW = 19;
    private static final int GROUP = 34;
    private static final String STYLE = """
            <style>
            text { font: 13px system-ui, sans-serif; fill: #24292f; }
            .title { font-weight: 600; }
            .floor { fill: #8c959f; }
            .ours { fill: #d55e00; }
            .peer { fill: #0072b2; }
            @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3; }
            .ours { fill: #e69f00; }
            .peer { fill: #56b4e9; }
            }
            </style>
            """;

    private final Results results;
    private final StringBuilder body = new StringBuilder();
    private int y;

    Bars(Results results) {
        this.results = results;
    }

    /** The whole file. */
    String svg() {
        y = 18;
        text("title", 4, "start", "Microseconds of processor time for each answered query");
        for (Load load : results.loads()) {
            group(load);
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
                        .formatted(WIDTH, y + ROW, "Processor time for each answered query")
                + STYLE
                + body
                + "</svg>\n";
    }

    private void group(Load load) {
        y += GROUP;
        text("title", LEFT, "start", load.title());
        double most = results.contestants(load).stream()
                .mapToDouble(contestant -> cpu(load, contestant))
                .max()
                .orElse(1);
        for (Contestant contestant : results.contestants(load)) {
            y += ROW;
            double length = LONGEST * cpu(load, contestant) / most;
            text("", LEFT - 8, "end", contestant.title());
            body.append(String.format(
                    Locale.ROOT,
                    "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"12\"/>\n",
                    contestant.isFloor() ? "floor" : contestant.isPeer() ? "peer" : "ours",
                    LEFT,
                    y - 10,
                    length));
            text("", LEFT + length + 6, "start", Report.number(cpu(load, contestant)));
        }
    }

    private double cpu(Load load, Contestant contestant) {
        return results.median(load, contestant, Measurement::cpuMicrosPerQuery);
    }

    private void text(String style, double x, String anchor, String words) {
        body.append(String.format(
                Locale.ROOT,
                "<text class=\"%s\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
                style,
                x,
                y,
                anchor,
                words));
    }
}
