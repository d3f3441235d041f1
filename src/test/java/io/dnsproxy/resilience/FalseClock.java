package io.dnsproxy.resilience;

import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
        return clock;
    }

    /** Whether programs can be told a wrong time here: there is a compiler. */
    boolean works() {
        return Tools.find("cc").isPresent();
    }

    /** What a program must find in its environment; compiles the library. */
    Map<String, String> variables() {
        compile(library.resolveSibling(SOURCE));
        return Map.of("LD_PRELOAD", library.toString(), "FALSE_CLOCK", offset.toString());
    }

    /** From now on the time of day is wrong by so much, in whole seconds. */
    void set(Duration wrongBy) {
        ByteBuffer seconds = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        seconds.putLong(wrongBy.toSeconds()).flip();
        // Never truncated: programs have it mapped.
        try (FileChannel file = FileChannel.open(offset, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(seconds, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void compile(Path source) {
        try (InputStream in = FalseClock.class.getResourceAsStream(SOURCE)) {
            if (in == null) {
                throw new IllegalStateException("no " + SOURCE);
            }
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
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
