package io.dnsproxy.resilience;

import io.dnsproxy.benchmark.sidebyside.OwnJvm;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What stands between clients and upstreams: programs, each told of both upstreams by name and authority, with their own defaults. */
enum Proxy {
    DNSPROXY("dnsproxy") {
        @Override
        boolean isInstalled(Options options) {
            return Files.exists(options.jar());
        }

        @Override
        boolean takes(Fault fault) {
            return true;
        }

        @Override
        List<String> command(Options options, Path folder, int port, Scene scene) {
            List<String> command = OwnJvm.command(options.jvm());
            command.addAll(List.of("-jar", options.jar().toAbsolutePath().toString()));
            return command;
        }

        @Override
        Map<String, String> variables(Path folder, int port, Scene scene, boolean byPin) {
            Map<String, String> variables = new HashMap<>(Map.of(
                    "SERVER_ADDRESS",
                    "127.0.0.1",
                    "SERVER_PORT",
                    Integer.toString(port),
                    "MANAGEMENT_SERVER_PORT",
                    "-1",
                    "SPRING_SSL_BUNDLE_PEM_CHAOS_TRUSTSTORE_CERTIFICATE",
                    "file:" + folder.resolve("authority.pem"),
                    "DNSPROXY_UPSTREAM_SSL_BUNDLE",
                    "chaos"));
            List<ScriptedResolver> upstreams = scene.both();
            for (int i = 0; i < upstreams.size(); i++) {
                String prefix = "DNSPROXY_UPSTREAM_SERVERS_" + i;
                variables.put(prefix + "_HOST", "127.0.0.1");
                variables.put(
                        prefix + "_PORT", Integer.toString(upstreams.get(i).port()));
                variables.put(prefix + "_NAME", ScriptedResolver.NAME);
                if (byPin) {
                    variables.put(
                            prefix + "_PINS_0", upstreams.get(i).certificate().pin());
                }
            }
            return variables;
        }

        @Override
        boolean isJava() {
            return true;
        }
    },
    UNBOUND("Unbound") {
        @Override
        boolean isInstalled(Options options) {
            return Tools.find("unbound").isPresent();
        }

        @Override
        boolean takes(Fault fault) {
            return !fault.wantsPins();
        }

        @Override
        List<String> command(Options options, Path folder, int port, Scene scene) throws IOException {
            List<String> forward = new ArrayList<>();
            for (ScriptedResolver upstream : scene.both()) {
                forward.add("  forward-addr: 127.0.0.1@" + upstream.port() + '#' + ScriptedResolver.NAME);
            }
            Path configuration = folder.resolve(CONFIGURATION);
            try (InputStream in = Proxy.class.getResourceAsStream(CONFIGURATION)) {
                if (in == null) {
                    throw new IOException("no " + CONFIGURATION);
                }
                Files.writeString(
                        configuration,
                        new String(in.readAllBytes(), StandardCharsets.UTF_8)
                                .replace("@FOLDER@", folder.toString())
                                .replace("@PORT@", Integer.toString(port))
                                .replace("@FORWARD@", String.join("\n", forward)));
            }
            return List.of(Tools.find("unbound").orElseThrow().toString(), "-d", "-c", configuration.toString());
        }

        @Override
        Map<String, String> variables(Path folder, int port, Scene scene, boolean byPin) {
            return Map.of();
        }

        @Override
        boolean isJava() {
            return false;
        }
    };

    private static final String CONFIGURATION = "unbound.conf";

    private final String title;

    Proxy(String title) {
        this.title = title;
    }

    abstract boolean isInstalled(Options options);

    /** Whether it knows what the fault is about. */
    abstract boolean takes(Fault fault);

    /** How it is started; writes what it needs for that. */
    abstract List<String> command(Options options, Path folder, int port, Scene scene) throws IOException;

    /** What it finds in its environment. */
    abstract Map<String, String> variables(Path folder, int port, Scene scene, boolean byPin);

    /** Whether it compiles while it runs, and so needs time to get up to speed. */
    abstract boolean isJava();

    String title() {
        return title;
    }

    /** As it is written on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
