package io.dnsproxy.benchmark.startup;

import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How a program is started. */
enum Way {
    JAR("java -jar") {
        @Override
        List<String> prepare(Program program, Path jar, List<String> flags, Upstream upstream, Path folder) {
            return List.of(java(), "-jar", jar.toString());
        }
    },

    IMAGE("the image's way") {
        @Override
        List<String> prepare(Program program, Path jar, List<String> flags, Upstream upstream, Path folder)
                throws IOException {
            Path extracted = folder.resolve(program.name());
            Tools.Output tools = Tools.run(
                    java(),
                    "-Djarmode=tools",
                    "-jar",
                    jar.toString(),
                    "extract",
                    "--destination",
                    extracted.toString());
            if (tools.exitCode() != 0) {
                throw new IOException(tools.text());
            }
            Path cache = extracted.resolve("cache.aot");
            List<String> command = new ArrayList<>(List.of(java()));
            command.addAll(flags);
            command.addAll(List.of("-jar", extracted.resolve(jar.getFileName()).toString()));
            Training.train(program, command, cache, upstream, Files.createDirectories(folder));
            command.add(1, "-XX:AOTCache=" + cache);
            return List.copyOf(command);
        }
    };

    private final String title;

    Way(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** As it is written on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Does once what the way takes, and returns the command that starts the program so. */
    abstract List<String> prepare(Program program, Path jar, List<String> flags, Upstream upstream, Path folder)
            throws IOException;

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
