package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.listener.ClientNetworks;
import io.dnsproxy.listener.ClientRules;
import io.dnsproxy.listener.ServerTls;
import io.dnsproxy.listener.TcpListener;
import io.dnsproxy.listener.TcpSettings;
import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.ServerCertificate;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.ThrowawayAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.TcpKeepaliveOption;
import org.xbill.DNS.Type;

/** DNS over TLS for clients (RFC 7858), which is TCP but for the handshake and the padding. */
class ClientTlsTests {

    private static final String NAME = "dns.example.net";
    private static final int BLOCK_OCTETS = 468;
    private static final Duration SHORT = Duration.ofMillis(300);

    private final ThrowawayAuthority authority = ThrowawayAuthority.create();
    private ScriptedResolver resolver;
    private TestProxy proxy;
    private ServerTls tls;
    private TcpListener listener;

    @BeforeEach
    void start() throws Exception {
        resolver = ScriptedResolver.start();
        proxy = TestProxy.asking(resolver);
        tls = new ServerTls(keys(authority.issue(NAME)));
        listen(new TcpSettings(1, Duration.ofMinutes(2), 10, 10, 100));
    }

    private void listen(TcpSettings settings) throws Exception {
        if (listener != null) {
            listener.close();
        }
        listener = new TcpListener(
                settings,
                TestProxy.Settings.asking(TestProxy.serverOf(resolver)).rules(),
                proxy.forwarder,
                tls);
        listener.start(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    @AfterEach
    void stop() {
        listener.close();
        proxy.close();
        resolver.close();
    }

    private static KeyManagerFactory keys(ServerCertificate certificate) throws Exception {
        return keys(certificate, certificate);
    }

    private static KeyManagerFactory keys(ServerCertificate certificate, ServerCertificate ofKey) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                NAME,
                ofKey.keyPair().getPrivate(),
                new char[0],
                certificate.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory;
    }

    private SSLSocket connect(String... protocols) throws IOException {
        InetSocketAddress address = listener.localAddresses().getFirst();
        SSLSocket socket = (SSLSocket)
                authority.clientContext().getSocketFactory().createSocket(address.getAddress(), address.getPort());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"dot"});
        if (protocols.length > 0) {
            parameters.setProtocols(protocols);
        }
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(5_000);
        socket.startHandshake();
        return socket;
    }

    private static Message with(EDNSOption... options) {
        Message query = Queries.query("www.example.org");
        query.addRecord(new OPTRecord(1232, 0, 0, 0, List.of(options)), Section.ADDITIONAL);
        return query;
    }

    @Row("T1")
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void answersWhatTcpAnswersOverEitherVersion(String version) throws Exception {
        SSLSocket socket = connect(version);
        try (TcpClient client = TcpClient.over(socket);
                TcpClient inClear = TcpClient.to(proxy.address())) {
            for (int i = 0; i < 20; i++) {
                Message query = Queries.query("www.example.org");
                assertThat(client.ask(query).toWire())
                        .isEqualTo(inClear.ask(query).toWire());
            }
            assertThat(socket.getSession().getProtocol()).isEqualTo(version);
            assertThat(socket.getApplicationProtocol()).isEqualTo("dot");
        }
        assertThat(listener.handshakes()).isEqualTo(1);
        assertThat(listener.accepted()).isEqualTo(1);
    }

    @Row("E10")
    @Test
    void padsAnswersToWhoeverKnowsEdns() throws Exception {
        try (TcpClient client = TcpClient.over(connect())) {
            client.send(with(new GenericEDNSOption(EDNSOption.Code.PADDING, new byte[5])));
            assertThat(client.receive()).hasSize(BLOCK_OCTETS);
            client.send(with());
            assertThat(client.receive()).hasSize(BLOCK_OCTETS);
            client.send(Queries.query("nxdomain.example.org"));
            assertThat(client.receive().length).isLessThan(BLOCK_OCTETS);
            client.send(Queries.withEdns(Queries.query("big.example.org", Type.TXT), 1232, 0));
            byte[] big = client.receive();
            assertThat(big.length).isGreaterThan(BLOCK_OCTETS);
            assertThat(big.length % BLOCK_OCTETS).isZero();
        }
    }

    @Test
    void tellsTheIdleTimeAndKeepsIt() throws Exception {
        listen(new TcpSettings(1, SHORT, 10, 10, 100));
        try (TcpClient client = TcpClient.over(connect())) {
            assertThat(client.ask(with(new TcpKeepaliveOption())).getOPT().getOptions())
                    .filteredOn(TcpKeepaliveOption.class::isInstance)
                    .singleElement()
                    .satisfies(option -> assertThat(((TcpKeepaliveOption) option).getTimeout())
                            .hasValue((int) (SHORT.toMillis() / 100)));

            assertThat(client.awaitEnd()).isEqualTo(Ending.FIN);
        }
        assertThat(listener.idleClosedCount()).isEqualTo(1);
    }

    @Test
    void aSlowAnswerHoldsUpNoOther() throws Exception {
        resolver.answer(
                query -> query.message().getQuestion().getName().toString().startsWith("slow")
                        ? Reply.right().after(Duration.ofSeconds(1))
                        : Reply.right());
        try (TcpClient client = TcpClient.over(connect())) {
            Message slow = Queries.query("slow.example.org");
            Message fast = Queries.query("www.example.org");
            client.send(slow, fast);

            assertThat(client.receiveMessage().getHeader().getID())
                    .isEqualTo(fast.getHeader().getID());
            assertThat(client.receiveMessage().getHeader().getID())
                    .isEqualTo(slow.getHeader().getID());
        }
    }

    @Test
    void aNewCertificateIsForNewConnections() throws Exception {
        try (TcpClient before = TcpClient.over(connect())) {
            tls.replace(keys(authority.issue("other.example.net")), ServerTls.Terms.USUAL);
            try (SSLSocket after = connect()) {
                assertThat(after.getSession().getPeerCertificates()[0].toString())
                        .contains("other.example.net");
            }
            assertThat(before.ask(Queries.query("www.example.org")).getRcode()).isEqualTo(Rcode.NOERROR);
        }
    }

    @Test
    void aCertificateWithAnothersKeyDoesNotReplaceAGoodOne() throws Exception {
        KeyManagerFactory mismatch = keys(authority.issue("other.example.net"), authority.issue("other.example.net"));

        assertThatThrownBy(() -> tls.replace(mismatch, ServerTls.Terms.USUAL))
                .isInstanceOf(SSLException.class)
                .hasMessage("the private key is not that of the certificate");

        try (SSLSocket after = connect()) {
            assertThat(after.getSession().getPeerCertificates()[0].toString()).contains(NAME);
        }
    }

    @Test
    void speaksOnTheTermsOfTheBundleOrSaysWhatIsWrongWithThem() throws Exception {
        KeyManagerFactory keys = keys(authority.issue(NAME));
        tls.replace(keys, new ServerTls.Terms(List.of("TLSv1.3"), List.of("TLS_AES_256_GCM_SHA384")));
        try (SSLSocket socket = connect()) {
            assertThat(socket.getSession().getCipherSuite()).isEqualTo("TLS_AES_256_GCM_SHA384");
        }
        assertThatThrownBy(() -> connect("TLSv1.2").close()).isInstanceOf(IOException.class);

        assertThatThrownBy(() -> new ServerTls(keys, new ServerTls.Terms(List.of("TLSv1.1"), List.of())))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("not in [TLSv1.1]");
        assertThatThrownBy(() -> new ServerTls(keys, new ServerTls.Terms(List.of(), List.of("NO_SUCH_CIPHER"))))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("NO_SUCH_CIPHER");
    }

    @Test
    void aNetworkThatIsNotServedIsNotWorthAHandshake() throws Exception {
        listener.close();
        listener = new TcpListener(
                new TcpSettings(1, Duration.ofMinutes(2), 10, 10, 100),
                ClientRules.serving(ClientNetworks.of(List.of("192.0.2.0/24"))),
                proxy.forwarder,
                tls);
        listener.start(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));

        assertThatThrownBy(() -> connect().close()).isInstanceOf(IOException.class);

        assertThat(listener.counters().prohibited()).isEqualTo(1);
        assertThat(listener.accepted()).isZero();
        assertThat(listener.failedHandshakes()).isZero();
    }

    @Row("T13")
    @Test
    void whoSpeaksInClearIsDisconnectedAndCounted() throws Exception {
        try (TcpClient clear = TcpClient.to(listener.localAddresses().getFirst())) {
            clear.send(Queries.query("www.example.org"));

            assertThat(clear.awaitEnd()).isNotNull();
        }
        await().until(() -> listener.failedHandshakes() == 1);
        assertThat(listener.counters().queries()).isZero();
    }

    @Test
    void whoSaysNothingAtAllIsDisconnected() throws Exception {
        listen(new TcpSettings(1, Duration.ofMinutes(2), SHORT, 10, 10, 100));
        try (Socket mute = new Socket()) {
            mute.connect(listener.localAddresses().getFirst());
            mute.setSoTimeout(5_000);

            assertThat(mute.getInputStream().readAllBytes()).isNotNull();
        }
        await().until(() -> listener.connections() == 0);
        assertThat(listener.failedHandshakes()).isEqualTo(1);
    }

    @Test
    void oldVersionsOfTlsAreRefused() {
        assertThatThrownBy(() -> connect("TLSv1.1").close()).isInstanceOf(Exception.class);
    }

    @Test
    void drainingAnswersWhatIsPending() throws Exception {
        resolver.answer(query -> Reply.right().after(SHORT));
        try (TcpClient client = TcpClient.over(connect())) {
            client.send(Queries.query("www.example.org"));
            await().until(() -> listener.inFlight() == 1);

            listener.drain();

            assertThat(client.receiveMessage().getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(client.awaitEnd()).isEqualTo(Ending.FIN);
        }
    }
}
