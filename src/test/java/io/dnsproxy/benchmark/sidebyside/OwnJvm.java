package io.dnsproxy.benchmark.sidebyside;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Starts more of what this process is: the same JDK, the same classes. */
public final class OwnJvm {

    private OwnJvm() {}

    /** The beginning of a command, without a class or a jar. */
    public static List<String> command(List<String> flags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add("--enable-native-access=ALL-UNNAMED");
        return command;
    }

    /** The class path, from wherever it is started. */
    public static Map<String, String> variables() {
        String absolute = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        return Map.of("CLASSPATH", absolute);
    }
}
