package io.dnsproxy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@link SocketFuzz} in short. */
class SocketFuzzIntegrationTests {

    @Test
    void thePackagedProgramWithstandsMutantsAndServesHonestClientsMeanwhile() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "what it has is seen on Linux only");
        Options options = Options.parse("datagrams=200000", "frames=20000", "minutes=2", "docs=none");

        SocketFuzz.Result result = SocketFuzz.run(options);

        assertThat(result.findings())
                .as("seed=%d%n%s", options.seed(), Report.text(result))
                .isEmpty();
    }
}
