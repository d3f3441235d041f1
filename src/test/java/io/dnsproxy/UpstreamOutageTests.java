package io.dnsproxy;

import static io.dnsproxy.Asking.ask;
import static io.dnsproxy.Asking.extendedErrors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.Welcome;
import io.dnsproxy.upstream.DotUpstream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** No upstream is there: clients are told so at once, and it is over soon after it is over. */
class UpstreamOutageTests {

    private static final int NETWORK_ERROR = 23;

    /** Of most: a busy machine may hold up some. */
    private static final Duration AT_ONCE = Duration.ofMillis(100);

    private List<ScriptedResolver> resolvers;
    private TestProxy proxy;
    private int asked;

    @BeforeEach
    void start() throws IOException {
        resolvers = Stream.generate(ScriptedResolver::start).limit(2).toList();
        proxy = TestProxy.asking(resolvers.toArray(ScriptedResolver[]::new));
        await().until(() -> proxy.pool.upstreams().stream().allMatch(DotUpstream::isConnected));
    }

    @AfterEach
    void stop() {
        proxy.close();
        resolvers.forEach(ScriptedResolver::close);
    }

    private Message askAny() throws IOException {
        return ask(proxy, "outage" + asked++ + ".example.org");
    }

    private Duration timeOfFailure() throws IOException {
        long start = System.nanoTime();
        Message answer = askAny();
        assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void assertFailsAtOnceFor(Duration time) throws IOException {
        List<Duration> times = new ArrayList<>();
        long start = System.nanoTime();
        while (System.nanoTime() - start < time.toNanos()) {
            times.add(timeOfFailure());
        }
        Collections.sort(times);
        assertThat(times).hasSizeGreaterThan(10);
        assertThat(times.get(times.size() * 9 / 10)).isLessThan(AT_ONCE);
    }

    @Test
    void whileConnectionsAreRefusedClientsHearSoAtOnceAndRecoveryIsSoon() throws IOException {
        resolvers.forEach(ScriptedResolver::stopListening);
        resolvers.forEach(resolver -> resolver.endConnections(Ending.RESET));
        assertThat(timeOfFailure()).as("the first one, inside the grace").isLessThan(Duration.ofMillis(2_500));

        assertFailsAtOnceFor(Duration.ofMillis(2_500));
        assertThat(extendedErrors(askAny())).containsExactly(NETWORK_ERROR);

        resolvers.forEach(ScriptedResolver::listenAgain);
        assertRecoversSoon();
    }

    @Test
    void whileDialsHangClientsHearSoAtOnceAndRecoveryIsSoon() throws IOException {
        resolvers.forEach(resolver -> resolver.welcome(Welcome.SILENCE));
        resolvers.forEach(resolver -> resolver.endConnections(Ending.RESET));
        await().until(() -> proxy.pool.upstreams().stream().noneMatch(DotUpstream::isConnected));
        assertThat(timeOfFailure()).as("as long as the first dial").isLessThan(Duration.ofSeconds(3));

        assertFailsAtOnceFor(Duration.ofMillis(4_500));

        resolvers.forEach(resolver -> resolver.welcome(Welcome.TLS));
        resolvers.forEach(resolver -> resolver.endConnections(Ending.RESET)); // the dials that hang
        assertRecoversSoon();
    }

    private void assertRecoversSoon() {
        long start = System.nanoTime();
        await().pollInterval(Duration.ofMillis(20)).until(() -> Asking.isRight(askAny()));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }
}
