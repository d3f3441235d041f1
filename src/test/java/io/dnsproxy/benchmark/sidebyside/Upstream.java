package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.testkit.ServerCertificate;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The DNS-over-TLS server that all ask, on the second core.
 *
 * @param process its process
 * @param port where it listens on 127.0.0.1, and Unbound on 127.0.0.2 to 127.0.0.16 too
 */
record Upstream(Process process, int port) {

    /** Addresses that it has, so that it can be taken for several. */
    static final int ADDRESSES = 16;

    /** What can be asked. */
    enum Program {
        /** Writes the length of an answer and the answer one after the other, with Nagle's algorithm on. */
        UNBOUND("unbound", "upstream.conf", "-d -c"),

        /** Writes an answer in one piece. */
        DNSDIST("dnsdist", "upstream-dnsdist.conf", "--supervised -C");

        private final String word;
        private final String configuration;
        private final String flags;

        Program(String word, String configuration, String flags) {
            this.word = word;
            this.configuration = configuration;
            this.flags = flags;
        }

        /** As it is written on the command line. */
        String word() {
            return word;
        }

        private List<String> command(Path file) throws IOException {
            Path program =
                    Tools.find(word).orElseThrow(() -> new IOException("the upstream, " + word + ", is not installed"));
            List<String> command = new ArrayList<>();
            command.add(program.toString());
            command.addAll(List.of(flags.split(" ", -1)));
            command.add(file.toString());
            return command;
        }
    }

    /** Starts it, with a certificate by a new authority. */
    static Upstream start(Programs programs, Program program) throws IOException {
        writeCertificate(programs);
        int port = Place.freePort();
        Path configuration = new Place(programs.folder(), 0, port).write(program.configuration);
        Process process = programs.start("upstream", Cores.OTHERS, false, Map.of(), program.command(configuration));
        return new Upstream(process, port);
    }

    /** What clients are to trust is {@code authority.pem} then, what the server shows {@code server.pem}. */
    private static void writeCertificate(Programs programs) throws IOException {
        ThrowawayAuthority authority = ThrowawayAuthority.create();
        ServerCertificate certificate = authority.issue(Place.UPSTREAM_NAME);
        authority.writePem(programs.folder());
        Files.writeString(programs.folder().resolve("server.pem"), certificate.chainPem());
        Files.writeString(programs.folder().resolve("server.key"), certificate.keyPem());
    }

    /** The first so many addresses, as a setting has them. */
    String servers(int count) {
        StringBuilder servers = new StringBuilder();
        for (int i = 1; i <= count; i++) {
            servers.append(i == 1 ? "" : ",")
                    .append("127.0.0.")
                    .append(i)
                    .append('@')
                    .append(port)
                    .append('#')
                    .append(Place.UPSTREAM_NAME);
        }
        return servers.toString();
    }
}
