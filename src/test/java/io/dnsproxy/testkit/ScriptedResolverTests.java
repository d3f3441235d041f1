package io.dnsproxy.testkit;

import static io.dnsproxy.testkit.Queries.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Each fault of the resolver, as the JDK's own TLS client sees it. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ScriptedResolverTests {

    private static final Duration SHORT = Duration.ofMillis(200);

    private ScriptedResolver resolver;
    private SSLContext context;

    @BeforeEach
    void start() {
        resolver = ScriptedResolver.start();
        context = resolver.authority().clientContext();
    }

    @AfterEach
    void stop() {
        resolver.close();
    }

    @Test
    void answersAsAnHonestResolverUntilToldOtherwise() throws IOException {
        try (TcpClient client = connect()) {
            Message query = query("www.example.org");
            Message answer = client.ask(query);

            assertThat(answer.getHeader().getID()).isEqualTo(query.getHeader().getID());
            assertThat(answer.getQuestion()).isEqualTo(query.getQuestion());
            assertThat(answer.getSection(Section.ANSWER).getFirst().rdataToString())
                    .isEqualTo(ExampleZone.addressOf("www.example.org").getHostAddress());
        }
    }

    @Test
    void tellsWhatItReceived() throws IOException {
        long before = System.nanoTime();
        Message query = query("www.example.org", Type.AAAA);
        try (TcpClient client = connect()) {
            client.ask(query);
        }

        assertThat(resolver.queries()).singleElement().satisfies(received -> {
            assertThat(received.octets()).isEqualTo(query.toWire());
            assertThat(received.connection()).isEqualTo(1);
            assertThat(received.number()).isEqualTo(1);
            assertThat(received.name()).isEqualTo("www.example.org");
            assertThat(received.type()).isEqualTo(Type.AAAA);
            assertThat(received.arrivalNanos()).isBetween(before, System.nanoTime());
        });
        assertThat(resolver.applicationOctets()).isEqualTo(query.toWire().length + 2);
    }

    @Test
    void tellsWhatTheHandshakeWas() throws IOException {
        try (TcpClient client = connect("dot", "h2")) {
            client.ask(query("www.example.org"));

            assertThat(((SSLSocket) client.socket()).getApplicationProtocol()).isEqualTo("dot");
            assertThat(resolver.connections()).singleElement().satisfies(seen -> {
                assertThat(seen.startedTls()).isTrue();
                assertThat(seen.handshakeCompleted()).isTrue();
                assertThat(seen.resumed()).isFalse();
                assertThat(seen.serverName()).isEqualTo(ScriptedResolver.NAME);
                assertThat(seen.alpnOffered()).containsExactly("dot", "h2");
                assertThat(seen.alpnSelected()).isEqualTo("dot");
                assertThat(seen.protocol()).isEqualTo("TLSv1.3");
                assertThat(seen.isOpen()).isTrue();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void speaksOnlyTheVersionsItIsTold(String protocol) throws IOException {
        resolver.protocols(protocol);
        try (TcpClient client = connect()) {
            client.ask(query("www.example.org"));
        }
        assertThat(resolver.connections())
                .singleElement()
                .extracting(SeenConnection::protocol)
                .isEqualTo(protocol);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void resumesASessionAndTellsSo(String protocol) throws IOException {
        resolver.protocols(protocol);
        for (int i = 0; i < 3; i++) {
            try (TcpClient client = connect()) {
                client.ask(query("www.example.org"));
            }
        }
        assertThat(resolver.fullHandshakes()).isEqualTo(1);
        assertThat(resolver.resumedHandshakes()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void resumesNothingWhenToldNotTo(String protocol) throws IOException {
        resolver.protocols(protocol);
        resolver.resumption(false);
        for (int i = 0; i < 3; i++) {
            try (TcpClient client = connect()) {
                client.ask(query("www.example.org"));
            }
        }
        assertThat(resolver.fullHandshakes()).isEqualTo(3);
        assertThat(resolver.resumedHandshakes()).isZero();
    }

    @Test
    void resumesNothingAfterItForgotItsSessions() throws IOException {
        for (int i = 0; i < 2; i++) {
            try (TcpClient client = connect()) {
                client.ask(query("www.example.org"));
            }
            resolver.forgetSessions();
        }
        assertThat(resolver.fullHandshakes()).isEqualTo(2);
    }

    @Test
    void showsAnotherCertificateFromTheNextHandshakeOn() throws IOException {
        ServerCertificate first = resolver.certificate();
        ServerCertificate second = resolver.authority().issue(ScriptedResolver.NAME);

        assertThat(pinSeen()).isEqualTo(first.pin());
        resolver.certificate(second);
        assertThat(pinSeen()).isEqualTo(second.pin());
        assertThat(resolver.resumedHandshakes()).isZero();
    }

    @Test
    void answersOutOfOrderWhenDelaysDiffer() throws IOException {
        resolver.answer(query -> query.isFor("late.example.org") ? Reply.right().after(SHORT) : Reply.right());
        try (TcpClient client = connect()) {
            Message late = query("late.example.org");
            Message early = query("early.example.org");
            client.send(late, early);

            assertThat(client.receiveMessage().getQuestion()).isEqualTo(early.getQuestion());
            assertThat(client.receiveMessage().getQuestion()).isEqualTo(late.getQuestion());
        }
    }

    @Test
    void keepsManyDelayedAnswersInFlightAtOnce() throws IOException {
        resolver.answer(query -> Reply.right().after(SHORT));
        try (TcpClient client = connect()) {
            Message[] queries = IntStream.range(0, 200)
                    .mapToObj(i -> query("n" + i + ".example.org"))
                    .toArray(Message[]::new);
            long before = System.nanoTime();
            client.send(queries);
            for (int i = 0; i < queries.length; i++) {
                client.receive();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(SHORT, SHORT.multipliedBy(20));
        }
    }

    @Test
    void neverAnswers() throws IOException {
        resolver.answer(query -> query.isFor("never.example.org") ? Reply.none() : Reply.right());
        try (TcpClient client = connect()) {
            Message other = query("www.example.org");
            client.send(query("never.example.org"), other);

            assertThat(client.receiveMessage().getHeader().getID())
                    .isEqualTo(other.getHeader().getID());
            client.patience(SHORT);
            assertThatThrownBy(client::receive).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void closesInsteadOfAnswering() throws IOException {
        resolver.answer(query -> Reply.closeBefore());
        try (TcpClient client = connect()) {
            client.send(query("www.example.org"));
            assertThatThrownBy(client::receive).isInstanceOf(EOFException.class);
        }
        assertThat(resolver.lastConnection()).extracting("endedByScript").isEqualTo(true);
    }

    @Test
    void closesHalfWayThroughAnAnswer() throws IOException {
        resolver.answer(query -> Reply.right().closeHalfWay(7));
        try (TcpClient client = connect()) {
            client.send(query("www.example.org"));
            assertThat(client.socket().getInputStream().readAllBytes()).hasSize(7);
        }
    }

    @Test
    void closesAfterAnAnswer() throws IOException {
        resolver.answer(query -> Reply.right().closeAfter());
        try (TcpClient client = connect()) {
            client.ask(query("www.example.org"));
            assertThat(client.awaitEnd()).isEqualTo(Ending.FIN);
        }
    }

    @Test
    void endsEachConnectionAfterSoManyQueries() throws IOException {
        resolver.answer(ScriptedResolver.HONEST.endingAfter(2, Ending.FIN));
        for (int i = 0; i < 2; i++) {
            try (TcpClient client = connect()) {
                client.ask(query("www.example.org"));
                client.ask(query("www.example.org"));
                assertThat(client.awaitEnd()).isEqualTo(Ending.FIN);
            }
        }
        assertThat(resolver.queries()).hasSize(4);
    }

    @Test
    void resetsInsteadOfAnswering() throws IOException {
        resolver.answer(query -> Reply.none().thenReset());
        try (TcpClient client = connect()) {
            client.send(query("www.example.org"));
            assertThat(client.awaitEnd()).isEqualTo(Ending.RESET);
        }
    }

    @Test
    void sendsAWrongIdAndThenTheRightOne() throws IOException {
        resolver.answer(query -> Reply.right().wrongId().thenRight());
        try (TcpClient client = connect()) {
            Message query = query("www.example.org");
            Message wrong = client.ask(query);
            assertThat(wrong.getHeader().getID()).isNotEqualTo(query.getHeader().getID());
            assertThat(wrong.getQuestion()).isEqualTo(query.getQuestion());
            assertThat(client.receiveMessage().getHeader().getID())
                    .isEqualTo(query.getHeader().getID());
        }
    }

    @Test
    void sendsAWrongQuestion() throws IOException {
        resolver.answer(query -> Reply.right().wrongQuestion());
        try (TcpClient client = connect()) {
            Message query = query("www.example.org");
            Message wrong = client.ask(query);
            assertThat(wrong.getHeader().getID()).isEqualTo(query.getHeader().getID());
            assertThat(wrong.getQuestion().getName()).isEqualTo(ExampleZone.UNASKED);
            assertThat(wrong.getSection(Section.ANSWER)).isNotEmpty();
        }
    }

    @Test
    void sendsEachOctetInARecordOfItsOwn() throws IOException {
        resolver.answer(query -> Reply.right().inOneByteRecords());
        try (TcpClient client = connect()) {
            client.send(query("www.example.org"));
            byte[] buffer = new byte[100];
            assertThat(client.socket().getInputStream().read(buffer)).isEqualTo(1);
            assertThat(client.socket().getInputStream().read(buffer)).isEqualTo(1);
        }
    }

    @Test
    void sendsAnAnswerInOneRecord() throws IOException {
        try (TcpClient client = connect()) {
            client.send(query("big.example.org", Type.TXT));
            byte[] buffer = new byte[16384];
            assertThat(client.socket().getInputStream().read(buffer)).isGreaterThan(3000);
        }
    }

    @Test
    void sendsAnyOctets() throws IOException {
        byte[] lie = {0, 5, 1, 2};
        resolver.answer(query -> Reply.bytes(lie).closeAfter());
        try (TcpClient client = connect()) {
            client.send(query("www.example.org"));
            assertThat(client.socket().getInputStream().readAllBytes()).isEqualTo(lie);
        }
    }

    @Test
    void sendsAFailureOrAnEditedAnswer() throws IOException {
        resolver.answer(query -> query.number() == 1
                ? Reply.failure(Rcode.REFUSED)
                : Reply.edited(answer -> {
                    answer.getHeader().setRcode(Rcode.NXRRSET);
                    return answer;
                }));
        try (TcpClient client = connect()) {
            Message refused = client.ask(query("www.example.org"));
            assertThat(refused.getRcode()).isEqualTo(Rcode.REFUSED);
            assertThat(refused.getSection(Section.ANSWER)).isEmpty();
            assertThat(client.ask(query("www.example.org")).getRcode()).isEqualTo(Rcode.NXRRSET);
        }
    }

    @Test
    void sendsAnEdnsOptionToWhomHasEdns() throws IOException {
        GenericEDNSOption keepalive = new GenericEDNSOption(11, new byte[] {0, 100});
        resolver.answer(query -> Reply.withOption(keepalive));
        try (TcpClient client = connect()) {
            Message answer = client.ask(Queries.withEdns(query("www.example.org"), 1232, 0));
            assertThat(answer.getOPT().getOptions(11))
                    .singleElement()
                    .satisfies(option -> assertThat(option.toWire()).isEqualTo(keepalive.toWire()));
            assertThat(client.ask(query("www.example.org")).getOPT()).isNull();
        }
    }

    @Test
    void refusesAndAcceptsAgainOnTheSamePort() throws IOException {
        try (TcpClient stays = connect()) {
            resolver.stopListening();
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            stays.ask(query("www.example.org"));
            resolver.listenAgain();
            try (TcpClient client = connect()) {
                client.ask(query("www.example.org"));
            }
        }
    }

    @Test
    void staysSilentInTheHandshake() throws IOException {
        resolver.welcome(Welcome.SILENCE);
        try (Socket socket = new Socket(resolver.address().getAddress(), resolver.port());
                SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, "x", 1, true)) {
            tls.setSoTimeout((int) SHORT.toMillis());
            assertThatThrownBy(tls::startHandshake).isInstanceOf(SocketTimeoutException.class);
            assertThat(resolver.lastConnection()).satisfies(seen -> {
                assertThat(seen.startedTls()).isTrue();
                assertThat(seen.handshakeCompleted()).isFalse();
            });
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CLEAR_TEXT", "TLS_1_1", "FIN", "RESET"})
    void spoilsTheHandshake(Welcome welcome) {
        resolver.welcome(number -> number == 1 ? welcome : Welcome.TLS);
        assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
        assertThat(resolver.applicationOctets()).isZero();
        assertThat(resolver.fullHandshakes()).isZero();
        await().until(() -> !resolver.connections().getFirst().isOpen());
    }

    @Test
    void hearsTheAlertThatAnswersAnOldVersion() {
        resolver.welcome(Welcome.TLS_1_1);
        assertThatThrownBy(this::connect).isInstanceOf(SSLException.class).hasMessageContaining("TLS");
        await().untilAsserted(() ->
                assertThat(resolver.lastConnection()).extracting("alert").isEqualTo("alert 70"));
    }

    @Test
    void hearsTheAlertThatAnswersAnUntrustedCertificate() {
        context = ThrowawayAuthority.create().clientContext();
        assertThatThrownBy(this::connect).isInstanceOf(SSLHandshakeException.class);
        await().untilAsserted(() -> assertThat(resolver.lastConnection()).satisfies(seen -> {
            assertThat(seen.alert()).contains("certificate_unknown");
            assertThat(seen.handshakeCompleted()).isFalse();
            assertThat(seen.isOpen()).isFalse();
        }));
        assertThat(resolver.applicationOctets()).isZero();
    }

    @Test
    void readsNothingWhilePaused() throws IOException {
        try (TcpClient client = connect()) {
            client.ask(query("www.example.org"));
            resolver.pauseReading();
            client.send(query("www.example.net"));
            client.patience(SHORT);
            assertThatThrownBy(client::receive).isInstanceOf(SocketTimeoutException.class);
            assertThat(resolver.queries("www.example.net")).isEmpty();

            resolver.resumeReading();
            await().until(() -> resolver.queries("www.example.net").size() == 1);
        }
    }

    @Test
    void frozenConnectionsStaySilentWhileNewOnesAreServed() throws IOException {
        resolver.answer(query -> query.isFor("late.example.org") ? Reply.right().after(SHORT) : Reply.right());
        try (TcpClient frozen = connect()) {
            frozen.ask(query("www.example.org"));
            frozen.send(query("late.example.org"));
            await().until(() -> resolver.queries().size() == 2);
            resolver.freezeConnections();
            frozen.send(query("www.example.org"));
            try (TcpClient client = connect()) {
                client.ask(query("late.example.org"));
            }
            frozen.patience(SHORT);
            assertThatThrownBy(frozen::receive).isInstanceOf(SocketTimeoutException.class);
            assertThat(resolver.queries()).hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void endsAllConnectionsNow(Ending ending) throws IOException {
        try (TcpClient first = connect();
                TcpClient second = connect()) {
            first.ask(query("www.example.org"));
            second.ask(query("www.example.org"));
            resolver.endConnections(ending);

            Ending expected = ending == Ending.RESET ? Ending.RESET : Ending.FIN;
            assertThat(List.of(first.awaitEnd(), second.awaitEnd())).containsOnly(expected);
            assertThat(resolver.openConnections()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CLOSE_NOTIFY", "FIN"})
    void saysCloseNotifyOnlyWhenToldTo(Ending ending) throws IOException {
        try (Socket socket = new Socket(resolver.address().getAddress(), resolver.port())) {
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            TlsPeer client = new TlsPeer(socket, socket.getInputStream(), engine);
            assertThat(client.handshake()).isTrue();
            client.write(Frames.framed(query("www.example.org").toWire()), Integer.MAX_VALUE);
            assertThat(client.read()).isNotNull();

            resolver.endConnections(ending);
            assertThat(client.read()).isNull();
            assertThat(client.closeNotifyReceived()).isEqualTo(ending == Ending.CLOSE_NOTIFY);
        }
    }

    @Test
    void tellsHowTheClientEndedAConnection() throws IOException {
        try (TcpClient polite = connect()) {
            polite.ask(query("www.example.org"));
        }
        await().untilAsserted(() ->
                assertThat(resolver.lastConnection()).extracting("ending").isEqualTo(Ending.CLOSE_NOTIFY));

        for (Ending ending : List.of(Ending.FIN, Ending.RESET)) {
            try (Socket socket = new Socket(resolver.address().getAddress(), resolver.port())) {
                TcpClient rude = TcpClient.over(wrapped(socket));
                rude.ask(query("www.example.org"));
                socket.setSoLinger(ending == Ending.RESET, 0);
            }
            await().untilAsserted(() ->
                    assertThat(resolver.lastConnection()).extracting("ending").isEqualTo(ending));
        }
    }

    private TcpClient connect(String... alpn) throws IOException {
        Socket socket = new Socket(resolver.address().getAddress(), resolver.port());
        try {
            return TcpClient.over(wrapped(socket, alpn));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private SSLSocket wrapped(Socket socket, String... alpn) throws IOException {
        SSLSocket tls = (SSLSocket)
                context.getSocketFactory().createSocket(socket, ScriptedResolver.NAME, resolver.port(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setServerNames(List.of(new SNIHostName(ScriptedResolver.NAME)));
        parameters.setApplicationProtocols(alpn);
        tls.setSSLParameters(parameters);
        tls.setSoTimeout(5000);
        tls.startHandshake();
        return tls;
    }

    private String pinSeen() throws IOException {
        try (TcpClient connected = connect()) {
            connected.ask(query("www.example.org"));
            var leaf = ((SSLSocket) connected.socket()).getSession().getPeerCertificates()[0];
            return ServerCertificate.pinOf((java.security.cert.X509Certificate) leaf);
        }
    }
}
