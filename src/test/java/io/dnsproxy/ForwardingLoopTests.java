package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.listener.ClientNetworks;
import io.dnsproxy.listener.ClientRules;
import io.dnsproxy.listener.ServerTls;
import io.dnsproxy.listener.TcpListener;
import io.dnsproxy.listener.TcpSettings;
import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.ServerCertificate;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.testkit.UdpClient;
import io.dnsproxy.upstream.UpstreamServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** An upstream that asks whoever asks it. */
@ExtendWith(OutputCaptureExtension.class)
class ForwardingLoopTests {

    /** At the only upstream (RFC 9520 3.1). */
    private static final int TRIES_MAX = 3;

    @Row("P8")
    @Test
    void aQueryThatComesBackJoinsTheOneInFlightAndEndsWithIt() throws Exception {
        try (ScriptedResolver hop = ScriptedResolver.start();
                TestProxy proxy = TestProxy.start(TestProxy.Settings.asking(TestProxy.serverOf(hop))
                        .with(UpstreamTimes.timeouts(200, 1_000))
                        .keeping(CacheSettings.defaults())); // of a failure too, for what comes back late
                UdpClient back = UdpClient.to(proxy.address());
                UdpClient client = UdpClient.to(proxy.address())) {
            client.ask(Queries.query("mail.example.org")); // what is slow the first time is no fault of the loop
            hop.answer(query -> {
                if (!query.isFor("www.example.org")) {
                    return Reply.none(); // what the proxy asks by itself when nothing comes back
                }
                try {
                    back.send(query.octets());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return Reply.none();
            });

            assertThat(client.ask(Queries.query("www.example.org")).getRcode()).isEqualTo(Rcode.SERVFAIL);

            await().until(() -> proxy.bound.inFlight() == 0);
            assertThat(hop.queries("www.example.org")).hasSizeLessThanOrEqualTo(TRIES_MAX);
            assertThat(proxy.udp.counters().queries()).isLessThanOrEqualTo(2 + TRIES_MAX);
            assertThat(proxy.coalescing.coalesced()).isPositive();
        }
    }

    /** A forwards to B over TLS, and B to A. */
    @Row("P8")
    @Test
    void twoProxiesThatAskEachOtherSaySoAndFailWhatIsAskedWithinMilliseconds(CapturedOutput output) throws Exception {
        ThrowawayAuthority authority = ThrowawayAuthority.create();
        ServerTls tls = new ServerTls(keys(authority.issue(ScriptedResolver.NAME)));
        AtomicReference<TestProxy> b = new AtomicReference<>();
        TcpListener toB =
                listener(new Forwarder(null, query -> b.get().forwarder.answerLater(query)), tls);
        try (TestProxy a = asking(toB, authority)) {
            TcpListener toA = listener(a.forwarder, tls);
            try (TestProxy other = asking(toA, authority);
                    UdpClient client = UdpClient.to(a.address())) {
                b.set(other);
                List<Message> first = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    first.add(Queries.query("first-" + i + ".example.org"));
                }
                assertThat(client.askAll(first).values())
                        .allSatisfy(answer -> assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL));

                int waited = 8;
                while (!isNamed(client.ask(edns("later-" + waited + ".example.org")))) {
                    waited++;
                    assertThat(waited).as("each takes the total timeout").isLessThan(8 + 10);
                }

                long startNanos = System.nanoTime();
                for (int i = 0; i < 20; i++) {
                    Message answer = client.ask(edns("next-" + i + ".example.org"));
                    assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL);
                    assertThat(isNamed(answer)).isTrue();
                }
                assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(1));

                assertThat(toB.counters().queries())
                        .isLessThan(waited * (TRIES_MAX + 1) + 20 + 40); // and some of their own
                assertThat(toA.counters().queries()).isLessThan(waited * (TRIES_MAX + 1) + 20 + 40);
                assertThat(a.coalescing.looped()).isBetween(20L, 50L);
                assertThat(output).containsOnlyOnce("this looks like a forwarding loop");
            } finally {
                toA.close();
            }
        } finally {
            toB.close();
        }
    }

    private static Message edns(String name) {
        return Queries.withEdns(Queries.query(name), 1232, 0);
    }

    private static boolean isNamed(Message answer) {
        return answer.getOPT().getOptions().toString().contains("a forwarding loop");
    }

    private static TestProxy asking(TcpListener upstream, ThrowawayAuthority authority) throws IOException {
        UpstreamServer server = new UpstreamServer(
                "127.0.0.1",
                upstream.localAddresses().getFirst().getPort(),
                ScriptedResolver.NAME,
                Set.of(),
                TestProxy.trust(authority));
        return TestProxy.start(TestProxy.Settings.asking(server).with(UpstreamTimes.timeouts(300, 1_000)));
    }

    private static TcpListener listener(Forwarder forwarder, ServerTls tls) throws IOException {
        TcpListener listener = new TcpListener(
                new TcpSettings(1, Duration.ofMinutes(2), 10, 10, 100),
                ClientRules.serving(ClientNetworks.of(List.of("127.0.0.0/8"))),
                forwarder,
                tls);
        listener.start(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        return listener;
    }

    private static KeyManagerFactory keys(ServerCertificate certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "key",
                certificate.keyPair().getPrivate(),
                new char[0],
                certificate.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory;
    }
}
