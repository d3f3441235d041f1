package io.dnsproxy.resolver.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.benchmark.CacheMemory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * The bound on the cache is one on memory only if the cache knows what its entries occupy. Measured in a JVM of its own, whose
 * collector leaves no gaps, so that each run sees the same.
 */
class AnswerCacheMemoryTests {

    private static final double TOLERANCE = 0.05;

    @Test
    void answersOfOneAddressOccupyWhatTheCacheBelieves() throws Exception {
        assertBelief(fill(1, 4));
        assertBelief(fill(1, 16));
    }

    @Test
    void longAnswersOccupyWhatTheCacheBelieves() throws Exception {
        assertBelief(fill(30, 16));
    }

    @Test
    void anAnswerOfOneAddressOccupiesTwoHundredOctetsAtMost() throws Exception {
        Seen seen = fill(1, 16);

        assertThat(seen.usedOctets / seen.entries).as("%s", seen).isBetween(100L, 200L);
    }

    private static void assertBelief(Seen seen) {
        assertThat(seen.believedOctets / (double) seen.usedOctets)
                .as("believed by used, %s", seen)
                .isBetween(1 - TOLERANCE, 1 + TOLERANCE);
        assertThat(seen.believedOctets).as("%s", seen).isBetween(seen.maxOctets * 85 / 100, seen.maxOctets);
    }

    /** What {@link CacheMemory} prints. */
    private record Seen(long maxOctets, long entries, long believedOctets, long usedOctets) {}

    private static Seen fill(int records, int megabytes) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:MarkSweepDeadRatio=0",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CacheMemory.class.getName(),
                        Integer.toString(records),
                        Integer.toString(megabytes))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream printed = process.getInputStream()) {
            String line = new String(printed.readAllBytes(), StandardCharsets.US_ASCII).strip();
            assertThat(process.waitFor())
                    .as("exit code, after printing %s", line)
                    .isZero();
            long[] numbers = Arrays.stream(line.split(" ", -1))
                    .mapToLong(Long::parseLong)
                    .toArray();
            return new Seen(numbers[0], numbers[1], numbers[2], numbers[3]);
        }
    }
}
