package io.dnsproxy.fuzz;

/**
 * What the command line says, each word like {@code datagrams=10000000}.
 *
 * @param datagrams {@code datagrams=}: how many are sent
 * @param frames {@code frames=}: how many messages are written by TCP and TLS
 * @param minutes {@code minutes=}: what is not sent by then, is not
 * @param seed {@code seed=}: of all random numbers; default another one each time
 * @param docs {@code docs=docs}: where the document is that gets the figures, or {@code none}, which is the default when less is sent
 */
record Options(long datagrams, long frames, int minutes, long seed, String docs) {

    private static final String NO_DOCUMENT = "none";
    private static final long DATAGRAMS = 10_000_000;
    private static final long FRAMES = 1_000_000;

    /** Before anything is measured, a part of it. */
    private static final int WARM_PART = 20;

    /** @throws IllegalArgumentException if a word says nothing that is known */
    static Options parse(String... words) {
        Options options = new Options(DATAGRAMS, FRAMES, 20, System.nanoTime(), "");
        for (String word : words) {
            options = options.with(word);
        }
        return options;
    }

    private Options with(String word) {
        int equals = word.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("not like seed=5: " + word);
        }
        String value = word.substring(equals + 1);
        return switch (word.substring(0, equals)) {
            case "datagrams" -> new Options(Long.parseLong(value), frames, minutes, seed, docs);
            case "frames" -> new Options(datagrams, Long.parseLong(value), minutes, seed, docs);
            case "minutes" -> new Options(datagrams, frames, Integer.parseInt(value), seed, docs);
            case "seed" -> new Options(datagrams, frames, minutes, Long.parseLong(value), docs);
            case "docs" -> new Options(datagrams, frames, minutes, seed, value);
            default -> throw new IllegalArgumentException("unknown: " + word);
        };
    }

    long warmDatagrams() {
        return datagrams / WARM_PART;
    }

    long warmFrames() {
        return frames / WARM_PART;
    }

    boolean writesDocument() {
        return docs.isEmpty() ? datagrams >= DATAGRAMS && frames >= FRAMES : !docs.equals(NO_DOCUMENT);
    }

    String folder() {
        return docs.isEmpty() ? "docs" : docs;
    }
}
