package io.dnsproxy.upstream;

import static io.dnsproxy.upstream.UpstreamHealth.GRACE_NANOS;
import static io.dnsproxy.upstream.UpstreamHealth.TRIAL_INTERVAL_NANOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.upstream.UpstreamStatus.State;
import io.dnsproxy.upstream.UpstreamStatus.UpstreamChange;
import io.dnsproxy.upstream.UpstreamStatus.UpstreamFailure;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

class UpstreamHealthTests {

    private final UpstreamHealth health = new UpstreamHealth("192.0.2.1", () -> 0);

    /** A dial that failed at once. */
    private long fail(Reason reason, String cause, long nowNanos) {
        return health.failed(reason, cause, nowNanos, nowNanos);
    }

    private boolean usable() {
        return health.status().usable();
    }

    @Test
    void isUsableUntilSomethingSpeaksAgainstIt() {
        assertThat(usable()).isTrue();
        assertThat(health.status().everConnected()).isFalse();
        assertThat(health.status().lastFailure()).isNull();
        assertThat(health.lastCause()).isEqualTo("no failure yet");
    }

    @Test
    void aFailedDialTellsWhyAndHowLong() {
        long pauseNanos = fail(Reason.CONNECT, "refused", 1_000);

        assertThat(usable()).isFalse();
        UpstreamFailure failure = Objects.requireNonNull(health.status().lastFailure());
        assertThat(failure.reason()).isEqualTo(Reason.CONNECT);
        assertThat(failure.cause()).isEqualTo("refused");
        assertThat(pauseNanos).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(health.mayDial(true, 1_000, 999 + pauseNanos)).isFalse();
        assertThat(health.mayDial(false, 1_000, 1_000 + pauseNanos)).isTrue();
    }

    @Test
    void aConnectionMakesItUsableAndAnIdleOneThatClosesLeavesItSo() {
        fail(Reason.CONNECT, "refused", 0);

        health.connected(true);
        assertThat(usable()).isTrue();
        health.connected(false);

        assertThat(usable()).isTrue();
        assertThat(health.status().everConnected()).isTrue();
        assertThat(health.status().lastFailure()).isNotNull();
    }

    @Test
    void onlyAConnectionAfterAFailureIsARecovery() {
        health.connected(true);
        health.silent();
        health.connected(true);
        health.answered(1);
        assertThat(health.recoveries()).as("silence may be the fault of a name").isZero();

        health.connected(false);
        fail(Reason.CONNECT, "refused", 0);
        health.connected(true);
        assertThat(health.recoveries()).isEqualTo(1);

        health.connected(false);
        health.connected(true);
        assertThat(health.recoveries()).isEqualTo(1);
    }

    @Test
    void aFailedDialBesideAConnectionSpeaksNotAgainstIt() {
        health.connected(true);
        fail(Reason.CONNECT, "no more connections, please", 0);
        health.connected(false);

        assertThat(usable()).isTrue();
    }

    @Test
    void silenceEndsWithTheNextAnswer() {
        health.connected(true);
        health.silent();
        assertThat(usable()).isFalse();
        health.connected(false);
        assertThat(usable()).isFalse();

        health.connected(true);
        assertThat(health.isOnTrial()).isTrue();
        assertThat(usable()).isFalse();
        health.answered(1);

        assertThat(usable()).isTrue();
    }

