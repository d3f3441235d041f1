package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.testkit.ServerCertificate;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.testkit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The DNS-over-TLS server that all ask: an Unbound on the second core.
 *
 * @param process its process
 * @param port where it listens on 127.0.0.1 to 127.0.0.16
 */
record Upstream(Process process, int port) {

    /** Addresses that it has, so that it can be taken for several. */
    static final int ADDRESSES = 16;

    /** Starts it, with a certificate by a new authority. */
    static Upstream start(Programs programs) throws IOException {
        Path program =
                Tools.find("unbound").orElseThrow(() -> new IOException("the upstream, unbound, is not installed"));
        writeCertificate(programs);
        int port = Place.freePort();
        Path configuration = new Place(programs.folder(), 0, port).write("upstream.conf");
        Process process = programs.start(
                "upstream",
                Cores.OTHERS,
                false,
                Map.of(),
                List.of(program.toString(), "-d", "-c", configuration.toString()));
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
