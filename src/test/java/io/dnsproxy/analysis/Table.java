package io.dnsproxy.analysis;

import java.util.Locale;

/** A table in Markdown, its first columns to the left and those with numbers to the right. */
public final class Table {

    private final StringBuilder text = new StringBuilder();

    /**
     * A table without rows.
     *
     * @param words how many columns have words
     */
    public Table(int words, String... heads) {
        row((Object[]) heads);
        text.append('|');
        for (int i = 0; i < heads.length; i++) {
            text.append(i < words ? "---|" : "---:|");
        }
        text.append('\n');
    }

    /** Adds a row; a cell is whatever its text says. */
    public Table row(Object... cells) {
        text.append('|');
        for (Object cell : cells) {
            text.append(' ').append(cell).append(" |");
        }
        text.append('\n');
        return this;
    }

    /** As a cell says it: {@code 1,234,567}. */
    public static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** As a cell says it: {@code 1.23}, and from a hundred on without a fraction. */
    public static String decimal(double number) {
        return String.format(Locale.ROOT, number < 100 ? "%.2f" : "%,.0f", number);
    }

    /** The whole table, each line ended. */
    public String markdown() {
        return text.toString();
    }
}