    @Test
    void aConnectionThatStaysSilentOnTrialProlongsThePauses() {
        health.connected(true);
        health.silent();
        assertThat(fail(Reason.TIMEOUT, "silent", 0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
        health.connected(true);

        assertThat(fail(Reason.TIMEOUT, "silent", 0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
        assertThat(usable()).isFalse();
    }

    @Test
    void onlyAnAnswerResetsThePauses() {
        fail(Reason.CLOSED, "closed", 0);
        health.connected(true);
        health.connected(false);
        assertThat(fail(Reason.CLOSED, "closed", 0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(200));

        health.answered(1);

        assertThat(fail(Reason.CLOSED, "closed", 0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    }

    @Test
    void answersOfAnOlderConnectionSayNothingAboutDials() {
        health.connected(true);
        for (int i = 1; i <= 3; i++) {
            fail(Reason.CONNECT, "no more connections, please", i);
            health.answered(0);
        }
        assertThat(fail(Reason.CONNECT, "no more connections, please", 4))
                .isEqualTo(TimeUnit.MILLISECONDS.toNanos(800));

        health.answered(4);

        assertThat(fail(Reason.CONNECT, "refused", 5)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    }

    @Test
    void isHopelessASecondAfterTheFirstDialThatFailedBegan() {
        health.failed(Reason.CONNECT, "timed out", 1_000, 700_000_000);
        health.failed(Reason.CONNECT, "timed out", 700_000_000, 900_000_000);

        assertThat(health.isHopeless(GRACE_NANOS + 999)).isFalse();
        assertThat(health.isHopeless(GRACE_NANOS + 1_000)).isTrue();

        health.connected(true);
        health.connected(false);
        assertThat(health.isHopeless(2 * GRACE_NANOS)).isFalse();
        fail(Reason.CONNECT, "refused", 2 * GRACE_NANOS);
        assertThat(health.isHopeless(2 * GRACE_NANOS + 1)).as("new trouble").isFalse();
    }

    @Test
    void aServerThatClosesEachConnectionUnansweredIsHopelessToo() {
        fail(Reason.CLOSED, "closed by the server", 0);
        health.connected(true);
        health.connected(false);

        fail(Reason.CLOSED, "closed by the server", GRACE_NANOS);

        assertThat(health.isHopeless(GRACE_NANOS)).isTrue();
    }

    @Test
    void silenceAloneIsNoReasonToLoseHope() {
        health.connected(true);
        health.silent();
        fail(Reason.TIMEOUT, "it answers nothing", 0);

        assertThat(health.isHopeless(10 * GRACE_NANOS)).isFalse();
        assertThat(health.mayDial(true, 0, 1)).isTrue();
    }

    @Test
    void aQueryCutsAPauseShortOnceASecond() {
        for (int i = 0; i < 10; i++) {
            fail(Reason.CONNECT, "refused", 0);
        }

        assertThat(health.mayDial(false, 0, TRIAL_INTERVAL_NANOS)).isFalse();
        assertThat(health.mayDial(true, 0, TRIAL_INTERVAL_NANOS - 1)).isFalse();
        assertThat(health.mayDial(true, 0, TRIAL_INTERVAL_NANOS)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"CERTIFICATE", "PIN"})
    void noQueryCutsThePauseOfAStrangerShort(Reason reason) {
        for (int i = 0; i < 10; i++) {
            fail(reason, "not the one", 0);
        }

        assertThat(health.mayDial(true, 0, TRIAL_INTERVAL_NANOS)).isFalse();
    }

    @Test
    void theLogHasOneLineForEachChangeWithItsCause() {
        Logger logger = (Logger) LoggerFactory.getLogger(UpstreamHealth.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            health.connected(true);
            health.connected(false); // unused, closed by the server
            health.connected(true);
            health.connected(false);
            for (int i = 0; i < 3; i++) {
                fail(Reason.CONNECT, "refused", i);
            }
            for (int i = 0; i < 3; i++) {
                fail(Reason.PIN, "no pin matches; the server's key has the pin AAAA=", i);
            }
            health.connected(true);
        } finally {
            logger.detachAppender(log);
        }

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "upstream 192.0.2.1 is connected",
                        "upstream 192.0.2.1 is not usable: refused",
                        "upstream 192.0.2.1 is not usable: no pin matches; the server's key has the pin AAAA=",
                        "upstream 192.0.2.1 is usable again");
    }

    @Test
    void theStatusKeepsTheNewestChangesWithTheirCauses() {
        health.connected(true);
        health.silent();
        fail(Reason.CONNECT, "refused", 0);
        health.connected(true);
        health.answered(1);

        assertThat(health.status().changes())
                .extracting(UpstreamChange::state, UpstreamChange::cause)
                .containsExactly(
                        tuple(State.USABLE, null),
                        tuple(State.DOUBTED, "nothing arrives from it"),
                        tuple(State.FAILING, "refused"),
                        tuple(State.USABLE, null));
        for (int i = 0; i < 100; i++) {
            health.connected(false);
            fail(Reason.CONNECT, "refused " + i, 0);
            health.connected(true);
        }
        assertThat(health.status().changes()).hasSize(16);
        assertThat(health.status().changes().get(14).cause()).isEqualTo("refused 99");
    }

    @Test
    void theStatusSaysHowLongItIsLeftAlone() {
        fail(Reason.CONNECT, "refused", 0);

        UpstreamFailure failure = Objects.requireNonNull(health.status().lastFailure());
        assertThat(health.status().state()).isEqualTo(State.FAILING);
        assertThat(health.status().pauseEnd()).isEqualTo(failure.at().plusMillis(100));
    }

    @Test
    void sinceMovesOnlyWhenUsabilityChanges() {
        var since = health.status().since();
        health.connected(true);
        assertThat(health.status().since()).isEqualTo(since);

        health.silent();

        assertThat(health.status().since()).isAfterOrEqualTo(since);
        assertThat(usable()).isFalse();
    }
}
