package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.testkit.Tools;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JVM's heap holds after a collection, as {@code jcmd} tells it of the serial collector. */
public final class LiveHeap {

    private static final Pattern USED = Pattern.compile("(?:generation|DefNew|Tenured) .*used (\\d+)K");

    private LiveHeap() {}

    /** Collects, then looks. */
    public static long kibibytes(long pid) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String process = Long.toString(pid);
        Tools.run(jcmd, process, "GC.run");
        Tools.Output output = Tools.run(jcmd, process, "GC.heap_info");
        long used = 0;
        Matcher generation = USED.matcher(output.text());
        while (generation.find()) {
            used += Long.parseLong(generation.group(1));
        }
        if (used == 0) {
            throw new IllegalStateException("no generations: " + output.text());
        }
        return used;
    }
}
