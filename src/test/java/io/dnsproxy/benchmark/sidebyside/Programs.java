package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The programs of a run and the folder that they write to. All are ended, and the folder is removed, when it is closed or this process
 * ends, in whatever way a process can notice.
 */
public final class Programs implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 5;

    private final Path folder;
    private final List<Process> started = new ArrayList<>();
    private final Thread hook = new Thread(this::end);

    /** Makes the folder; nothing runs yet. */
    public Programs() throws IOException {
        folder = Files.createTempDirectory("programs");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Where all may write. */
    public Path folder() {
        return folder;
    }

    /**
     * Starts a program; what it says goes to a file, except where {@code talks}: then its output can be read and its input written.
     *
     * @param core the only one that it may use, where the system can see to that
     */
    public synchronized Process start(
            String name, int core, boolean talks, Map<String, String> variables, List<String> command)
            throws IOException {
        return start(name, Integer.toString(core), talks, variables, command);
    }

    /**
     * The same on several cores.
     *
     * @param cores the only ones that it may use, as {@code taskset} takes them
     */
    synchronized Process start(
            String name, String cores, boolean talks, Map<String, String> variables, List<String> command)
            throws IOException {
        List<String> pinned = new ArrayList<>();
        if (Tools.find("taskset").isPresent()) {
            pinned.addAll(List.of("taskset", "-c", cores));
        }
        pinned.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(pinned)
                .directory(folder.toFile())
                .redirectError(log(name).toFile());
        if (!talks) {
            builder.redirectOutput(log(name).toFile()).redirectErrorStream(true);
        }
        builder.environment().putAll(variables);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** What a program has said. */
    public String said(String name) throws IOException {
        return Files.readString(log(name));
    }

    private Path log(String name) {
        return folder.resolve(name + ".log");
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the hook runs already
        }
    }

    private synchronized void end() {
        started.forEach(Process::destroy);
        for (Process process : started) {
            try {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        started.clear();
        remove();
    }

    private void remove() {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.err.println("left behind: " + folder);
        }
    }
}
