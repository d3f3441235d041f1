package io.dnsproxy.resilience;

import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The time of day that a program is told, wrong by as much as is wanted, while the clock that only ever runs forward stays as it is: as
 * when somebody sets the clock. A small library in C comes between the program and the system.
 */
final class FalseClock {

    private static final String SOURCE = "falseclock.c";

    private final Path offset;
    private final Path library;

    private FalseClock(Path offset, Path library) {
        this.offset = offset;
        this.library = library;
    }

    /**
     * Makes one, right until it is set.
     *
     * @param folder an existing folder; the caller removes it
     */
    static FalseClock in(Path folder) {
        FalseClock clock = new FalseClock(folder.resolve("clock"), folder.resolve("falseclock.so"));
        clock.set(Duration.ZERO);
        if (Tools.find("cc").isPresent()) {
            clock.compile(folder.resolve(SOURCE));
        }
        return clock;
    }

    /** Whether programs can be told a wrong time here: there was a compiler. */
    boolean works() {
        return Files.exists(library);
    }

    /** What a program must find in its environment. */
    Map<String, String> variables() {
        return Map.of("LD_PRELOAD", library.toString(), "FALSE_CLOCK", offset.toString());
    }

    /** From now on the time of day is wrong by so much, in whole seconds. */
    void set(Duration wrongBy) {
        try {
            Files.write(
                    offset,
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.nativeOrder())
                            .putLong(wrongBy.toSeconds())
                            .array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void compile(Path source) {
        try (InputStream in = FalseClock.class.getResourceAsStream(SOURCE)) {
            if (in == null) {
                throw new IllegalStateException("no " + SOURCE);
            }
            Files.copy(in, source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Tools.Output cc =
                Tools.run("cc", "-O2", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl");
        if (cc.exitCode() != 0) {
            throw new IllegalStateException(cc.text());
        }
    }
}
