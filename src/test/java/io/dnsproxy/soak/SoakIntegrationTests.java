package io.dnsproxy.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@link Soak} in short. */
class SoakIntegrationTests {

    @Test
    void thePackagedProgramHasNoMoreAfterMixedLoadAndFaultsThanBefore() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "what it has is seen on Linux only");

        Soak.Result result = Soak.run(Options.parse("seconds=20", "percent=25", "docs=none"));

        assertThat(result.findings()).as(Report.text(result)).isEmpty();
        assertThat(result.resets()).isPositive();
        assertThat(result.outages()).isPositive();
    }
}
