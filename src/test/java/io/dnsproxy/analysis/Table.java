package io.dnsproxy.analysis;

/** A table in Markdown, its first columns to the left and those with numbers to the right. */
final class Table {

    private final StringBuilder text = new StringBuilder();

    /**
     * A table without rows.
     *
     * @param words how many columns have words
     */
    Table(int words, String... heads) {
        row((Object[]) heads);
        text.append('|');
        for (int i = 0; i < heads.length; i++) {
            text.append(i < words ? "---|" : "---:|");
        }
        text.append('\n');
    }

    Table row(Object... cells) {
        text.append('|');
        for (Object cell : cells) {
            text.append(' ').append(cell).append(" |");
        }
        text.append('\n');
        return this;
    }

    String markdown() {
        return text.toString();
    }
}
