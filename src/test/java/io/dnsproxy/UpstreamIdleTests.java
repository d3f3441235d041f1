package io.dnsproxy;

import static io.dnsproxy.Asking.ask;
import static io.dnsproxy.Asking.askAll;
import static io.dnsproxy.UpstreamTimes.idle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.TestProxy.Settings;
import io.dnsproxy.conformance.Row;
import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.upstream.DotUpstream;
import io.dnsproxy.upstream.UpstreamSettings;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.TcpKeepaliveOption;

/** Connections that nobody uses: who closes them, when, and that nobody takes it amiss. */
class UpstreamIdleTests {

    private ScriptedResolver resolver;

    @SuppressWarnings("NullAway.Init") // each test starts its own, by proxyWith
    private TestProxy proxy;

    @BeforeEach
    void start() {
        resolver = ScriptedResolver.start();
    }

    @AfterEach
    void stop() {
        proxy.close();
        resolver.close();
    }

    private void proxyWith(UpstreamSettings settings) throws Exception {
        proxy = TestProxy.start(Settings.asking(TestProxy.serverOf(resolver)).with(settings));
    }

    private DotUpstream upstream() {
        return proxy.pool.upstreams().getFirst();
    }

    private void assertNothingIsHeldAgainstIt() {
        assertThat(upstream().isUsable()).isTrue();
        assertThat(upstream().status().lastFailure()).isNull();
    }

    /** RFC 7828 3.1: units of 100 ms. */
    private static Reply granting(int tenths) {
        return Reply.withOption(new TcpKeepaliveOption(tenths));
    }

    @Row("D13")
    @Test
    void everyQueryOffersKeepaliveWithoutATimeout() throws Exception {
        proxyWith(UpstreamSettings.defaults());

        assertThat(ask(proxy, "offer.example.org")).matches(Asking::isRight);

        TcpKeepaliveOption offered = (TcpKeepaliveOption) resolver.queries()
                .getFirst()
                .message()
                .getOPT()
                .getOptions(EDNSOption.Code.TCP_KEEPALIVE)
                .getFirst();
        assertThat(offered.getTimeout()).isEmpty();
    }

    @Row("D13")
    @Test
    void aShorterTimeoutOfTheServerIsObeyed() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> granting(5));
        long start = System.nanoTime();

        assertThat(ask(proxy, "granted.example.org")).matches(Asking::isRight);

        await().pollInterval(Duration.ofMillis(5)).until(() -> resolver.openConnections() == 0);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        assertThat(resolver.lastConnection().ending()).isEqualTo(Ending.CLOSE_NOTIFY);
        assertThat(resolver.lastConnection().endedByScript()).isFalse();
    }

    @Test
    void aLongerTimeoutOfTheServerChangesNothing() throws Exception {
        proxyWith(idle(300));
        resolver.answer(query -> granting(600));

        assertThat(ask(proxy, "long.example.org")).matches(Asking::isRight);

        await().until(() -> resolver.openConnections() == 0);
        assertThat(resolver.lastConnection().endedByScript()).isFalse();
    }

    @Row("D13")
    @Test
    void aTimeoutOfZeroEndsTheConnectionAfterTheAnswersThatAreDue() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query -> query.number() == 1
                ? granting(0)
                : Reply.right().after(Duration.ofMillis(query.connection() == 1 ? 300 : 0)));

        assertThat(askAll(proxy, 20, i -> "due" + i + ".example.org"))
                .hasSize(20)
                .allMatch(Asking::isRight);
        assertThat(ask(proxy, "next.example.org")).matches(Asking::isRight);

        await().until(() -> resolver.connections().getFirst().ending() == Ending.CLOSE_NOTIFY);
        assertThat(resolver.connections().getFirst().endedByScript()).isFalse();
        assertThat(resolver.queries("next.example.org").getFirst().connection()).isGreaterThan(1);
        assertNothingIsHeldAgainstIt();
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatClosesWhatIsUnusedIsWithinItsRights(Ending ending) throws Exception {
        proxyWith(UpstreamSettings.defaults());
        for (int i = 1; i <= 5; i++) {
            assertThat(ask(proxy, "used" + i + ".example.org")).matches(Asking::isRight);
            resolver.endConnections(ending);
            await().until(() -> upstream().counters().connections() == 0);
            assertNothingIsHeldAgainstIt();
        }

        assertThat(upstream().counters().dials()).isEqualTo(5);
        assertThat(resolver.queries()).hasSize(5);
    }

    @Test
    void learnsToCloseBeforeTheServerDoes() throws Exception {
        proxyWith(UpstreamSettings.defaults());
        resolver.answer(query ->
                Reply.right().then(Reply.none().after(Duration.ofMillis(1_200)).thenEnd(Ending.FIN)));

        for (int i = 1; i <= 3; i++) {
            assertThat(ask(proxy, "habit" + i + ".example.org")).matches(Asking::isRight);
            await().until(() -> resolver.openConnections() == 0);
            await().until(() -> upstream().counters().connections() == 0);
        }

        assertThat(resolver.connections()).hasSize(3);
        assertThat(resolver.connections().get(1).endedByScript())
                .as("by the server")
                .isTrue();
        assertThat(resolver.lastConnection().ending()).isEqualTo(Ending.CLOSE_NOTIFY);
        assertThat(resolver.lastConnection().endedByScript())
                .as("by the server")
                .isFalse();
    }

    @Test
    void aWarmConnectionIsOpenedAgainBeforeAnybodyAsks() throws Exception {
        UpstreamSettings defaults = UpstreamSettings.defaults();
        proxyWith(new UpstreamSettings(
                defaults.connectTimeout(),
                defaults.attemptTimeout(),
                defaults.totalTimeout(),
                defaults.idleTimeout(),
                defaults.maxConnections(),
                defaults.maxQueriesPerConnection(),
                defaults.maxWaiting(),
                defaults.sourceAddresses(),
                true));
        assertThat(ask(proxy, "warm.example.org")).matches(Asking::isRight);

        resolver.endConnections(Ending.FIN);

        await().until(() -> resolver.connections().size() == 2 && upstream().isConnected());
        assertThat(resolver.queries()).hasSize(1);
        await().until(() -> resolver.resumedHandshakes() == 1);
    }
}
