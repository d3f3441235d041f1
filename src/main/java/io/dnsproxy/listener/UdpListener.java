package io.dnsproxy.listener;

import io.dnsproxy.datagram.DatagramEndpoint;
import io.dnsproxy.datagram.DatagramReceiver;
import io.dnsproxy.datagram.DatagramSender;
import io.dnsproxy.datagram.DatagramSettings;
import io.dnsproxy.datagram.Datagrams;
import io.dnsproxy.datagram.Peer;
import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerWriter;
import io.dnsproxy.wire.Header;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import io.dnsproxy.wire.ReplyOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DNS over UDP for clients (RFC 1035 4.2.1, RFC 6891): one thread for each worker, with a socket of its own for each listen
 * address. What
 * can be answered at once is answered in the batch in which it came; the rest follows when it is known, from whatever
 * thread knows it.
 *
 * <p>Life: {@link #start} binds and reads; {@link #drain} reads what the sockets still hold, and then no more; when
 * {@link #inFlight} is 0, {@link #close} loses nothing.
 */
public final class UdpListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(UdpListener.class);

    /** Datagrams in one system call: enough to make the call cheap, few enough to answer the first one soon. */
    private static final int BATCH = 64;

    /** Time to read any socket buffer empty; under a flood it would never be. */
    private static final long DRAIN_NANOS_MAX = Duration.ofMillis(250).toNanos();

    private final UdpSettings settings;
    private final ClientRules rules;
    private final Forwarder forwarder;
    private final LateReplies lateReplies;
    private final @Nullable QueryLog log;
    private final ListenerCounters counters = new ListenerCounters();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final List<Worker> workers = new ArrayList<>();
    private volatile boolean draining;

    /** @param lateReplies shared with whoever completes answers in bursts */
    public UdpListener(UdpSettings settings, ClientRules rules, Forwarder forwarder, LateReplies lateReplies) {
        this(settings, rules, forwarder, lateReplies, null);
    }

    /**
     * One that may have a log.
     *
     * @param lateReplies shared with whoever completes answers in bursts
     * @param log told of each response; null: nobody is
     */
    public UdpListener(
            UdpSettings settings,
            ClientRules rules,
            Forwarder forwarder,
            LateReplies lateReplies,
            @Nullable QueryLog log) {
        this.log = log;
        this.settings = settings;
        this.rules = rules;
        this.forwarder = forwarder;
        this.lateReplies = lateReplies;
    }

    /**
     * Binds the sockets and starts the workers.
     *
     * @param addresses at least one; port 0 lets the system choose
     * @throws io.dnsproxy.datagram.DatagramBindException when an address cannot be had
     */
    public void start(List<InetSocketAddress> addresses) throws IOException {
        DatagramSettings sockets =
                new DatagramSettings(addresses, settings.receiveBufferOctets(), settings.sendBufferOctets(), BATCH);
        for (DatagramEndpoint endpoint : Datagrams.open(sockets, settings.workers())) {
            Worker worker = new Worker(endpoint, workers.size());
            workers.add(worker);
            worker.thread.start();
        }
    }

    /** Where it listens, with the ports that the system chose. */
    public List<InetSocketAddress> localAddresses() {
        return workers.isEmpty() ? List.of() : workers.getFirst().endpoint.localAddresses();
    }

    /** Whether every worker is still reading. */
    public boolean isAlive() {
        return !workers.isEmpty() && workers.stream().allMatch(worker -> worker.thread.isAlive());
    }

    /** Queries whose answers have not been sent yet. */
    public int inFlight() {
        return inFlight.get();
    }

    /** What it has received and sent. */
    public ListenerCounters counters() {
        return counters;
    }

    /** Datagrams that the kernel dropped because the receive buffer was full. */
    public long socketDrops() {
        return workers.stream()
                .mapToLong(worker -> worker.endpoint.counters().socketDrops())
                .sum();
    }

    /** Errors that the network reported in place of a datagram, and datagrams that were too long. */
    public long receiveErrors() {
        return workers.stream()
                .map(worker -> worker.endpoint.counters())
                .mapToLong(counts -> counts.receiveErrors() + counts.truncated())
                .sum();
    }

    /** Responses that the network did not take; {@link #counters} has them as responses. */
    public long unsent() {
        return workers.stream()
                .mapToLong(worker -> worker.endpoint.counters().sendFailures())
                .sum();
    }

    /** Reads what the sockets hold now, then no more. Returns when that is done. Answers still go out. */
    public void drain() {
        draining = true;
        for (Worker worker : workers) {
            try {
                worker.thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Closes the sockets: what is unanswered stays so. */
    @Override
    public void close() {
        drain();
        workers.forEach(worker -> worker.endpoint.close());
    }

    /** One thread, its socket, and the batch of replies that it fills. */
    private final class Worker implements Runnable, DatagramReceiver {

        final DatagramEndpoint endpoint;
        final Thread thread;
        private final DatagramSender sender;
        private final @Nullable ServerCookies cookies = rules.cookies();
        private final @Nullable RateLimit rateLimit = rules.rateLimit();
        private final Responder responder = new Responder(forwarder, settings.anyQueries(), cookies, counters);
        private final Query query = new Query();
        private final ReplyOptions options = new ReplyOptions();
        private final byte[] rendered = new byte[AnswerWriter.UDP_PAYLOAD_OCTETS];

        /** The time of this batch, once its first datagram has asked for it. */
        private long nowNanos;

        private boolean nowIsKnown;

        /** Replies in this batch. */
        private int replies;

        /** Queries over the limit since the last one that was answered. */
        private int sinceSlip;

        Worker(DatagramEndpoint endpoint, int number) {
            this.endpoint = endpoint;
            this.sender = endpoint.sender();
            this.thread = Thread.ofPlatform().name("udp-" + number).daemon().unstarted(this);
        }

        @Override
        public void run() {
            try {
                while (!draining) {
                    nowIsKnown = false;
                    endpoint.receive(this, true);
                    flush();
                }
                long endNanos = System.nanoTime() + DRAIN_NANOS_MAX;
                nowIsKnown = false;
                while (endpoint.receive(this, false) > 0 && System.nanoTime() - endNanos < 0) {
                    flush();
                    nowIsKnown = false;
                }
                flush();
            } catch (IOException e) {
                if (!draining) {
                    LOG.error("UDP worker {} has stopped: {}", thread.getName(), e.getMessage(), e);
                }
            }
        }

        /** One more reading of the clock for all replies of the batch: each took as long as all of them. */
        private void flush() {
            sender.flush();
            if (replies > 0) {
                counters.hitTimes().add(System.nanoTime() - nowNanos, replies);
                replies = 0;
            }
        }

        @Override
        public void received(byte[] buffer, int offset, int length, Peer peer) {
            counters.query();
            try {
                answer(buffer, offset, length, peer);
            } catch (RuntimeException | Error e) {
                counters.fault(e); // one datagram must never cost the worker
            }
        }

        private void answer(byte[] buffer, int offset, int length, Peer peer) {
            int rcode = query.read(buffer, offset, length);
            if (rcode == Query.UNANSWERABLE) {
                counters.drop(ListenerCounters.Drop.UNANSWERABLE);
                return;
            }
            if (!nowIsKnown) {
                nowIsKnown = true;
                nowNanos = System.nanoTime();
            }
            boolean isServed = rules.served().contains(peer.addressHigh(), peer.addressLow());
            if (!isServed && rules.dropOthers()) {
                counters.prohibit();
                counters.drop(ListenerCounters.Drop.PROHIBITED);
                return;
            }
            boolean isProven = cookies != null && cookies.areGood(query, peer.addressHigh(), peer.addressLow());
            if (rateLimit != null && !isProven && !rateLimit.tryTake(peer.addressHigh(), peer.addressLow(), nowNanos)) {
                cutOrDrop(rateLimit.slip(), peer);
                return;
            }
            Answer answer = responder.answerNow(query, rcode, isServed, isProven, nowNanos);
            if (answer == null) {
                answerLater(query.copy(), peer.copy());
            } else {
                reply(answer, peer);
            }
        }

        /** A client that is what it says it is comes back by TCP, or with the cookie that it gets. */
        private void cutOrDrop(int slip, Peer peer) {
            if (slip == 0 || ++sinceSlip < slip) {
                counters.drop(ListenerCounters.Drop.LIMITED);
                return;
            }
            sinceSlip = 0;
            ReplyOptions own = ServerCookies.reply(cookies, options, query, peer);
            int octets = AnswerWriter.writeCut(query, rendered.length, own, rendered, 0);
            sender.add(rendered, 0, octets, peer);
            counters.response(Rcode.NOERROR, Header.flags(rendered, 0));
            repliedAtOnce(Rcode.NOERROR, Answer.NO_ORIGIN, peer);
        }

        private void reply(Answer answer, Peer peer) {
            int limitOctets = Math.min(query.udpPayloadOctets(), AnswerWriter.UDP_PAYLOAD_OCTETS);
            ReplyOptions own = ServerCookies.reply(cookies, options, query, peer);
            int octets = AnswerWriter.write(query, answer, answer.ageSeconds(nowNanos), limitOctets, own, rendered, 0);
            sender.add(rendered, 0, octets, peer);
            counters.response(answer.rcode(), Header.flags(rendered, 0));
            repliedAtOnce(answer.rcode(), answer.origin(), peer);
        }

        private void repliedAtOnce(int rcode, int origin, Peer peer) {
            replies++;
            if (log != null) {
                note(log, query, rcode, true, origin, peer, System.nanoTime() - nowNanos);
            }
        }

        private static void note(
                QueryLog log, Query asked, int rcode, boolean atOnce, int origin, Peer peer, long tookNanos) {
            long high = peer.addressHigh();
            log.add(asked, rcode, atOnce, origin, QueryLog.Transport.UDP, high, peer.addressLow(), tookNanos);
        }

        private void answerLater(Query asked, Peer peer) {
            long askedNanos = nowNanos;
            inFlight.incrementAndGet();
            try {
                forwarder.answerLater(asked).whenComplete((answer, never) -> answered(asked, peer, answer, askedNanos));
            } catch (RuntimeException | Error e) {
                inFlight.decrementAndGet();
                throw e;
            }
        }

        private void answered(Query asked, Peer peer, Answer answer, long askedNanos) {
            try {
                long repliedNanos = lateReplies.reply(endpoint, peer, asked, answer, cookies, counters, inFlight);
                counters.missTimes().add(repliedNanos - askedNanos, 1);
                if (log != null) {
                    note(log, asked, answer.rcode(), false, answer.origin(), peer, repliedNanos - askedNanos);
                }
            } catch (RuntimeException | Error e) {
                counters.fault(e); // it would be lost in the future that nobody looks at
                inFlight.decrementAndGet();
            }
        }
    }
}
