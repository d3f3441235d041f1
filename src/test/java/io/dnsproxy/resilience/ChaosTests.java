package io.dnsproxy.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.TestProxy;
import io.dnsproxy.resilience.Outcome.Figures;
import io.dnsproxy.resilience.Trial.Result;
import io.dnsproxy.upstream.UpstreamSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What users are promised of bad days, in short: the whole suite is {@link ChaosSuite}. */
class ChaosTests {

    private static final Duration TAIL = Duration.ofSeconds(15);
    private static final UpstreamSettings SETTINGS = UpstreamSettings.defaults();

    @TempDir
    private Path folder;

    private Scene scene;
    private TestProxy proxy;

    @BeforeEach
    void start() throws Exception {
        scene = new Scene(new SilentNetwork(), FalseClock.in(folder));
        proxy = TestProxy.asking(scene.first(), scene.second());
        await().until(() -> proxy.pool.upstreams().stream()
                .allMatch(upstream -> upstream.counters().connections() == 1));
    }

    @AfterEach
    void stop() {
        proxy.close();
        scene.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"IDLE_RST", "FLIGHT_FIN", "KILL", "HALF_OPEN", "BLACKHOLE", "LOSE_20", "CERTIFICATE"})
    void everyQueryIsAnsweredRightWhileOneUpstreamWorks(Fault fault) throws Exception {
        Figures seen = carryOut(fault, Duration.ofSeconds(2)).figures();

        assertThat(seen.sent()).isPositive();
        assertThat(seen.right()).as(seen.toString()).isEqualTo(seen.sent());
        assertThat(seen.wrong()).as(seen.toString()).isZero();
        assertThat(seen.worstMillis()).as(seen.toString()).isLessThan((double)
                SETTINGS.totalTimeout().toMillis());
    }

    @ParameterizedTest
    @EnumSource(names = {"HALF_OPEN", "BLACKHOLE"})
    void fewNoticeThatOneFellSilent(Fault fault) throws Exception {
        Figures seen = carryOut(fault, Duration.ofSeconds(4)).figures();

        assertThat(seen.right()).as(seen.toString()).isEqualTo(seen.sent());
        assertThat(seen.p99Millis())
                .as(seen.toString())
                .isLessThan((double) SETTINGS.attemptTimeout().toMillis() / 2);
    }

    @Test
    void everyQueryIsAnsweredWithoutAnyUpstreamAndRecoveryNeedsNobody() throws Exception {
        Figures seen = carryOut(Fault.DOWN_ALL, Duration.ofSeconds(1)).figures();

        assertThat(seen.lost()).as(seen.toString()).isZero();
        assertThat(seen.wrong()).as(seen.toString()).isZero();
        assertThat(seen.right()).as(seen.toString()).isPositive();
        assertThat(seen.recoveryMillis()).as(seen.toString()).isNotNegative();
    }

    @Test
    void anUpstreamThatKeepsDroppingConnectionsIsNotStormed() throws Exception {
        Duration duration = Duration.ofSeconds(2);

        Result seen = carryOut(Fault.KILL_ALL, duration);

        long kills = duration.dividedBy(Duration.ofMillis(100));
        assertThat(seen.dials()).isLessThanOrEqualTo(scene.both().size() * (kills + 1));
        assertThat(seen.fullHandshakes())
                .as("those that were killed before their tickets came")
                .isLessThan((int) kills);
        assertThat(seen.figures().lost()).as(seen.toString()).isZero();
        assertThat(seen.figures().wrong()).as(seen.toString()).isZero();
    }

    private Result carryOut(Fault fault, Duration duration) throws Exception {
        return new Trial(fault, Load.NEW, duration, TAIL).carryOut(scene, proxy.address());
    }
}
