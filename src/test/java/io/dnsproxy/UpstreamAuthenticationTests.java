package io.dnsproxy;

import static io.dnsproxy.Asking.ask;
import static io.dnsproxy.UpstreamTimes.timeouts;
import static io.dnsproxy.testkit.ScriptedResolver.NAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.TestProxy.Settings;
import io.dnsproxy.conformance.Row;
import io.dnsproxy.testkit.CertificateRequest;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.ServerCertificate;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.testkit.Welcome;
import io.dnsproxy.upstream.SpkiPin;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.upstream.UpstreamServer;
import io.dnsproxy.upstream.UpstreamStatus.UpstreamFailure;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** Who is let in as an upstream, and that nobody else gets to see an octet of a query. */
class UpstreamAuthenticationTests {

    private final ThrowawayAuthority authority = ThrowawayAuthority.create();
    private final ThrowawayAuthority stranger = ThrowawayAuthority.create();
    private ScriptedResolver resolver;

    @BeforeEach
    void start() {
        resolver = ScriptedResolver.start(authority);
    }

    @AfterEach
    void stop() {
        resolver.close();
    }

    private UpstreamServer server(@Nullable String name, String... pins) {
        return new UpstreamServer(
                "127.0.0.1",
                resolver.port(),
                name,
                Stream.of(pins).map(SpkiPin::new).collect(Collectors.toSet()),
                TestProxy.trust(authority));
    }

    private void isLetIn(UpstreamServer server) throws Exception {
        try (TestProxy proxy = TestProxy.start(Settings.asking(server))) {
            assertThat(ask(proxy, "www.example.org")).matches(Asking::isRight);
        }
        assertThat(resolver.queries()).hasSize(1);
    }

