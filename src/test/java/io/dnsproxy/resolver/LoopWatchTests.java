package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Rcode;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class LoopWatchTests {

    private static final long ROUND_TRIP_NANOS = Duration.ofMillis(20).toNanos();
    private static final Answer GOOD = Answer.failure(Rcode.NXDOMAIN);
    private static final Answer BAD = Answer.failure(Rcode.SERVFAIL);

    private long nanos = Long.MAX_VALUE - LoopWatch.SPELL_NANOS; // wraps on the way
    private final LoopWatch watch = new LoopWatch(() -> nanos);

    /** A question that comes back; whether it is failed at once. */
    private boolean echo() {
        long departed = watch.departed();
        nanos += ROUND_TRIP_NANOS;
        return watch.returned(departed, true) != null;
    }

    private void loop() {
        for (int i = 0; i < LoopWatch.ECHOES_MIN; i++) {
            assertThat(echo()).isFalse();
        }
        nanos += LoopWatch.SPELL_NANOS;
    }

    @Test
    void whereAllQuestionsComeBackAndNoneIsAnsweredTheyAreFailedAtOnce(CapturedOutput output) {
        loop();

        for (int i = 0; i < 100; i++) {
            assertThat(echo()).isTrue();
            watch.landed(true, BAD);
        }

        assertThat(Objects.requireNonNull(watch.returned(watch.departed(), true))
                        .rcode())
                .isEqualTo(Rcode.SERVFAIL);
        assertThat(watch.failed()).isEqualTo(101);
        assertThat(output).containsOnlyOnce("this looks like a forwarding loop");
    }

    @Test
    void anAnswerFromElsewhereEndsIt(CapturedOutput output) {
        loop();
        assertThat(echo()).isTrue();

        watch.landed(false, GOOD);

        assertThat(echo()).isFalse();
        assertThat(output).containsOnlyOnce("the forwarding loop has ended");
    }

    @Test
    void aClientThatAsksEverythingTwiceIsNoLoopWhileThereAreAnswers() {
        for (int i = 0; i < 100; i++) {
            assertThat(echo()).isFalse();
            if (i % LoopWatch.ECHOES_MIN == 0) {
                watch.landed(true, GOOD);
            }
            nanos += LoopWatch.SPELL_NANOS / 10;
        }
    }

    @Test
    void aBurstOfQuestionsAskedTwiceIsNoLoop() {
        for (int i = 0; i < 100; i++) {
            long departed = watch.departed();
            assertThat(watch.returned(departed, true)).isNull();
        }
    }

    @Test
    void anOutageIsNoLoopWhileSomeQuestionsDoNotComeBack() {
        for (int i = 0; i < 100; i++) {
            assertThat(echo()).isFalse();
            watch.landed(false, null);
            watch.landed(false, BAD);
            nanos += LoopWatch.SPELL_NANOS;
        }
    }

    @Test
    void theOtherHopsOwnQuestionsDoNotHideALoop() {
        boolean isLoop = false;
        for (int i = 0; i < 100 && !isLoop; i++) {
            isLoop = echo();
            watch.landed(false, BAD);
            nanos += LoopWatch.SPELL_NANOS / 10;
        }
        assertThat(isLoop).isTrue();
    }

    @Test
    void whatClientsRepeatLaterOrOftenIsNoEcho() {
        for (int i = 0; i < 100; i++) {
            long departed = watch.departed();
            nanos += LoopWatch.ECHO_NANOS;
            assertThat(watch.returned(departed, true)).isNull();
            assertThat(watch.returned(nanos, false)).isNull();
            nanos += LoopWatch.SPELL_NANOS;
        }
    }
}
