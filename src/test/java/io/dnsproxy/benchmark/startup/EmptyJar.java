package io.dnsproxy.benchmark.startup;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;

/** The packaged program with {@link EmptyApplication} in place of its classes, and without the libraries that only these need. */
final class EmptyJar {

    private static final String CLASSES = "BOOT-INF/classes/";
    private static final String LIBRARIES = "BOOT-INF/lib/";
    private static final String INDEX = "BOOT-INF/classpath.idx";

    /** How the names of libraries begin that neither spring-boot-starter-webmvc nor spring-boot-starter-actuator has. */
    private static final List<String> OURS = List.of(
            "caffeine",
            "dnsjava",
            "error_prone",
            "jakarta.activation",
            "jakarta.xml",
            "lettuce",
            "micrometer-registry",
            "netty",
            "prometheus",
            "reactive-streams",
            "reactor",
            "redis",
            "spring-boot-data",
            "spring-boot-netty",
            "spring-boot-persistence",
            "spring-boot-transaction",
            "spring-context-support",
            "spring-data",
            "spring-messaging",
            "spring-oxm",
            "spring-tx");

    private EmptyJar() {}

    /** Writes it. */
    static void write(Path ours, Path empty) throws IOException {
        try (JarFile from = new JarFile(ours.toFile());
                JarOutputStream to = new JarOutputStream(new BufferedOutputStream(Files.newOutputStream(empty)))) {
            manifest(from, to);
            for (JarEntry entry : from.stream().toList()) {
                if (!isOurs(entry.getName()) && !entry.getName().equals(JarFile.MANIFEST_NAME)) {
                    copy(from, entry, to);
                }
            }
            String path = EmptyApplication.class.getName().replace('.', '/') + ".class";
            to.putNextEntry(new JarEntry(CLASSES + path));
            try (InputStream in = EmptyApplication.class.getResourceAsStream("/" + path)) {
                if (in == null) {
                    throw new FileNotFoundException(path);
                }
                in.transferTo(to);
            }
            to.closeEntry();
        }
    }

    private static void manifest(JarFile from, JarOutputStream to) throws IOException {
        Manifest manifest = new Manifest(from.getManifest());
        manifest.getMainAttributes().put(new Attributes.Name("Start-Class"), EmptyApplication.class.getName());
        to.putNextEntry(new JarEntry(JarFile.MANIFEST_NAME));
        manifest.write(to);
        to.closeEntry();
    }

    /** Nested jars stay as they are, for they are stored uncompressed. */
    private static void copy(JarFile from, JarEntry entry, JarOutputStream to) throws IOException {
        try (InputStream in = from.getInputStream(entry)) {
            if (entry.getName().equals(INDEX)) {
                String kept = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !isOurs(line.replaceAll("- \"|\"", "")))
                        .collect(Collectors.joining("\n", "", "\n"));
                to.putNextEntry(new JarEntry(INDEX));
                to.write(kept.getBytes(StandardCharsets.UTF_8));
            } else {
                JarEntry same = new JarEntry(entry);
                if (same.getMethod() == ZipEntry.DEFLATED) {
                    same.setCompressedSize(-1);
                }
                to.putNextEntry(same);
                in.transferTo(to);
            }
        }
        to.closeEntry();
    }

    private static boolean isOurs(String name) {
        if (name.startsWith(LIBRARIES)) {
            String library = name.substring(LIBRARIES.length());
            return OURS.stream().anyMatch(library::startsWith);
        }
        boolean isApplication = name.startsWith(CLASSES) || name.startsWith("META-INF/");
        return isApplication && !name.endsWith("/") && !name.startsWith("META-INF/services/");
    }
}
