package io.dnsproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Rcode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One connection without a network: what clients cannot see. */
class TcpConnectionTests {

    private static final int DRAIN_CHECKS = 5;

    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final Forwarder forwarder = new Forwarder(null, query -> answer);
    private final TcpListener listener = new TcpListener(
            new TcpSettings(1, Duration.ofMinutes(2), 10, 10, 2),
            ClientRules.serving(ClientNetworks.of(List.of("::/0"))),
            forwarder);
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new TcpConnection(listener, forwarder, new ClientAddress(0, 1), true));

    @AfterEach
    void stop() {
        channel.finishAndReleaseAll();
        listener.close();
    }

    @Test
    void leavesNoTimerBehindWhenItCloses() {
        assertThat(channel.runScheduledPendingTasks()).isPositive();

        channel.close();
        channel.runPendingTasks();

        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    }

    @Test
    void isNotReadWhileItsQueriesFillTheBound() {
        ByteBuf three = frames(3);

        channel.writeInbound(three);

        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(listener.inFlight()).isEqualTo(2);
        assertThat(listener.counters().queries()).isEqualTo(2);

        answer.complete(Answer.failure(Rcode.NXDOMAIN));
        channel.runPendingTasks();

        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(listener.counters().responses(Rcode.NXDOMAIN)).isEqualTo(3);
        assertThat(three.refCnt()).isZero();
    }

    @Test
    void whenDrainedItTakesWhatIsOnItsWayAnswersItAndCloses() {
        channel.freezeTime();
        channel.writeInbound(frames(1));
        channel.pipeline().get(TcpConnection.class).drain();

        channel.writeInbound(frames(2)); // was in the kernel's hands; one is beyond the bound
        pass(DRAIN_CHECKS);
        assertThat(listener.counters().queries()).isEqualTo(2);
        assertThat(channel.isActive()).isTrue();

        answer.complete(Answer.failure(Rcode.NXDOMAIN));
        channel.runPendingTasks();
        pass(DRAIN_CHECKS);

        assertThat(listener.counters().responses(Rcode.NXDOMAIN)).isEqualTo(3);
        assertThat(channel.isActive()).isFalse();
    }

    private void pass(int drainChecks) {
        for (int i = 0; i < drainChecks; i++) {
            channel.advanceTimeBy(20, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
        channel.runPendingTasks();
    }

    private static ByteBuf frames(int count) {
        byte[] query = Queries.query("www.example.org").toWire();
        ByteBuf frames = Unpooled.buffer();
        for (int i = 0; i < count; i++) {
            frames.writeShort(query.length).writeBytes(query);
        }
        return frames;
    }
}
