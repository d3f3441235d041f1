package io.dnsproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.datagram.DatagramCounters;
import io.dnsproxy.datagram.DatagramEndpoint;
import io.dnsproxy.datagram.DatagramReceiver;
import io.dnsproxy.datagram.DatagramSender;
import io.dnsproxy.datagram.Peer;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LateRepliesTests {

    private final LateReplies replies = new LateReplies();
    private final ListenerCounters counters = new ListenerCounters();
    private final AtomicInteger inFlight = new AtomicInteger(3);
    private final Sent sent = new Sent();

    @Test
    void aReplyLeavesAtOnceOutsideOfABurst() {
        reply();

        assertThat(sent.flushed).isEqualTo(1);
        assertThat(inFlight).hasValue(2);
    }

    @Test
    void repliesOfABurstLeaveTogetherAndAreInFlightUntilThen() {
        replies.begin();
        reply();
        reply();
        assertThat(sent.flushed).isZero();
        assertThat(inFlight).hasValue(3);

        replies.end();

        assertThat(sent.flushed).isEqualTo(2);
        assertThat(inFlight).hasValue(1);
        assertThat(counters.responses(Rcode.NXDOMAIN)).isEqualTo(2);
    }

    private void reply() {
        Query query = Query.of(Queries.query("www.example.org").toWire());
        Peer peer = Peer.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 53));
        replies.reply(sent, peer, query, Answer.failure(Rcode.NXDOMAIN), null, counters, inFlight);
    }

    /** Counts instead of sending. */
    private static final class Sent implements DatagramEndpoint, DatagramSender {

        private int added;
        private int flushed;

        @Override
        public void add(byte[] buffer, int offset, int length, Peer peer) {
            added++;
        }

        @Override
        public void flush() {
            flushed = added;
        }

        @Override
        public DatagramSender sender() {
            return this;
        }

        @Override
        public List<InetSocketAddress> localAddresses() {
            return List.of();
        }

        @Override
        public int receive(DatagramReceiver receiver, boolean waitForFirst) {
            return 0;
        }

        @Override
        public DatagramCounters counters() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
