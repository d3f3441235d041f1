package io.dnsproxy.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** Notes how each test that proves a {@link Row} ended, one line for each, for {@link Report}. */
final class RowResults implements TestWatcher {

    /** Class, method, and how it ended, separated by blanks; of a test that ran more than once the last run counts. */
    static final Path FILE = Path.of("target", "conformance.txt");

    @Override
    public void testSuccessful(ExtensionContext context) {
        note(context, "passed");
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        note(context, "failed");
    }

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        note(context, "skipped");
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        note(context, "skipped");
    }

    private static void note(ExtensionContext context, String result) {
        String line = context.getRequiredTestClass().getSimpleName() + " "
                + context.getRequiredTestMethod().getName() + " " + result + "\n";
        try {
            Files.writeString(FILE, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
