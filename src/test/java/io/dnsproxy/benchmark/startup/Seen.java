package io.dnsproxy.benchmark.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What was seen of one start.
 *
 * @param millis from exec to the first answer
 * @param cpuMillis processor time of all its threads until then
 * @param restingKibibytes resident when it has come to rest, with the names in the cache if it has one; 0 where that was not measured
 */
record Seen(double millis, double cpuMillis, long restingKibibytes) {

    /** Linux tells times in hundredths of a second on every platform that has a JDK (USER_HZ). */
    private static final int MILLIS_PER_TICK = 10;

    private static final int UTIME = 11; // fields 14 and 15 of /proc/pid/stat, counted from the one behind the name
    private static final int STIME = 12;

    /** Processor time of all threads that it has and had. */
    static long cpuMillis(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * MILLIS_PER_TICK;
    }

    /** What it occupies in memory; pages of files that it has mapped and touched count. */
    static long rssKibibytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no VmRSS of process " + pid);
    }
}
