package io.dnsproxy.fuzz;

import io.dnsproxy.datagram.ClientPeer;
import io.dnsproxy.datagram.DatagramEndpoint;
import io.dnsproxy.datagram.DatagramSender;
import io.dnsproxy.datagram.DatagramSettings;
import io.dnsproxy.datagram.Datagrams;
import io.dnsproxy.datagram.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends mutants as datagrams, as fast as the proxy and the resolver behind it take them, and judges whatever comes back. Each burst ends with
 * a good query, and the next one from that socket waits for its answer: so the proxy is busy, but its sockets do not overflow. Nor does
 * the resolver, since not many may be unanswered at a time. One thread.
 */
final class DatagramAttack implements AutoCloseable {

    private static final int SOCKETS = 8;
    private static final int IDS = 1 << 16;
    private static final int BUFFER_OCTETS = 4 << 20;
    private static final int BATCH = 64;
    private static final int BURST = 64;

    /** Of so many bursts, sockets of a usual size (212,992 octets) hold all. */
    private static final int BURSTS_AT_ONCE = 4;

    /** What a resolver answers in a fraction of a second. */
    private static final long UNANSWERED_MAX = 500;

    private static final long BURST_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long PROGRESS = 1_000_000;

    /** Longer than any answer takes. */
    private static final long END_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Mutations mutations;
    private final Replies replies;
    private final Names names;
    private final DatagramEndpoint endpoint;
    private final DatagramSender sender;
    private final Peer[] proxy = new Peer[SOCKETS];
    private final byte[] mutant = new byte[Mutations.OCTETS_MAX];
    private final int[] nextId = new int[SOCKETS];
    private final @Nullable Sent[] waiting = new @Nullable Sent[SOCKETS * IDS];
    private final @Nullable Sent[] lastOfBurst = new @Nullable Sent[SOCKETS];
    private long sent;
    private long sentOctets;
    private long unanswerable;
    private long answered;
    private long answeredOctets;
    private long lost;
    private long slowBursts;

    /** How many answers must still come, but for those that have been given up. */
    private long owed;

    DatagramAttack(InetSocketAddress address, Mutations mutations, SplittableRandom random, Findings findings)
            throws IOException {
        this.mutations = mutations;
        this.replies = new Replies(findings);
        this.names = new Names(1, random);
        InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        DatagramSettings settings =
                new DatagramSettings(Collections.nCopies(SOCKETS, any), BUFFER_OCTETS, BUFFER_OCTETS, BATCH);
        endpoint = Datagrams.open(settings, 1).getFirst();
        sender = endpoint.sender();
        for (int i = 0; i < SOCKETS; i++) {
            proxy[i] = ClientPeer.of(address, i);
        }
    }

    /** What was sent under an id; the octets are those of the mutant. */
    private static final class Sent {

        private final byte[] octets;
        private boolean answered;

        Sent(byte[] octets) {
            this.octets = octets;
        }

        /** Whether an answer must still come. */
        boolean isOwed() {
            return !answered && Replies.isAnswerable(octets, 0, octets.length);
        }
    }

    /**
     * Sends so many datagrams, good ones included, and waits for the answers.
     *
     * @param untilNanos when to end before that, by {@link System#nanoTime}
     */
    Figures run(long datagrams, long untilNanos) throws IOException {
        long before = endpoint.counters().sendFailures();
        Figures earlier = figures(0, before);
        long beginNanos = System.nanoTime();
        for (int burst = 0; sent - earlier.sent < datagrams && System.nanoTime() - untilNanos < 0; burst++) {
            int socket = burst % SOCKETS;
            awaitAnswers((burst + SOCKETS - BURSTS_AT_ONCE) % SOCKETS);
            for (int i = 1; i < BURST; i++) {
                sendMutant(socket);
            }
            lastOfBurst[socket] = sendGood(socket);
            sender.flush();
            if (sent / PROGRESS > (sent - BURST) / PROGRESS) {
                System.out.printf("%,d datagrams sent%n", sent);
            }
        }
        long tookNanos = System.nanoTime() - beginNanos;
        long endNanos = System.nanoTime() + END_PATIENCE_NANOS;
        while (System.nanoTime() - endNanos < 0 && isAnyWaiting()) {
            endpoint.receive(this::received, true);
        }
        forgetAll();
        return figures(tookNanos, before).since(earlier);
    }

