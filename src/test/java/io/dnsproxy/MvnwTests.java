package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether {@code mvnw} finds its JDK and its Maven, on machines that are made up: a PATH, a HOME and JDKs of the test's own. */
class MvnwTests {

    private static final Path MVNW = Path.of("mvnw").toAbsolutePath();

    /** What a bare system has. */
    private static final List<String> BASICS =
            List.of("awk", "cat", "cut", "dirname", "mkdir", "mktemp", "readlink", "rm", "sed", "sha512sum");

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new TreeMap<>();
    private Path bin;
    private Path jdks;

    @BeforeEach
    void makeMachine() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no /bin/sh here");
        bin = Files.createDirectory(folder.resolve("bin"));
        jdks = Files.createDirectory(folder.resolve("jdks"));
        for (String basic : BASICS) {
            Tools.assumeInstalled(basic);
            Files.createSymbolicLink(bin.resolve(basic), Tools.find(basic).orElseThrow());
        }
        environment.put("PATH", bin.toString());
        environment.put("HOME", folder.toString());
        environment.put("MVNW_JDKS", jdks.toString());
    }

    @Test
    void takesTheJdkOfJavaHome() throws Exception {
        maven("3.9.9");
        jdk("jdk-26", "26");
        Path jdk = jdk("my jdk", "25.0.3");
        environment.put("JAVA_HOME", jdk.toString());

        assertThat(mvnw("verify").out()).contains("JAVA_HOME=" + jdk);
    }

    @Test
    void takesTheJdkOnThePath() throws Exception {
        maven("3.9.9");
        Path jdk = jdk("../elsewhere", "25");
        Files.createSymbolicLink(bin.resolve("javac"), jdk.resolve("bin/javac"));

        assertThat(mvnw("verify").out()).contains("JAVA_HOME=" + jdk.toRealPath());
    }

    @Test
    void passesOverJdksThatAreTooOldAndFoldersThatAreNone() throws Exception {
        maven("3.9.9");
        Path old = jdk("jdk-17", "17.0.15");
        jdk("jdk-8", "1.8.0_392");
        Files.createDirectory(jdks.resolve("default"));
        Path jdk = jdk("temurin-25", "25.0.3");
        environment.put("JAVA_HOME", old.toString());
        Files.createSymbolicLink(bin.resolve("javac"), old.resolve("bin/javac"));

        assertThat(mvnw("verify").out()).contains("JAVA_HOME=" + jdk);
    }

    @Test
    void saysInOneSentenceThatThereIsNoJdk() throws Exception {
        maven("3.9.9");
        jdk("jdk-17", "17.0.15");

        Result result = mvnw("verify");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .isEqualTo(
                        "mvnw: JDK 25 or newer needed, none found: install one (Eclipse Temurin, for instance) or set"
                                + " JAVA_HOME to it.\n");
    }

    @Test
    void doesWithoutAHome() throws Exception {
        environment.remove("HOME");

        assertThat(mvnw("verify").err()).startsWith("mvnw: JDK 25 or newer needed");
    }

    @Test
    void givesMavenEveryArgumentAsItIs() throws Exception {
        maven("3.9.9");
        jdk("jdk-25", "25");

        Result result = mvnw("-Dtest=FooTests", "a b", "*", "");

        assertThat(result.exitCode()).as(result.err()).isEqualTo(7);
        assertThat(result.out())
                .contains("<-f><" + MVNW.resolveSibling("pom.xml") + "><-Dtest=FooTests><a b><*><>")
                .contains("MAVEN 3.9.9");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void takesItsOwnMavenWhereThatOnThePathIsTooOld() throws Exception {
        maven("3.6.3");
        jdk("jdk-25", "25");
        Path pinned = Files.createDirectories(
                folder.resolve(".m2/wrapper/apache-maven-" + property("mavenVersion") + "/bin"));
        script(pinned.resolve("mvn"), "echo PINNED");

        assertThat(mvnw("verify").out()).isEqualTo("PINNED\n");
    }

    @Test
    void refusesAMavenWithAnotherChecksum() throws Exception {
        jdk("jdk-25", "25");
        // curl -fsSL -o FILE ADDRESS
        script(bin.resolve("curl"), "echo garbage > \"$3\"");

        Result result = mvnw("verify");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("mvnw: the SHA-512 of https://").endsWith("wrapper.properties\n");
        assertThat(folder.resolve(".m2/wrapper")).isEmptyDirectory();
    }

    @Test
    void isCleanToShellcheck() {
        Tools.assumeInstalled("shellcheck");

        Tools.Output output = Tools.run(
                "shellcheck", MVNW.toString(), MVNW.resolveSibling(".ci/run").toString());

        assertThat(output.text()).isEmpty();
        assertThat(output.exitCode()).isZero();
    }

    private record Result(int exitCode, String out, String err) {}

    private Result mvnw(String... arguments) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        List<String> command = new ArrayList<>(List.of(MVNW.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        int exitCode = builder.start().waitFor();
        return new Result(exitCode, Files.readString(out), Files.readString(err));
    }

    private Path jdk(String name, String version) throws IOException {
        Path jdk = Files.createDirectories(jdks.resolve(name).normalize());
        Files.createDirectory(jdk.resolve("bin"));
        script(jdk.resolve("bin/javac"), "exit 0");
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        return jdk;
    }

    /** A Maven on the PATH that tells how it was called, and ends with 7. */
    private void maven(String version) throws IOException {
        script(bin.resolve("mvn"), """
                if [ "$1" = --version ]; then
                    echo "Apache Maven %1$s (0123456789abcdef)"
                    exit 0
                fi
                echo "MAVEN %1$s JAVA_HOME=$JAVA_HOME"
                printf '<%%s>' "$@"
                exit 7""".formatted(version));
    }

    private static void script(Path file, String lines) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + lines + "\n", StandardCharsets.UTF_8);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static String property(String name) throws IOException {
        return Files.readAllLines(MVNW.resolveSibling(".mvn/wrapper.properties")).stream()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElseThrow();
    }
}
