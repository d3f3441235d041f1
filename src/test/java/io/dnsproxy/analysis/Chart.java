package io.dnsproxy.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Curves over two axes as SVG that can be read on white and on black, in color and without. */
final class Chart {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 400;
    private static final int LEFT = 62;
    private static final int RIGHT = 16;
    private static final int TOP = 44;
    private static final int BOTTOM = 52;

    /** Colors that the color-blind can tell apart (Okabe and Ito), and dashes for those who see none. */
    private static final String STYLE = """
            <style>
            text { font: 13px system-ui, sans-serif; fill: #24292f; }
            .title { font-weight: 600; }
            .grid { stroke: #8c959f; stroke-opacity: .35; }
            .frame { stroke: #8c959f; fill: none; }
            .curve { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
            .c0 { stroke: #0072b2; }
            .c1 { stroke: #d55e00; stroke-dasharray: 8 3; }
            .c2 { stroke: #009e73; stroke-dasharray: 2.5 2.5; }
            .c3 { stroke: #b0558f; stroke-dasharray: 9 3 2 3; }
            .c4 { stroke: #767676; stroke-dasharray: 14 4; }
            @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3; }
            .c0 { stroke: #56b4e9; }
            .c1 { stroke: #e69f00; }
            .c2 { stroke: #2fc79a; }
            .c3 { stroke: #e39ac6; }
            .c4 { stroke: #a5a5a5; }
            }
            </style>
            """;

    private final String title;
    private final Axis x;
    private final Axis y;
    private final StringBuilder curves = new StringBuilder();
    private final List<String> names = new ArrayList<>();

    Chart(String title, Axis x, Axis y) {
        this.title = title;
        this.x = x;
        this.y = y;
    }

    /** Points joined by lines. */
    Chart line(String name, List<Point> points) {
        return curve(name, points, false);
    }

    /** Points joined by steps: from each point on its height holds until the next. */
    Chart steps(String name, List<Point> points) {
        return curve(name, points, true);
    }

    private Chart curve(String name, List<Point> points, boolean steps) {
        curves.append("<polyline class=\"curve c").append(names.size()).append("\" points=\"");
        double lastY = Double.NaN;
        for (Point point : points) {
            if (steps && !Double.isNaN(lastY)) {
                curves.append(at(point.x, lastY));
            }
            curves.append(at(point.x, point.y));
            lastY = point.y;
        }
        if (steps) {
            curves.append(at(x.to, lastY));
        }
        curves.append("\"/>\n");
        names.add(name);
        return this;
    }

    /** The whole file. */
    String svg() {
        StringBuilder out = new StringBuilder(8_192);
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
                .formatted(WIDTH, HEIGHT, escape(title)));
        out.append(STYLE);
        out.append(text("title", LEFT, 18, "start", title));
        axes(out);
        out.append(curves);
        legend(out);
        return out.append("</svg>\n").toString();
    }

    private void axes(StringBuilder out) {
        int bottom = HEIGHT - BOTTOM;
        int right = WIDTH - RIGHT;
        for (double tick : x.ticks) {
            String place = number(placeX(tick));
            out.append("<path class=\"grid\" d=\"M%s %dV%d\"/>\n".formatted(place, TOP, bottom));
            out.append(text("", placeX(tick), bottom + 18, "middle", label(tick)));
        }
        for (double tick : y.ticks) {
            String place = number(placeY(tick));
            out.append("<path class=\"grid\" d=\"M%d %sH%d\"/>\n".formatted(LEFT, place, right));
            out.append(text("", LEFT - 7, placeY(tick) + 4, "end", label(tick)));
        }
        out.append("<path class=\"frame\" d=\"M%d %dV%dH%d\"/>\n".formatted(LEFT, TOP, bottom, right));
        out.append(text("", (LEFT + right) / 2.0, HEIGHT - 12, "middle", x.label));
        double middle = (TOP + bottom) / 2.0;
        out.append("<text text-anchor=\"middle\" transform=\"translate(16 %s) rotate(-90)\">%s</text>\n"
                .formatted(number(middle), escape(y.label)));
    }

    private void legend(StringBuilder out) {
        double from = LEFT;
        for (int i = 0; i < names.size(); i++) {
            out.append("<path class=\"curve c%d\" d=\"M%s 32h26\"/>\n".formatted(i, number(from)));
            out.append(text("", from + 31, 36, "start", names.get(i)));
            from += 31 + 7.1 * names.get(i).length() + 16;
        }
    }

    private String at(double xValue, double yValue) {
        return number(placeX(xValue)) + ',' + number(placeY(yValue)) + ' ';
    }

    private double placeX(double value) {
        return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private double placeY(double value) {
        return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - BOTTOM - TOP);
    }

    private static String text(String style, double atX, double atY, String anchor, String text) {
        return "<text%s x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>\n"
                .formatted(
                        style.isEmpty() ? "" : " class=\"" + style + '"',
                        number(atX),
                        number(atY),
                        anchor,
                        escape(text));
    }

    private static String label(double tick) {
        return tick == Math.rint(tick) ? String.format(Locale.ROOT, "%,d", (long) tick) : Double.toString(tick);
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }

    /** One point in the axes' units. */
    record Point(double x, double y) {}

    /** What is beyond an axis is drawn at its end. */
    record Axis(String label, double from, double to, boolean logarithmic, List<Double> ticks) {

        static Axis linear(String label, double from, double to, double... ticks) {
            return new Axis(label, from, to, false, boxed(ticks));
        }

        static Axis logarithmic(String label, double from, double to, double... ticks) {
            return new Axis(label, from, to, true, boxed(ticks));
        }

        private static List<Double> boxed(double[] ticks) {
            return Arrays.stream(ticks).boxed().toList();
        }

        /** From 0 to 1. */
        double place(double value) {
            double within = Math.clamp(value, from, to);
            return logarithmic ? Math.log(within / from) / Math.log(to / from) : (within - from) / (to - from);
        }
    }
}
