package io.dnsproxy.listener;

import io.dnsproxy.datagram.DatagramEndpoint;
import io.dnsproxy.datagram.DatagramSender;
import io.dnsproxy.datagram.Peer;
import io.dnsproxy.upstream.AnswerBurst;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerWriter;
import io.dnsproxy.wire.Header;
import io.dnsproxy.wire.Query;
import java.util.HashMap;
import java.util.Map;

/**
 * Replies over UDP from threads other than the one that received: each thread has a batch of its own, and inside an
 * {@link AnswerBurst} what is answered together leaves together, at its end. Outside of one a reply leaves at once.
 */
public final class LateReplies implements AnswerBurst {

    private final ThreadLocal<Batch> batches = ThreadLocal.withInitial(Batch::new);

    @Override
    public void begin() {
        batches.get().inBurst = true;
    }

    @Override
    public void end() {
        Batch batch = batches.get();
        batch.inBurst = false;
        batch.flush();
    }

    /** Renders the answer and sends it, or has it wait for the end of the burst. Never blocks. */
    void reply(DatagramEndpoint endpoint, Peer peer, Query query, Answer answer, ListenerCounters counters) {
        Batch batch = batches.get();
        int octets = AnswerWriter.write(
                query,
                answer,
                0,
                Math.min(query.udpPayloadOctets(), AnswerWriter.UDP_PAYLOAD_OCTETS),
                batch.rendered,
                0);
        counters.response(answer.rcode(), Header.flags(batch.rendered, 0));
        batch.senderOf(endpoint).add(batch.rendered, 0, octets, peer);
        if (!batch.inBurst) {
            batch.flush();
        }
    }

    /** One thread's. */
    private static final class Batch {

        final byte[] rendered = new byte[AnswerWriter.UDP_PAYLOAD_OCTETS];
        private final Map<DatagramEndpoint, DatagramSender> senders = new HashMap<>();
        boolean inBurst;

        DatagramSender senderOf(DatagramEndpoint endpoint) {
            DatagramSender sender = senders.get(endpoint);
            if (sender == null) {
                sender = endpoint.sender();
                senders.put(endpoint, sender);
            }
            return sender;
        }

        void flush() {
            senders.values().forEach(DatagramSender::flush);
        }
    }
}
