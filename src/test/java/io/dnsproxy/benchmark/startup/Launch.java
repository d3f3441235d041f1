package io.dnsproxy.benchmark.startup;

import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One process of a program, on 127.0.0.1, with its ports and its log. It is ended when closed. One thread. */
final class Launch implements AutoCloseable {

    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long END_SECONDS = 60;
    private static final int POLL_MILLIS = 2;

    private final Program program;
    private final Process process;
    private final Ports ports;
    private final Path log;
    private final long beginNanos;

    private Launch(Program program, Process process, Ports ports, Path log, long beginNanos) {
        this.program = program;
        this.process = process;
        this.ports = ports;
        this.log = log;
        this.beginNanos = beginNanos;
    }

    /**
     * Starts it.
     *
     * @param core the only one that it may use, where the system can see to that; negative for all
     */
    static Launch of(Program program, List<String> command, Upstream upstream, Path folder, int core)
            throws IOException {
        List<String> pinned = new ArrayList<>();
        if (core >= 0 && Tools.find("taskset").isPresent()) {
            pinned.addAll(List.of("taskset", "-c", Integer.toString(core)));
        }
        pinned.addAll(command);
        Path log = Files.createTempFile(folder, "log", ".txt");
        Ports ports = Ports.free();
        ProcessBuilder builder = new ProcessBuilder(pinned)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", System.getenv("PATH"));
        environment.put("MALLOC_ARENA_MAX", "2");
        environment.putAll(program.variables(ports, upstream));
        long beginNanos = System.nanoTime();
        return new Launch(program, builder.start(), ports, log, beginNanos);
    }

    /** Waits for its first answer; how long that took since it was started. */
    long firstAnswerNanos() throws IOException {
        while (!program.answers(ports)) {
            if (!process.isAlive() || System.nanoTime() - beginNanos > PATIENCE_NANOS) {
                throw new IOException(program.title() + " does not answer: " + said());
            }
            pause();
        }
        return System.nanoTime() - beginNanos;
    }

    Ports ports() {
        return ports;
    }

    long pid() {
        return process.pid();
    }

    String said() throws IOException {
        return Files.readString(log);
    }

    /** Ends it politely, and waits until it has. */
    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IOException(program.title() + " did not end: " + said());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void pause() {
        try {
            boolean _ = process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
