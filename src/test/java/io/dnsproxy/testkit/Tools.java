package io.dnsproxy.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs of others, where they are installed. Any thread. */
public final class Tools {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Where daemons live that the PATH of ordinary users leaves out. */
    private static final List<String> MORE_FOLDERS =
            List.of("/usr/local/sbin", "/usr/sbin", "/sbin", "/opt/homebrew/sbin");

    private Tools() {}

    /** Skips the test, and says why, when a program is not there. */
    public static void assumeInstalled(String... programs) {
        for (String program : programs) {
            Assumptions.assumeTrue(find(program).isPresent(), () -> program + " is not installed");
        }
    }

    /** Where a program is. */
    public static Optional<Path> find(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(
                        Pattern.compile(Pattern.quote(File.pathSeparator)).splitAsStream(path), MORE_FOLDERS.stream())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Runs a program and waits for its end, 20 seconds at most. */
    public static Output run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            Thread watch = Thread.startVirtualThread(() -> endAfterPatience(process));
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exitCode = process.waitFor();
            watch.interrupt();
            return new Output(String.join(" ", command), exitCode, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * What a program left behind.
     *
     * @param command what was run
     * @param exitCode its exit code; above 128 when it had to be killed
     * @param text what it wrote, errors and all
     */
    public record Output(String command, int exitCode, String text) {

        /** Its lines without the empty ones: {@code kdig +short} gives one a record. */
        public List<String> lines() {
            return text.lines().filter(line -> !line.isBlank()).toList();
        }
    }

    private static void endAfterPatience(Process process) {
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
