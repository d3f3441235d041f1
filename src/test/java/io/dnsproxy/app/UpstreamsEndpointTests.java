package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.TestProxy;
import io.dnsproxy.app.UpstreamsEndpoint.Change;
import io.dnsproxy.app.UpstreamsEndpoint.LastError;
import io.dnsproxy.app.UpstreamsEndpoint.Pin;
import io.dnsproxy.app.UpstreamsEndpoint.UpstreamReport;
import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.UdpClient;
import io.dnsproxy.upstream.SpkiPin;
import io.dnsproxy.upstream.UpstreamServer;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UpstreamsEndpointTests {

    private static final int QUERIES = 20;

    private ScriptedResolver resolver;
    private TestProxy proxy;
    private UpstreamsEndpoint endpoint;

    @BeforeEach
    void start() throws Exception {
        resolver = ScriptedResolver.start();
        proxy = TestProxy.asking(resolver);
        endpoint = new UpstreamsEndpoint(proxy.pool.upstreams(), List.of(), List.of());
        await().until(() -> proxy.pool.hasEverConnected());
    }

    @AfterEach
    void stop() {
        proxy.close();
        resolver.close();
    }

    private UpstreamReport upstream() {
        return endpoint.report().upstreams().getFirst();
    }

    private void ask(int queries) throws Exception {
        try (UdpClient client = UdpClient.to(proxy.address())) {
            for (int i = 0; i < queries; i++) {
                client.ask(Queries.query("host-" + i + ".example.org"));
            }
        }
    }

    @Test
    void tellsWhatAConnectedUpstreamHasDone() throws Exception {
        await().until(() -> upstream().state().equals("connected"));
        ask(QUERIES);
        await().until(() -> upstream().inFlight() == 0);

        UpstreamReport report = upstream();

        assertThat(report.name()).isEqualTo("127.0.0.1@" + resolver.port() + "#" + ScriptedResolver.NAME);
        assertThat(report.pauseEnd()).isNull();
        assertThat(report.answerMillis()).isPositive();
        assertThat(report.waiting()).isZero();
        assertThat(report.connections()).isEqualTo(1);
        assertThat(report.tlsVersion()).isEqualTo("TLSv1.3");
        assertThat(report.queries()).isEqualTo(QUERIES);
        assertThat(report.dials()).isEqualTo(1);
        assertThat(report.queriesPerConnection()).isEqualTo(QUERIES);
        assertThat(report.reuseRatio()).isEqualTo(1);
        assertThat(report.resumptionRatio()).isZero();
        assertThat(report.lastError()).isNull();
        assertThat(endpoint.report().changes())
                .extracting(Change::upstream, Change::state, Change::cause)
                .containsExactly(tuple(report.name(), "usable", null));
    }

    @Test
    void countsQueriesThatHadToWaitForAConnection() throws Exception {
        ask(1);
        resolver.endConnections(Ending.CLOSE_NOTIFY);
        await().until(() -> upstream().state().equals("idle"));

        ask(1);

        assertThat(upstream().queries()).isEqualTo(2);
        assertThat(upstream().queriesPerConnection()).isEqualTo(1);
        assertThat(upstream().resumptionRatio()).isEqualTo(0.5);
        assertThat(upstream().reuseRatio()).isLessThan(1);
    }

    @Test
    void itsPinsCanBeCopiedIntoTheSettings() throws Exception {
        String pin = upstream().pins().stream().map(Pin::pin).findFirst().orElseThrow();
        UpstreamServer pinned = new UpstreamServer("127.0.0.1", resolver.port(), null, Set.of(new SpkiPin(pin)), null);

        try (TestProxy byPin = TestProxy.start(TestProxy.Settings.asking(pinned))) {
            await().until(() -> byPin.pool.hasEverConnected());
        }
    }

    @Test
    void tellsAllThatHasGoneWrongAndWhen() {
        resolver.stopListening();
        resolver.endConnections(Ending.CLOSE_NOTIFY);
        await().until(() -> {
            ask(1);
            return upstream().state().equals("backing_off");
        });

        UpstreamReport report = upstream();
        LastError error = Objects.requireNonNull(report.lastError());
        assertThat(error.reason()).isEqualTo("connect");
        assertThat(error.at()).isAfterOrEqualTo(report.since());
        assertThat(endpoint.report().changes().getFirst())
                .satisfies(change -> assertThat(change.state()).isEqualTo("failing"))
                .satisfies(change -> assertThat(change.cause()).isEqualTo(error.cause()));
    }

    @Test
    void knowsNoNameThatWasAskedAndNoClient() throws Exception {
        resolver.answer(query -> Reply.none());
        try (UdpClient client = UdpClient.to(proxy.address())) {
            client.send(Queries.query("secret.example.org").toWire());
            await().until(() -> upstream().inFlight() == 1);
        }

        assertThat(endpoint.report().toString()).doesNotContain("secret", "example.org");
    }
}
