package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.upstream.UpstreamException.Reason;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAuthenticationTests {

    @Row("D6")
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void pinsAreComparedWithTheKeyBehindAResumedSession(String version) throws Exception {
        try (ScriptedResolver resolver = ScriptedResolver.start()) {
            resolver.protocols(version);
            SSLContext client = resolver.authority().clientContext();
            SSLSession first = sessionWith(resolver, client);
            SSLSession resumed = sessionWith(resolver, client);
            assertThat(resolver.resumedHandshakes()).isEqualTo(1);
            SpkiPin right = new SpkiPin(resolver.certificate().pin());
            SpkiPin other = SpkiPin.of(
                    ThrowawayAuthority.create().issue("other.example.net").leaf());

            assertThatCode(() -> pinned(right).verify(resumed)).doesNotThrowAnyException();
            assertThatExceptionOfType(UpstreamException.class)
                    .isThrownBy(() -> pinned(other).verify(resumed))
                    .withMessageContaining(right.base64())
                    .extracting(UpstreamException::reason)
                    .isEqualTo(Reason.PIN);
            assertThat(ServerAuthentication.isResumed(first)).isFalse();
        }
    }

    private static ServerAuthentication pinned(SpkiPin pin) throws Exception {
        return new ServerAuthentication(new UpstreamServer("192.0.2.1", 853, null, Set.of(pin), null));
    }

    /** The session of a connection that has carried a query, so that its ticket has arrived. */
    private static SSLSession sessionWith(ScriptedResolver resolver, SSLContext context) throws Exception {
        SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(resolver.address().getAddress(), resolver.port());
        try (TcpClient client = TcpClient.over(socket)) {
            client.ask(Queries.query("www.example.org"));
            return socket.getSession();
        }
    }
}
