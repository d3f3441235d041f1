package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.benchmark.sidebyside.Demand.Transport;
import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is measured: each with one worker thread, a cache, and the upstream verified by name and authority. */
enum Contestant {
    FLOOR_C("floor in C", "cc", "") {
        @Override
        List<String> command(Place place, Options options) throws IOException {
            Path source = place.write("echo.c");
            Path program = place.folder().resolve("echo");
            Tools.Output cc = Tools.run("cc", "-O2", "-o", program.toString(), source.toString());
            if (cc.exitCode() != 0) {
                throw new IOException(cc.text());
            }
            return List.of(program.toString(), Integer.toString(place.port()));
        }
    },
    FLOOR_JAVA("floor in Java", "", "") {
        @Override
        List<String> command(Place place, Options options) {
            List<String> command = OwnJvm.command(options.jvm());
            command.addAll(List.of(Echo.class.getName(), Integer.toString(place.port())));
            return command;
        }
    },
    DNSPROXY("dnsproxy", "", "") {
        @Override
        List<String> command(Place place, Options options) {
            return ofJar(options.jvm(), options.jar());
        }

        @Override
        Map<String, String> variables(Place place) {
            return ownVariables(place);
        }
    },
    OTHER("other dnsproxy", "", "") {
        @Override
        List<String> command(Place place, Options options) {
            return ofJar(options.otherJvm(), options.other());
        }

        @Override
        Map<String, String> variables(Place place) {
            return ownVariables(place);
        }
    },
    UNBOUND("Unbound", "unbound", "-V") {
        @Override
        List<String> command(Place place, Options options) throws IOException {
            return List.of(program(), "-d", "-c", place.write("unbound.conf").toString());
        }
    },
    DNSDIST("dnsdist", "dnsdist", "--version") {
        @Override
        List<String> command(Place place, Options options) throws IOException {
            return List.of(
                    program(),
                    "--supervised",
                    "--disable-syslog",
                    "-C",
                    place.write("dnsdist.conf").toString());
        }
    },
    KRESD("Knot Resolver", "kresd", "--version") {
        @Override
        List<String> command(Place place, Options options) throws IOException {
            Path own = Files.createDirectories(place.folder().resolve("kresd"));
            return List.of(program(), "-n", "-c", place.write("kresd.conf").toString(), own.toString());
        }
    },
    STUBBY("Stubby (no cache)", "stubby", "-V") {
        @Override
        List<String> command(Place place, Options options) throws IOException {
            return List.of(program(), "-C", place.write("stubby.yml").toString());
        }
    };

    private static final int STUBBY_CARRIES = 20_000;

    private final String title;
    private final String program;
    private final String versionOption;

    /**
     * @param program what must be installed; empty if nothing
     * @param versionOption by which it tells its version; empty if nobody wants to know
     */
    Contestant(String title, String program, String versionOption) {
        this.title = title;
        this.program = program;
        this.versionOption = versionOption;
    }

    /** How it is started; writes what it needs for that. */
    abstract List<String> command(Place place, Options options) throws IOException;

    /** What it finds in its environment. */
    Map<String, String> variables(Place place) {
        return OwnJvm.variables();
    }

    private static List<String> ofJar(List<String> jvm, Path jar) {
        List<String> command = OwnJvm.command(jvm);
        command.addAll(List.of("-jar", jar.toAbsolutePath().toString()));
        return command;
    }

    private static Map<String, String> ownVariables(Place place) {
        return new TreeMap<>(Map.of(
                "SERVER_ADDRESS",
                "127.0.0.1",
                "SERVER_PORT",
                Integer.toString(place.port()),
                "MANAGEMENT_SERVER_PORT",
                "0",
                "DNSPROXY_LISTEN_WORKERS",
                "1",
                "RESOLVER_HOST",
                "127.0.0.1@" + place.upstreamPort() + '#' + Place.UPSTREAM_NAME,
                "SPRING_SSL_BUNDLE_PEM_BENCH_TRUSTSTORE_CERTIFICATE",
                "file:" + place.folder().resolve("authority.pem"),
                "DNSPROXY_UPSTREAM_SSL_BUNDLE",
                "bench"));
    }

    String title() {
        return title;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean isInstalled() {
        return program.isEmpty() || Tools.find(program).isPresent();
    }

    /** The first number with a dot that it tells about itself, with its name; empty if it tells none. */
    String version() {
        if (versionOption.isEmpty()) {
            return "";
        }
        String text = Tools.run(program(), versionOption).text();
        Matcher number = Pattern.compile("\\d+\\.\\d+(\\.\\d+)?").matcher(text);
        return number.find() ? title.replaceAll(" \\(.*", "") + ' ' + number.group() : "";
    }

    boolean isFloor() {
        return this == FLOOR_C || this == FLOOR_JAVA;
    }

    boolean isPeer() {
        return !isFloor() && !isOurs();
    }

    private boolean isOurs() {
        return this == DNSPROXY || this == OTHER;
    }

    /** Whether it compiles while it runs, and so needs time to get up to speed. */
    boolean isJava() {
        return this == FLOOR_JAVA || isOurs();
    }

    /** The floor knows no TCP, and who has no cache cannot carry half of what the others do. */
    boolean takes(Load load) {
        return (!isFloor() || load.transport() == Transport.UDP)
                && (this != STUBBY || load.demand().queriesPerSecond() <= STUBBY_CARRIES);
    }

    String program() {
        return Tools.find(program).orElseThrow().toString();
    }
}
