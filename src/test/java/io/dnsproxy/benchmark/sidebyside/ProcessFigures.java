package io.dnsproxy.benchmark.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What Linux knows of a process, from {@code /proc}. */
final class ProcessFigures {

    /** Linux tells times in hundredths of a second on every platform that has a JDK (USER_HZ). */
    private static final long MICROS_PER_TICK = 10_000;

    private static final int UTIME = 11; // fields 14 and 15 of /proc/pid/stat, counted from the one behind the name
    private static final int STIME = 12;

    private ProcessFigures() {}

    /** Processor time of all threads that it has and had, its own and the kernel's on its behalf. */
    static long cpuMicros(long pid) throws IOException {
        return cpuMicros(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
    }

    private static long cpuMicros(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * MICROS_PER_TICK;
    }

    /** Processor time of its threads whose names begin so, by name. */
    static Map<String, Long> threadCpuMicros(long pid, String prefix) throws IOException {
        Map<String, Long> micros = new TreeMap<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path thread : threads.toList()) {
                String name = Files.readString(thread.resolve("comm")).strip();
                if (name.startsWith(prefix)) {
                    micros.put(name, cpuMicros(Files.readString(thread.resolve("stat"))));
                }
            }
        }
        return micros;
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