    private void sendMutant(int socket) {
        int length = mutations.next(mutant);
        int id = takeId(socket);
        if (length >= 2) {
            mutant[0] = (byte) (id >> 8);
            mutant[1] = (byte) id;
        }
        send(socket, id, Arrays.copyOf(mutant, length));
    }

    private Sent sendGood(int socket) {
        int id = takeId(socket);
        return send(socket, id, Names.query(names.next(), id));
    }

    private int takeId(int socket) {
        int id = nextId[socket];
        nextId[socket] = (id + 1) % IDS;
        return id;
    }

    private Sent send(int socket, int id, byte[] octets) {
        int slot = id * SOCKETS + socket;
        forget(slot);
        Sent one = new Sent(octets);
        waiting[slot] = one;
        if (one.isOwed()) {
            owed++;
        } else {
            unanswerable++;
        }
        sender.add(octets, 0, octets.length, proxy[socket]);
        sent++;
        sentOctets += octets.length;
        return one;
    }

    private void awaitAnswers(int socket) throws IOException {
        long beginNanos = System.nanoTime();
        while (isOwed(lastOfBurst[socket]) || owed > UNANSWERED_MAX) {
            endpoint.receive(this::received, true);
            if (System.nanoTime() - beginNanos > BURST_PATIENCE_NANOS) {
                lastOfBurst[socket] = null;
                owed = 0;
                slowBursts++;
            }
        }
    }

    private static boolean isOwed(@Nullable Sent one) {
        return one != null && one.isOwed();
    }

    private void received(byte[] buffer, int offset, int length, Peer peer) {
        byte[] reply = Arrays.copyOfRange(buffer, offset, offset + length);
        answered++;
        answeredOctets += length;
        int id = length < 2 ? 0 : FrameStream.u16(reply, 0);
        Sent asked = waiting[id * SOCKETS + ClientPeer.socketOf(peer)];
        if (asked == null) {
            replies.toNothing(reply);
        } else if (asked.answered) {
            replies.twice(asked.octets, reply);
        } else {
            owed -= asked.isOwed() ? 1 : 0;
            asked.answered = true;
            replies.judge(asked.octets, reply);
        }
    }

    private boolean isAnyWaiting() {
        for (Sent one : waiting) {
            if (one != null && one.isOwed()) {
                return true;
            }
        }
        return false;
    }

    private void forget(int slot) {
        Sent one = waiting[slot];
        if (one != null && one.isOwed()) {
            lost++;
        }
        waiting[slot] = null;
    }

    private void forgetAll() {
        for (int slot = 0; slot < waiting.length; slot++) {
            forget(slot);
        }
    }

    private Figures figures(long tookNanos, long failuresBefore) {
        return new Figures(
                sent - (endpoint.counters().sendFailures() - failuresBefore),
                sentOctets,
                unanswerable,
                answered,
                answeredOctets,
                lost,
                endpoint.counters().socketDrops(),
                slowBursts,
                tookNanos);
    }

    @Override
    public void close() {
        sender.close();
        endpoint.close();
    }

    /**
     * What was seen.
     *
     * @param sent datagrams that the system took
     * @param unanswerable those of them that must get no answer: responses, and what is shorter than a header
     * @param lost those that should have got an answer and did not
     * @param unheard answers that our own sockets had no room for
     * @param slowBursts how often answers were not there in time to go on at once
     */
    record Figures(
            long sent,
            long sentOctets,
            long unanswerable,
            long answered,
            long answeredOctets,
            long lost,
            long unheard,
            long slowBursts,
            long tookNanos) {

        Figures since(Figures earlier) {
            return new Figures(
                    sent - earlier.sent,
                    sentOctets - earlier.sentOctets,
                    unanswerable - earlier.unanswerable,
                    answered - earlier.answered,
                    answeredOctets - earlier.answeredOctets,
                    lost - earlier.lost,
                    unheard - earlier.unheard,
                    slowBursts - earlier.slowBursts,
                    tookNanos);
        }

        double perSecond() {
            return tookNanos == 0 ? 0 : sent * 1e9 / tookNanos;
        }
    }
}
