package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.upstream.UpstreamStatus.UpstreamFailure;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class UpstreamHealthTests {

    private final UpstreamHealth health = new UpstreamHealth("192.0.2.1", () -> 0);

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
        long pauseNanos = health.failed(Reason.CONNECT, "refused", 1_000);

        assertThat(usable()).isFalse();
        UpstreamFailure failure = Objects.requireNonNull(health.status().lastFailure());
        assertThat(failure.reason()).isEqualTo(Reason.CONNECT);
        assertThat(failure.cause()).isEqualTo("refused");
        assertThat(pauseNanos).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(health.pauseNanos(1_000)).isEqualTo(pauseNanos);
    }

    @Test
    void aConnectionMakesItUsableAndAnIdleOneThatClosesLeavesItSo() {
        health.failed(Reason.CONNECT, "refused", 0);

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
        health.answered();
        assertThat(health.recoveries()).as("silence may be the fault of a name").isZero();

        health.connected(false);
        health.failed(Reason.CONNECT, "refused", 0);
        health.connected(true);
        assertThat(health.recoveries()).isEqualTo(1);

        health.connected(false);
        health.connected(true);
        assertThat(health.recoveries()).isEqualTo(1);
    }

    @Test
    void aFailedDialBesideAConnectionSpeaksNotAgainstIt() {
        health.connected(true);
        health.failed(Reason.CONNECT, "no more connections, please", 0);
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
        health.answered();

        assertThat(usable()).isTrue();
    }

    @Test
    void aConnectionThatStaysSilentOnTrialProlongsThePauses() {
        health.connected(true);
        health.silent();
        assertThat(health.failed(Reason.TIMEOUT, "silent", 0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
        health.connected(true);

        assertThat(health.failed(Reason.TIMEOUT, "silent", 0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
        assertThat(usable()).isFalse();
    }

    @Test
    void onlyAnAnswerResetsThePauses() {
        health.failed(Reason.CLOSED, "closed", 0);
        health.connected(true);
        health.connected(false);
        assertThat(health.failed(Reason.CLOSED, "closed", 0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(200));

        health.answered();

        assertThat(health.failed(Reason.CLOSED, "closed", 0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
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
                health.failed(Reason.CONNECT, "refused", i);
            }
            for (int i = 0; i < 3; i++) {
                health.failed(Reason.PIN, "no pin matches; the server's key has the pin AAAA=", i);
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
    void sinceMovesOnlyWhenUsabilityChanges() {
        var since = health.status().since();
        health.connected(true);
        assertThat(health.status().since()).isEqualTo(since);

        health.silent();

        assertThat(health.status().since()).isAfterOrEqualTo(since);
        assertThat(usable()).isFalse();
    }
}
