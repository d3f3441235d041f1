package io.dnsproxy.listener;

import io.dnsproxy.resolver.FaultLog;
import io.dnsproxy.wire.Query;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands an entry for each response to a thread of its own that writes it down. Whoever answers never waits for that: an entry that
 * finds too many others waiting is dropped, and counted. Clients are made unknown before the entry is made.
 */
public final class QueryLog implements AutoCloseable {

    /** An entry waits so long at most until the thread looks. */
    private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();

    /** At the end, for what waits. */
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

    /** What an IPv4 network leaves of the address: /24. */
    private static final long IPV4_NETWORK = -1L << 8;

    /** What an IPv6 network leaves of the first half of the address: /48. */
    private static final long IPV6_NETWORK = -1L << 16;

    private final int maxWaiting;
    private final ClientDetail detail;
    private final Consumer<Entry> sink;
    private final Queue<Entry> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder written = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final FaultLog faults = new FaultLog();
    private final Thread thread;
    private volatile boolean closed;

    /** How much of a client's address is kept. */
    public enum ClientDetail {
        /** All of it. */
        FULL,
        /** Its network: the /24 of IPv4, the /48 of IPv6. */
        NETWORK,
        /** Nothing. */
        NONE
    }

    /** How the query came. */
    public enum Transport {
        /** By UDP. */
        UDP,
        /** By TCP, in clear. */
        TCP,
        /** By TLS. */
        TLS
    }

    /**
     * One response.
     *
     * @param timeMillis since the epoch
     * @param clientHigh first half of what is kept of the client's address; of an IPv4 address 0
     * @param clientLow second half; {@code ::ffff:a.b.c.d} of an IPv4 address
     * @param name asked for, in wire format; null where the message had no question
     * @param rcode the whole one
     * @param atOnce whether nobody had to be asked
     * @param origin of the answer, see {@link io.dnsproxy.wire.Answer#origin}
     * @param tookNanos from the reading of the query
     */
    @SuppressWarnings("ArrayRecordComponent") // entries are not compared
    public record Entry(
            long timeMillis,
            Transport transport,
            long clientHigh,
            long clientLow,
            byte @Nullable [] name,
            int type,
            int dnsClass,
            int rcode,
            boolean atOnce,
            int origin,
            long tookNanos) {}

    /**
     * Starts the thread.
     *
     * @param maxWaiting entries that may wait to be written
     * @param sink called by the thread alone
     */
    public QueryLog(int maxWaiting, ClientDetail detail, Consumer<Entry> sink) {
        this.maxWaiting = maxWaiting;
        this.detail = detail;
        this.sink = sink;
        this.thread = Thread.ofPlatform().name("query-log").daemon().start(this::run);
    }

    /** From any thread; never blocks. */
    void add(
            Query query,
            int rcode,
            boolean atOnce,
            int origin,
            Transport transport,
            long clientHigh,
            long clientLow,
            long tookNanos) {
        int now = waiting.incrementAndGet();
        if (now > maxWaiting) {
            waiting.decrementAndGet();
            dropped.increment();
            return;
        }
        boolean asks = query.hasQuestion();
        boolean isIpv4 = ClientAddress.isIpv4(clientHigh, clientLow);
        queue.add(new Entry(
                System.currentTimeMillis(),
                transport,
                high(clientHigh),
                low(clientLow, isIpv4),
                asks ? query.name() : null,
                asks ? query.type() : 0,
                asks ? query.dnsClass() : 0,
                rcode,
                atOnce,
                origin,
                tookNanos));
        if (now == maxWaiting / 2) {
            LockSupport.unpark(thread); // else it looks by itself, and the one who answers makes no system call
        }
    }

    private long high(long clientHigh) {
        return switch (detail) {
            case FULL -> clientHigh;
            case NETWORK -> clientHigh & IPV6_NETWORK;
            case NONE -> 0;
        };
    }

    private long low(long clientLow, boolean isIpv4) {
        return switch (detail) {
            case FULL -> clientLow;
            case NETWORK -> isIpv4 ? clientLow & IPV4_NETWORK : 0;
            case NONE -> 0;
        };
    }

    private void run() {
        while (true) {
            Entry entry = queue.poll();
            if (entry != null) {
                waiting.decrementAndGet();
                write(entry);
            } else if (closed) {
                return;
            } else {
                LockSupport.parkNanos(this, LOOK_NANOS);
            }
        }
    }

    private void write(Entry entry) {
        try {
            sink.accept(entry);
            written.increment();
        } catch (RuntimeException | Error e) {
            dropped.increment();
            faults.fault(e);
        }
    }

    /** Entries written down. */
    public long written() {
        return written.sum();
    }

    /** Entries that were not, because too many waited. */
    public long dropped() {
        return dropped.sum();
    }

    /** Entries that wait now. */
    public int waiting() {
        return waiting.get();
    }

    /** Writes what waits, and ends. To be called when nothing is added any more. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
