package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.testkit.Tools;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * TCP segments with data that a process has sent upstream, as {@code ss} tells them. On loopback a segment takes 64 KB, so there
 * are as many as there were writes of whole TLS records, or fewer.
 */
final class UpstreamSegments {

    private static final Pattern SENT = Pattern.compile("data_segs_out:(\\d+)");

    private UpstreamSegments() {}

    /** Whether they can be told. */
    static boolean canBeCounted() {
        return Tools.find("ss").isPresent();
    }

    /** Connections of a process that are open now; -1 if that cannot be told. */
    static long connections(long pid, int upstreamPort) {
        if (!canBeCounted()) {
            return -1;
        }
        Tools.Output output = Tools.run("ss", "-Htnp", "state", "established", "dport", "=", ":" + upstreamPort);
        return output.lines().stream()
                .filter(line -> line.contains("pid=" + pid + ","))
                .count();
    }

    /** Connections of clients to a port of this machine, open now. */
    static long accepted(int port) {
        return Tools.run("ss", "-Htn", "state", "established", "sport", "=", ":" + port).lines().stream()
                .count();
    }

    /** By all connections that are open now. */
    static long sent(long pid, int upstreamPort) {
        Tools.Output output = Tools.run("ss", "-HOtinp", "state", "established", "dport", "=", ":" + upstreamPort);
        long segments = 0;
        for (String line : output.lines()) {
            Matcher sent = SENT.matcher(line);
            if (line.contains("pid=" + pid + ",") && sent.find()) {
                segments += Long.parseLong(sent.group(1));
            }
        }
        return segments;
    }
}
