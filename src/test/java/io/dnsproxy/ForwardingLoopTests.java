package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.UdpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/** An upstream that asks whoever asks it. */
class ForwardingLoopTests {

    /** At the only upstream (RFC 9520 3.1). */
    private static final int TRIES_MAX = 3;

    @Row("P8")
    @Test
    void aQueryThatComesBackJoinsTheOneInFlightAndEndsWithIt() throws Exception {
        try (ScriptedResolver hop = ScriptedResolver.start();
                TestProxy proxy = TestProxy.start(
                        TestProxy.Settings.asking(TestProxy.serverOf(hop)).with(UpstreamTimes.timeouts(200, 1_000)));
                UdpClient back = UdpClient.to(proxy.address());
                UdpClient client = UdpClient.to(proxy.address())) {
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
            assertThat(proxy.udp.counters().queries()).isLessThanOrEqualTo(1 + TRIES_MAX);
            assertThat(proxy.coalescing.coalesced()).isPositive();
        }
    }
}
