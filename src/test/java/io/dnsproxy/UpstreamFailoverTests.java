package io.dnsproxy;

import static io.dnsproxy.Asking.ask;
import static io.dnsproxy.Asking.askAll;
import static io.dnsproxy.Asking.extendedErrors;
import static io.dnsproxy.UpstreamTimes.timeouts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.TestProxy.Settings;
import io.dnsproxy.conformance.Row;
import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.Script;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.Welcome;
import io.dnsproxy.upstream.DotUpstream;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.upstream.UpstreamServer;
import io.dnsproxy.upstream.UpstreamSettings;
import io.dnsproxy.upstream.UpstreamStatus.UpstreamFailure;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** Three upstreams that share the work, and stand in for one another. */
class UpstreamFailoverTests {

    private List<ScriptedResolver> resolvers;

    @SuppressWarnings("NullAway.Init") // each test starts its own, by proxyWith
    private TestProxy proxy;

    @BeforeEach
    void start() {
        resolvers = Stream.generate(ScriptedResolver::start).limit(3).toList();
    }

    @AfterEach
    void stop() {
        proxy.close();
        resolvers.forEach(ScriptedResolver::close);
    }

    private void proxyWith(UpstreamSettings settings) throws Exception {
        proxy = TestProxy.start(
                Settings.asking(resolvers.stream().map(TestProxy::serverOf).toArray(UpstreamServer[]::new))
                        .with(settings));
    }

    private void connectedProxyWith(UpstreamSettings settings) throws Exception {
        proxyWith(settings);
        await().until(() -> proxy.pool.upstreams().stream()
                .allMatch(upstream -> upstream.counters().connections() == 1));
    }

    private DotUpstream upstream(int i) {
        return proxy.pool.upstreams().get(i);
    }

    private void all(Script script) {
        resolvers.forEach(resolver -> resolver.answer(script));
    }

    private void cut(int i) {
        resolvers.get(i).stopListening();
        resolvers.get(i).endConnections(Ending.RESET);
    }

    private static Reply failure(int rcode, int extendedError, String text) {
        return Reply.edited(answer -> {
            answer.removeAllRecords(Section.ANSWER);
            answer.removeAllRecords(Section.ADDITIONAL);
            answer.getHeader().setRcode(rcode);
            answer.addRecord(
                    new OPTRecord(1232, 0, 0, 0, List.of(new ExtendedErrorCodeOption(extendedError, text))),
                    Section.ADDITIONAL);
            return answer;
        });
    }

    private int queries() {
        return resolvers.stream()
                .mapToInt(resolver -> resolver.queries().size())
                .sum();
    }

    // ------------ sharing

    @Row("D18")
    @Test
    void eachUpstreamGetsAThird() throws Exception {
        connectedProxyWith(UpstreamSettings.defaults());
        for (int round = 0; round < 10; round++) {
            int of = round;
            assertThat(askAll(proxy, 90, i -> "fair" + of + "-" + i + ".example.org"))
                    .allMatch(Asking::isRight);
        }

        assertThat(resolvers)
                .allSatisfy(resolver -> assertThat(resolver.queries().size()).isBetween(297, 303));
    }

    @Row("D18")
    @Test
    void theOthersShareTheWorkOfADeadOneUntilItIsBack() throws Exception {
        connectedProxyWith(UpstreamSettings.defaults());
        cut(1);
        assertThat(askAll(proxy, 90, i -> "dead" + i + ".example.org"))
                .hasSize(90)
                .allMatch(Asking::isRight);
        await().until(() -> !upstream(1).isUsable());
        resolvers.forEach(ScriptedResolver::forgetQueries);

        assertThat(askAll(proxy, 100, i -> "shared" + i + ".example.org"))
                .hasSize(100)
                .allMatch(Asking::isRight);
        assertThat(resolvers.get(0).queries()).hasSize(50);
        assertThat(resolvers.get(2).queries()).hasSize(50);

        resolvers.get(1).listenAgain();
        await().until(() -> upstream(1).isUsable());
        resolvers.forEach(ScriptedResolver::forgetQueries);
        assertThat(askAll(proxy, 90, i -> "back" + i + ".example.org")).allMatch(Asking::isRight);
        assertThat(resolvers)
                .allSatisfy(resolver -> assertThat(resolver.queries()).hasSize(30));
    }