    /** @return what the status says about it */
    private String isRefused(UpstreamServer server, Reason reason) throws Exception {
        try (TestProxy proxy = TestProxy.start(Settings.asking(server).with(timeouts(200, 500)))) {
            Message answer = ask(proxy, "www.example.org");

            assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL);
            assertThat(Asking.extendedErrors(answer)).hasSize(1).isSubsetOf(List.of(22, 23));
            assertThat(resolver.connections()).isNotEmpty().allMatch(seen -> seen.applicationOctets() == 0);
            var upstream = proxy.pool.upstreams().getFirst();
            assertThat(upstream.isUsable()).isFalse();
            assertThat(upstream.status().everConnected()).isFalse();
            assertThat(upstream.counters().failures(reason)).isPositive();
            UpstreamFailure failure = Objects.requireNonNull(upstream.status().lastFailure());
            assertThat(failure.reason()).isEqualTo(reason);
            return failure.cause();
        }
    }

    // ------------ chain and name, chain and address

    static Stream<Arguments> badCertificates() {
        return Stream.of(
                bad("wrong name", NAME, r -> r.dnsName("other.example.net").address("127.0.0.1"), "name"),
                bad("expired", NAME, r -> r.dnsName(NAME).expired(), "NotAfter"),
                bad("not yet valid", NAME, r -> r.dnsName(NAME).notYetValid(), "NotBefore"),
                bad("common name only", NAME, r -> r.commonName(NAME), "alternative name"),
                bad(
                        "common name beside an address",
                        NAME,
                        r -> r.commonName(NAME).address("127.0.0.1"),
                        "alternative name"),
                bad("wrong address", null, r -> r.dnsName(NAME).address("192.0.2.1"), "127.0.0.1"),
                bad("address as common name only", null, r -> r.commonName("127.0.0.1"), "alternative name"),
                bad("address as dNSName only", null, r -> r.commonName("x").dnsName("127.0.0.1"), "127.0.0.1"),
                bad("a name only, where the address must be", null, r -> r.dnsName(NAME), "127.0.0.1"));
    }

    private static Arguments bad(
            String what, @Nullable String name, UnaryOperator<CertificateRequest> request, String cause) {
        return Arguments.of(what, name, request, cause);
    }

    @Row("D3")
    @ParameterizedTest(name = "{0}")
    @MethodSource("badCertificates")
    void sendsNoOctetOfAQueryToAServerWithABadCertificate(
            String what, @Nullable String name, UnaryOperator<CertificateRequest> request, String cause)
            throws Exception {
        resolver.certificate(request.apply(authority.request()).issue());

        assertThat(isRefused(server(name), Reason.CERTIFICATE)).containsIgnoringCase(cause);
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3, true", "TLSv1.2, true", "TLSv1.3, false", "TLSv1.2, false"})
    void sendsNoOctetOfAQueryToAServerThatNobodyVouchesFor(String version, boolean named) throws Exception {
        resolver.protocols(version);
        resolver.certificate(stranger.issue(NAME, "127.0.0.1"));

        isRefused(server(named ? NAME : null), Reason.CERTIFICATE);
    }

    @Test
    void letsInAServerThatShowsItsNameOrItsAddress() throws Exception {
        resolver.certificate(authority.request().dnsName(NAME).issue());
        isLetIn(server(NAME));
        resolver.forgetQueries();
        resolver.certificate(authority.request().address("127.0.0.1").issue());
        isLetIn(server(null));
    }

    // ------------ pins

    @Row("D5")
    @ParameterizedTest(name = "name right: {0}, pin right: {1}")
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void withNameAndPinsBothMustHold(boolean nameRight, boolean pinRight) throws Exception {
        ServerCertificate shown = authority.issue(nameRight ? NAME : "other.example.net");
        resolver.certificate(shown);
        UpstreamServer server =
                server(NAME, pinRight ? shown.pin() : authority.issue(NAME).pin());
        if (nameRight && pinRight) {
            isLetIn(server);
        } else {
            String cause = isRefused(server, nameRight ? Reason.PIN : Reason.CERTIFICATE);
            assertThat(cause).contains(shown.pin());
        }
    }

    @Row("D4")
    @Test
    void aPinAloneNeedsNeitherChainNorName() throws Exception {
        resolver.certificate(stranger.request().commonName("whoever").expired().issue());

        isLetIn(server(null, authority.issue(NAME).pin(), resolver.certificate().pin()));
    }

    @Row("D4")
    @ParameterizedTest
    @CsvSource({"TLSv1.3", "TLSv1.2"})
    void sendsNoOctetOfAQueryToAServerWithAnotherKeyAndTellsItsPin(String version) throws Exception {
        resolver.protocols(version);

        String cause = isRefused(server(null, authority.issue(NAME).pin()), Reason.PIN);

        assertThat(cause).contains(resolver.certificate().pin());
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aPinnedCertificateThatIsMerelyAppendedIsWorthNothing(boolean named) throws Exception {
        ServerCertificate pinned = authority.issue(NAME, "127.0.0.1");
        ServerCertificate shown = authority
                .request()
                .subjectAlternativeName(NAME)
                .append(pinned.leaf())
                .issue();
        resolver.certificate(shown);

        String cause = isRefused(server(named ? NAME : null, pinned.pin()), Reason.PIN);

        assertThat(cause).contains(shown.pin());
    }

    @Row("D4")
    @Test
    void aNewCertificateForThePinnedKeyIsLetIn() throws Exception {
        ServerCertificate first = authority.issue(NAME);
        resolver.certificate(
                authority.request().dnsName(NAME).key(first.keyPair()).issue());

        isLetIn(server(NAME, first.pin()));
    }

    @Row({"D6", "D12"})
    @Test
    void resumesASessionOfAPinnedServer() throws Exception {
        UpstreamServer server = server(null, resolver.certificate().pin());
        try (TestProxy proxy = TestProxy.start(Settings.asking(server).with(UpstreamTimes.idle(150)))) {
            assertThat(ask(proxy, "one.example.org")).matches(Asking::isRight);
            await().until(() -> resolver.openConnections() == 0);
            assertThat(ask(proxy, "two.example.org")).matches(Asking::isRight);
        }
        assertThat(resolver.resumedHandshakes()).isEqualTo(1);
    }

    @Test
    void recoversWhenTheServerShowsTheRightKeyAgain() throws Exception {
        ServerCertificate right = authority.issue(NAME);
        try (TestProxy proxy =
                TestProxy.start(Settings.asking(server(NAME, right.pin())).with(timeouts(200, 500)))) {
            assertThat(ask(proxy, "one.example.org").getRcode()).isEqualTo(Rcode.SERVFAIL);
            assertThat(resolver.applicationOctets()).isZero();

            resolver.certificate(right);

            await().until(() -> Asking.isRight(ask(proxy, "two.example.org")));
        }
    }

    // ------------ nothing but TLS

    @Row({"D1", "D2"})
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TLS")
    void sendsNothingButATlsHandshakeToAServerThatSpeaksNoProperTls(Welcome welcome) throws Exception {
        resolver.welcome(welcome);
        UpstreamServer server = server(NAME);
        try (TestProxy proxy = TestProxy.start(Settings.asking(server).with(timeouts(200, 500)))) {
            assertThat(ask(proxy, "www.example.org").getRcode()).isEqualTo(Rcode.SERVFAIL);

            var upstream = proxy.pool.upstreams().getFirst();
            await().until(() -> upstream.counters().failures(Reason.HANDSHAKE) > 0);
            assertThat(upstream.status().everConnected()).isFalse();
        }
        assertThat(resolver.connections())
                .isNotEmpty()
                .allMatch(seen -> !seen.handshakeCompleted() && seen.applicationOctets() == 0);
        assertThat(resolver.queries()).isEmpty();
    }

    @Row("D2")
    @ParameterizedTest
    @CsvSource({"TLSv1.3", "TLSv1.2"})
    void speaksTls13And12(String version) throws Exception {
        resolver.protocols(version);

        isLetIn(server(NAME));

        assertThat(resolver.lastConnection().protocol()).isEqualTo(version);
    }

    // ------------ what it says of itself

    @Row("D7")
    @Test
    void namesTheServerWhereItHasANameAndOffersDotAlways() throws Exception {
        isLetIn(server(NAME));
        assertThat(resolver.lastConnection().serverName()).isEqualTo(NAME);
        assertThat(resolver.lastConnection().alpnOffered()).containsExactly("dot");
        assertThat(resolver.lastConnection().alpnSelected()).isEqualTo("dot");

        resolver.forgetQueries();
        isLetIn(server(null));
        assertThat(resolver.lastConnection().serverName()).isNull();
        assertThat(resolver.lastConnection().alpnOffered()).containsExactly("dot");
    }

    @Test
    void aServerThatKnowsNoAlpnIsLetInToo() throws Exception {
        resolver.alpn("something-else");

        isLetIn(server(NAME));

        assertThat(resolver.lastConnection().alpnSelected()).isNull();
    }

    // ------------ new trust without a restart

    @Test
    void followsAServerToANewAuthority() throws Exception {
        try (TestProxy proxy = TestProxy.start(Settings.asking(server(NAME)))) {
            assertThat(ask(proxy, "one.example.org")).matches(Asking::isRight);
            resolver.certificate(stranger.issue(NAME));

            proxy.pool.trust(0, TestProxy.trust(stranger));

            await().until(() -> resolver.fullHandshakes() == 2);
            assertThat(ask(proxy, "two.example.org")).matches(Asking::isRight);
            assertThat(resolver.queries("two.example.org").getFirst().connection())
                    .isEqualTo(2);
            assertThat(resolver.resumedHandshakes()).isZero();
        }
    }

    @Test
    void anAuthorityThatIsTrustedNoMoreGetsNoMoreQueries() throws Exception {
        UpstreamServer server = server(NAME);
        try (TestProxy proxy = TestProxy.start(Settings.asking(server).with(timeouts(1_000, 1_500)))) {
            assertThat(ask(proxy, "one.example.org")).matches(Asking::isRight);

            proxy.pool.trust(0, TestProxy.trust(stranger));

            await().until(() -> resolver.openConnections() == 0);
            assertThat(ask(proxy, "two.example.org").getRcode()).isEqualTo(Rcode.SERVFAIL);
            assertThat(resolver.queries()).hasSize(1);
            assertThat(resolver.connections().stream().skip(1)).allMatch(seen -> seen.applicationOctets() == 0);
        }
    }

    @Row("D17")
    @Test
    void aServerByHostNameMustShowItsNameToo() throws Exception {
        UpstreamServer byName =
                new UpstreamServer("localhost", resolver.port(), NAME, Set.of(), TestProxy.trust(authority));
        isLetIn(byName);
        resolver.certificate(authority.issue("localhost", "127.0.0.1"));
        resolver.forgetSessions();
        resolver.forgetQueries();
        try (TestProxy proxy = TestProxy.start(Settings.asking(byName).with(timeouts(200, 500)))) {
            assertThat(ask(proxy, "two.example.org").getRcode()).isEqualTo(Rcode.SERVFAIL);
        }
        assertThat(resolver.queries()).isEmpty();
    }
}
