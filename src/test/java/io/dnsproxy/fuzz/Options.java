package io.dnsproxy.fuzz;

import io.dnsproxy.analysis.CommandLine;
import java.util.Map;

/**
 * What the command line says, each word like {@code datagrams=10000000}.
 *
 * @param datagrams {@code datagrams=}: how many are sent
 * @param frames {@code frames=}: how many messages are written by TCP and TLS
 * @param minutes {@code minutes=}: what is not sent by then, is not
 * @param seed {@code seed=}: of all random numbers; default another one each time
 * @param docs {@code docs=docs}: where the document is that gets the figures, or {@code none}, which is the default when less is sent
 */
record Options(long datagrams, long frames, long minutes, long seed, String docs) {

    private static final long DATAGRAMS = 10_000_000;
    private static final long FRAMES = 1_000_000;

    /** Before anything is measured, a part of it. */
    private static final int WARM_PART = 20;

    private static final Map<String, String> DEFAULTS = Map.of(
            "datagrams", Long.toString(DATAGRAMS),
            "frames", Long.toString(FRAMES),
            "minutes", "20",
            "seed", "",
            "docs", "docs");

    /** @throws IllegalArgumentException if a word says nothing that is known */
    static Options parse(String... words) {
        CommandLine said = CommandLine.parse(DEFAULTS, words);
        long datagrams = said.number("datagrams");
        long frames = said.number("frames");
        boolean all = datagrams >= DATAGRAMS && frames >= FRAMES;
        return new Options(
                datagrams,
                frames,
                said.number("minutes"),
                said.says("seed") ? said.number("seed") : System.nanoTime(),
                all || said.says("docs") ? said.text("docs") : CommandLine.NONE);
    }

    long warmDatagrams() {
        return datagrams / WARM_PART;
    }

    long warmFrames() {
        return frames / WARM_PART;
    }

    boolean writesDocument() {
        return !docs.equals(CommandLine.NONE);
    }
}
