package io.dnsproxy.listener;

import io.dnsproxy.datagram.DatagramEndpoint;
import io.dnsproxy.datagram.DatagramSender;
import io.dnsproxy.datagram.Peer;
import io.dnsproxy.upstream.AnswerBurst;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerWriter;
import io.dnsproxy.wire.Header;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.ReplyOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Replies over UDP from threads other than the one that received: each thread has a batch of its own, and inside an
 * {@link AnswerBurst} what is answered together leaves together, at its end. Outside of one a reply leaves at once.
 */
public final class LateReplies implements AnswerBurst {

    private final ThreadLocal<Batch> batches = ThreadLocal.withInitial(Batch::new);

    @Override
    public void begin() {
        Batch batch = batches.get();
        batch.inBurst = true;
        batch.nowNanos = System.nanoTime();
    }

    @Override
    public void end() {
        Batch batch = batches.get();
        batch.inBurst = false;
        batch.flush();
    }

    /**
     * Renders the answer and sends it, or has it wait for the end of the burst. Never blocks.
     *
     * @param cookies null: none are sent
     * @param inFlight counted down when the reply has been sent; not when this throws
     * @return the time that it took as now, by {@link System#nanoTime}
     */
    long reply(
            DatagramEndpoint endpoint,
            Peer peer,
            Query query,
            Answer answer,
            @Nullable ServerCookies cookies,
            ListenerCounters counters,
            AtomicInteger inFlight) {
        Batch batch = batches.get();
        if (!batch.inBurst) {
            batch.nowNanos = System.nanoTime();
        }
        int octets = AnswerWriter.write(
                query,
                answer,
                answer.ageSeconds(batch.nowNanos),
                Math.min(query.udpPayloadOctets(), AnswerWriter.UDP_PAYLOAD_OCTETS),
                ServerCookies.reply(cookies, batch.options, query, peer),
                batch.rendered,
                0);
        batch.outgoing(endpoint, inFlight).add(batch.rendered, octets, peer);
        counters.response(answer.rcode(), Header.flags(batch.rendered, 0));
        if (!batch.inBurst) {
            batch.flush();
        }
        return batch.nowNanos;
    }

    /** One thread's. */
    private static final class Batch {

        final ReplyOptions options = new ReplyOptions();
        final byte[] rendered = new byte[AnswerWriter.UDP_PAYLOAD_OCTETS];
        private final Map<DatagramEndpoint, Outgoing> outgoing = new HashMap<>();
        boolean inBurst;
        long nowNanos;

        Outgoing outgoing(DatagramEndpoint endpoint, AtomicInteger inFlight) {
            Outgoing there = outgoing.get(endpoint);
            if (there == null) {
                there = new Outgoing(endpoint.sender(), inFlight);
                outgoing.put(endpoint, there);
            }
            return there;
        }

        void flush() {
            outgoing.values().forEach(Outgoing::flush);
        }
    }

    /** What leaves through one endpoint. A query is in flight until its reply is sent: whoever waits for none may close. */
    private static final class Outgoing {

        private final DatagramSender sender;
        private final AtomicInteger inFlight;
        private int unsent;

        Outgoing(DatagramSender sender, AtomicInteger inFlight) {
            this.sender = sender;
            this.inFlight = inFlight;
        }

        void add(byte[] rendered, int octets, Peer peer) {
            sender.add(rendered, 0, octets, peer);
            unsent++;
        }

        void flush() {
            if (unsent > 0) {
                sender.flush();
                inFlight.addAndGet(-unsent);
                unsent = 0;
            }
        }
    }
}
