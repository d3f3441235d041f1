package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.ServerCertificate;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.ThrowawayAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Rcode;

/** The packaged program with DNS over TLS for its clients. */
class ClientTlsIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern TLS_PORT = Pattern.compile("answering DNS over TLS on [^,]*?:(\\d+)");

    private final ThrowawayAuthority authority = ThrowawayAuthority.create();

    @TempDir
    private Path folder;

    private Path authorityPem;

    @BeforeEach
    void writeAuthority() throws IOException {
        authorityPem = authority.writePem(folder);
    }

    private void write(ServerCertificate certificate) throws IOException {
        Files.writeString(folder.resolve("server.key"), certificate.keyPem());
        Files.writeString(folder.resolve("server.pem"), certificate.chainPem());
    }

    private SSLSocket connect(int port) throws IOException {
        SSLSocket socket = (SSLSocket)
                authority.clientContext().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.startHandshake();
        return socket;
    }

    private String shownBy(int port) throws IOException {
        try (SSLSocket socket = connect(port)) {
            return socket.getSession().getPeerCertificates()[0].toString();
        }
    }

    private Jar.Settings tls(ScriptedResolver resolver) {
        return Jar.asking(authorityPem, resolver)
                .and("DNSPROXY_LISTEN_TLS_PORT", 0)
                .and("DNSPROXY_LISTEN_TLS_SSL_BUNDLE", "clients")
                .and("SPRING_SSL_BUNDLE_PEM_CLIENTS_KEYSTORE_CERTIFICATE", "file:" + folder.resolve("server.pem"))
                .and("SPRING_SSL_BUNDLE_PEM_CLIENTS_KEYSTORE_PRIVATEKEY", "file:" + folder.resolve("server.key"))
                .and("SPRING_SSL_BUNDLE_PEM_CLIENTS_RELOADONUPDATE", "true")
                .and("SPRING_SSL_BUNDLE_WATCH_FILE_QUIETPERIOD", "200ms")
                .inHaste();
    }

    @Test
    void servesClientsByTlsAndShowsANewCertificateWithoutARestart() throws Exception {
        write(authority.issue("one.example.net"));
        try (ScriptedResolver resolver = ScriptedResolver.start(authority);
                Jar jar = tls(resolver).start()) {
            await().atMost(PATIENCE).until(() -> TLS_PORT.matcher(jar.stdout()).find());
            Matcher found = TLS_PORT.matcher(jar.stdout());
            assertThat(found.find()).isTrue();
            int port = Integer.parseInt(found.group(1));
            try (TcpClient client = TcpClient.over(connect(port))) {
                assertThat(client.ask(Queries.query("www.example.org")).getRcode())
                        .isEqualTo(Rcode.NOERROR);
                assertThat(shownBy(port)).contains("one.example.net");

                write(authority.issue("two.example.net"));

                await().atMost(PATIENCE).until(() -> shownBy(port).contains("two.example.net"));
                assertThat(client.ask(Queries.query("mail.example.org")).getRcode())
                        .isEqualTo(Rcode.NOERROR);
                assertThat(jar.metric("dnsproxy_queries_total", "transport=\"tls\""))
                        .isEqualTo(2);

                jar.signal("TERM");
                assertThat(client.awaitEnd()).isEqualTo(Ending.FIN);
            }
            assertThat(jar.exitCode()).isEqualTo(143);
            assertThat(jar.stdout()).doesNotContain("\tat ");
        }
    }

    @Test
    void doesNotStartWithoutAKey() throws Exception {
        write(authority.issue("one.example.net"));
        Files.writeString(folder.resolve("server.key"), "no key\n");
        try (ScriptedResolver resolver = ScriptedResolver.start(authority);
                Jar jar = tls(resolver).launch()) {
            assertThat(jar.exitCode()).isEqualTo(1);
            assertThat(jar.stdout() + jar.stderr()).contains("dnsproxy.listen.tls.ssl-bundle");
        }
    }
}
