package io.dnsproxy.benchmark.sidebyside;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a server is to work.
 *
 * @param folder what it may write to, with the authority's certificate in {@code authority.pem}
 * @param port where it listens on 127.0.0.1, UDP and TCP
 * @param upstreamPort of the DNS-over-TLS server on 127.0.0.1
 */
record Place(Path folder, int port, int upstreamPort) {

    /** What the upstream's certificate says. */
    static final String UPSTREAM_NAME = "upstream.example.net";

    /** Writes a configuration that lies beside this class, its placeholders filled in. */
    Path write(String resource) throws IOException {
        try (InputStream in = Place.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException(resource);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@FOLDER@", folder.toString())
                    .replace("@PORT@", Integer.toString(port))
                    .replace("@UPSTREAM_PORT@", Integer.toString(upstreamPort))
                    .replace("@UPSTREAM_NAME@", UPSTREAM_NAME)
                    .replace("@ADDRESS@", Question.ADDRESS);
            return Files.writeString(folder.resolve(resource), text);
        }
    }

    /** A port that nobody has at the moment: not all of these programs take port 0. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
