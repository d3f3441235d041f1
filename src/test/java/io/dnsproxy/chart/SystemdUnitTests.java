package io.dnsproxy.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit for systemd. */
class SystemdUnitTests {

    private static final Path UNIT = Path.of("packaging/systemd/dnsproxy.service");

    @Test
    void systemdTakesIt(@TempDir Path folder) throws IOException {
        Tools.assumeInstalled("systemd-analyze");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path unit = Files.writeString(
                folder.resolve("dnsproxy.service"), Files.readString(UNIT).replace("/usr/bin/java", java));

        Tools.Output output = Tools.run("systemd-analyze", "verify", "--man=no", unit.toString());

        assertThat(output.exitCode()).as(output.text()).isZero();
        assertThat(output.text()).doesNotContain("dnsproxy.service");
    }

    @Test
    void itStopsByTheExitCodeOfSigterm() throws IOException {
        assertThat(Files.readAllLines(UNIT))
                .contains("SuccessExitStatus=143", "DynamicUser=yes", "NoNewPrivileges=yes");
    }
}