    // ------------ the next one is asked

    @Test
    void anAttemptThatIsOverdueGoesToTheNext() throws Exception {
        connectedProxyWith(timeouts(1_000, 4_000));
        resolvers.get(0).answer(query -> Reply.none());
        resolvers.get(1).answer(query -> Reply.none());
        long start = System.nanoTime();

        assertThat(ask(proxy, "next.example.org")).matches(Asking::isRight);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1_980));
        assertThat(resolvers)
                .allSatisfy(resolver ->
                        assertThat(resolver.queries("next.example.org")).hasSize(1));
        assertThat(proxy.roundRobin.failovers()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"SERVFAIL", "REFUSED", "NOTIMP", "FORMERR"})
    void aFailureRcodeGoesToTheNextAndHurtsNobody(String rcode) throws Exception {
        connectedProxyWith(UpstreamSettings.defaults());
        resolvers.get(0).answer(query -> Reply.failure(Rcode.value(rcode)));
        resolvers.get(2).answer(query -> Reply.failure(Rcode.value(rcode)));

        assertThat(askAll(proxy, 30, i -> "failing" + i + ".example.org"))
                .hasSize(30)
                .allMatch(Asking::isRight);

        assertThat(resolvers.get(0).queries()).hasSizeLessThanOrEqualTo(30);
        assertThat(proxy.pool.upstreams()).allMatch(DotUpstream::isUsable);
        assertThat(upstream(0).status().lastFailure()).isNull();
    }

    @Test
    void whenAllFailTheRcodeAndItsErrorAreRelayedAfterOneTryEach() throws Exception {
        connectedProxyWith(UpstreamSettings.defaults());
        all(query -> failure(Rcode.REFUSED, 20, "not here"));

        Message answer = ask(proxy, "all.example.org");

        assertThat(answer.getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(extendedErrors(answer)).contains(20).doesNotContain(22, 23);
        assertThat(resolvers)
                .allSatisfy(resolver -> assertThat(resolver.queries()).hasSize(1));
    }

    @Test
    void aFailureIsRelayedWhenTheOthersAreDown() throws Exception {
        connectedProxyWith(timeouts(1_200, 3_000));
        cut(0);
        resolvers.get(1).answer(query -> Reply.failure(Rcode.SERVFAIL));
        cut(2);

        Message answer = ask(proxy, "one-answers.example.org");

        assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(extendedErrors(answer)).doesNotContain(22, 23);
        assertThat(resolvers.get(1).queries()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"SERVFAIL, 6", "REFUSED, 15", "REFUSED, 16", "SERVFAIL, 17", "REFUSED, 18"})
    void aFailureThatIsMeantIsRelayedAtOnce(String rcode, int extendedError) throws Exception {
        connectedProxyWith(UpstreamSettings.defaults());
        all(query -> failure(Rcode.value(rcode), extendedError, "meant"));

        Message answer = ask(proxy, "meant.example.org");

        assertThat(answer.getRcode()).isEqualTo(Rcode.value(rcode));
        assertThat(extendedErrors(answer)).contains(extendedError);
        assertThat(queries()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatEndsGoesToTheNext(Ending ending) throws Exception {
        connectedProxyWith(UpstreamSettings.defaults());
        resolvers.get(0).answer(query -> Reply.none().thenEnd(ending));
        resolvers.get(1).answer(query -> Reply.bytes(new byte[] {0, 80, 1}).thenEnd(ending));

        assertThat(askAll(proxy, 60, i -> "ends" + i + ".example.org"))
                .hasSize(60)
                .allMatch(Asking::isRight);
    }

    @Test
    void aHalfOpenUpstreamIsPassedOverUntilItAnswers() throws Exception {
        connectedProxyWith(timeouts(1_200, 4_000));
        resolvers.get(0).welcome(Welcome.SILENCE);
        resolvers.get(0).freezeConnections();
        assertThat(askAll(proxy, 30, i -> "frozen" + i + ".example.org"))
                .hasSize(30)
                .allMatch(Asking::isRight);
        assertThat(upstream(0).isUsable()).isFalse();
        long failovers = proxy.roundRobin.failovers();

        assertThat(askAll(proxy, 30, i -> "later" + i + ".example.org"))
                .hasSize(30)
                .allMatch(Asking::isRight);

        assertThat(proxy.roundRobin.failovers()).isEqualTo(failovers);
    }

    @Test
    void aLateAnswerStillWinsWhereTheNextIsSlowerYet() throws Exception {
        connectedProxyWith(timeouts(200, 4_000));
        resolvers.get(0).answer(query -> Reply.right().after(Duration.ofMillis(1_400)));
        resolvers.get(1).answer(query -> Reply.none());
        resolvers.get(2).answer(query -> Reply.none());

        assertThat(ask(proxy, "late.example.org")).matches(Asking::isRight);
        assertThat(upstream(0).counters().late()).isEqualTo(1);
    }

    @Test
    void aCertificateThatFailsMovesTheQueryOn() throws Exception {
        resolvers.get(0).certificate(resolvers.get(1).certificate());
        proxyWith(UpstreamSettings.defaults());

        assertThat(askAll(proxy, 30, i -> "trust" + i + ".example.org"))
                .hasSize(30)
                .allMatch(Asking::isRight);

        assertThat(resolvers.get(0).applicationOctets()).isZero();
        assertThat(upstream(0).counters().failures(Reason.CERTIFICATE)).isPositive();
        assertThat(Objects.requireNonNull(upstream(0).status().lastFailure()).cause())
                .contains("the server's key has the pin ");
        assertThat(upstream(0).status().lastFailure())
                .isNotNull()
                .extracting(UpstreamFailure::cause)
                .asString()
                .contains("the server's key has the pin ");
    }

    // ------------ none is there

    @Test
    void answersServfailWhileAllAreDownAndRecoversByItself() throws Exception {
        resolvers.forEach(ScriptedResolver::stopListening);
        proxyWith(timeouts(1_000, 1_500));

        Message answer = ask(proxy, "early.example.org");

        assertThat(answer.getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(extendedErrors(answer)).hasSize(1).isSubsetOf(List.of(22, 23));
        assertThat(proxy.pool.hasEverConnected()).isFalse();

        resolvers.forEach(ScriptedResolver::listenAgain);
        await().until(proxy.pool::hasEverConnected);
        assertThat(ask(proxy, "recovered.example.org")).matches(Asking::isRight);
        await().until(() -> proxy.pool.upstreams().stream().allMatch(DotUpstream::isUsable));
    }

    @Row("D12b")
    @Test
    void dialsOfAClosedPortGetRarerWhateverIsAsked() throws Exception {
        resolvers.forEach(ScriptedResolver::stopListening);
        long start = System.nanoTime();
        proxyWith(timeouts(100, 300));

        while (upstream(0).counters().dials() < 5) {
            ask(proxy, "asked" + System.nanoTime() + ".example.org");
        }

        // pauses of 100, 200, 400 and 800 ms, each shortened by up to a half
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(750), Duration.ofMillis(3_000));
        assertThat(upstream(0).counters().failures(Reason.CONNECT)).isBetween(4L, 5L);
    }

    @Test
    void anUpstreamThatCameBackUnnoticedIsUsedAgainAfterItsConnectionWasIdle() throws Exception {
        resolvers.get(0).stopListening();
        proxyWith(UpstreamTimes.idle(200));
        await().until(() -> !upstream(0).isUsable());
        resolvers.get(0).listenAgain();
        await().until(() -> !resolvers.get(0).connections().isEmpty());
        await().until(() -> resolvers.get(0).openConnections() == 0);

        assertThat(upstream(0).isUsable()).isTrue();
        assertThat(askAll(proxy, 30, i -> "again" + i + ".example.org")).allMatch(Asking::isRight);
        assertThat(resolvers.get(0).queries()).hasSize(10);
    }
}
