package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Counts the system calls of a process, by {@code perf}; that slows it, so nothing else is measured meanwhile. One thread. */
final class SystemCalls implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 5;

    /** So long it may take until it counts; before that the server has nothing to do. */
    private static final long ATTACH_MILLIS = 400;

    private static final String EVENT = "raw_syscalls:sys_enter";

    private final Process perf;
    private final Path file;

    private SystemCalls(Process perf, Path file) {
        this.perf = perf;
        this.file = file;
    }

    /** Whether {@code perf} is there and may look. */
    static boolean canBeCounted() {
        return Tools.find("perf").isPresent()
                && Tools.run("perf", "stat", "-e", EVENT, "true").exitCode() == 0;
    }

    static SystemCalls of(long pid, Programs programs) throws IOException {
        Path file = programs.folder().resolve("calls");
        Process perf = programs.start(
                "perf",
                Cores.OTHERS,
                false,
                Map.of(),
                List.of("perf", "stat", "-x", ",", "-o", file.toString(), "-e", EVENT, "-p", Long.toString(pid)));
        try {
            if (perf.waitFor(ATTACH_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException(programs.said("perf"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new SystemCalls(perf, file);
    }

    /** How many there were until now. */
    long end() throws IOException {
        Tools.Output _ = Tools.run("kill", "-INT", Long.toString(perf.pid()));
        try {
            if (!perf.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("perf does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (String line : Files.readAllLines(file)) {
            if (line.contains(EVENT)) {
                return Long.parseLong(line.substring(0, line.indexOf(',')));
            }
        }
        throw new IOException("perf has not counted");
    }

    @Override
    public void close() {
        perf.destroyForcibly();
    }
}
