package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/** What one upstream has done since the start. Written by its event loop, read by anyone. */
public final class UpstreamCounters {

    /** Each new answer counts for so much (RFC 6298 2.3 does the same with round trips). */
    private static final int SMOOTHING = 8;

    /** Whose they are: the {@linkplain io.dnsproxy.wire.Answer#origin origin} of its answers. */
    final int number;

    final LongAdder sent = new LongAdder();
    final LongAdder reused = new LongAdder();
    final LongAdder answered = new LongAdder();
    final LongAdder mismatched = new LongAdder();
    final LongAdder late = new LongAdder();
    final LongAdder dials = new LongAdder();
    final LongAdder fullHandshakes = new LongAdder();
    final LongAdder resumedHandshakes = new LongAdder();
    final LongAdder passedBy = new LongAdder();
    final LongAdder doubts = new LongAdder();
    final LongAdder probes = new LongAdder();
    final LongAdder heldBack = new LongAdder();
    private final LongAdder[] failures = new LongAdder[Reason.values().length];

    volatile int connections;
    volatile int inFlight;
    volatile int resting;
    volatile int waiting;
    volatile long smoothedNanos;
    volatile LongConsumer latencyNanos = nanos -> {};

    UpstreamCounters(int number) {
        this.number = number > Byte.MAX_VALUE ? Answer.NO_ORIGIN : number;
        for (int i = 0; i < failures.length; i++) {
            failures[i] = new LongAdder();
        }
    }

    /** An answer came after so long; on the event loop. Probes are not counted, here and below: nobody waits for them. */
    void answered(PendingExchange exchange, long nanos) {
        if (!exchange.isProbe) {
            answered(nanos);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void answered(long nanos) {
        answered.increment();
        smoothedNanos = smoothedNanos == 0 ? nanos : smoothedNanos + (nanos - smoothedNanos) / SMOOTHING;
        latencyNanos.accept(nanos);
    }

    /** An exchange that was sent failed. */
    void failed(PendingExchange exchange, Reason reason) {
        if (!exchange.isProbe) {
            failed(reason);
        }
    }

    void failed(Reason reason) {
        failures[reason.ordinal()].increment();
    }

    /** Sends the time from query to answer of each exchange, in nanoseconds, to the given recorder, on the event loop. */
    public void recordLatencyTo(LongConsumer recorder) {
        latencyNanos = recorder;
    }

    /** Queries written to a connection. */
    public long sent() {
        return sent.sum();
    }

    /** Queries that found a connection open, with a place for them. */
    public long reused() {
        return reused.sum();
    }

    /** Answers that came, late ones included. */
    public long answered() {
        return answered.sum();
    }

    /** Messages that answered no query of their connection, and were ignored. */
    public long mismatched() {
        return mismatched.sum();
    }

    /** Answers that came after the attempt timeout. */
    public long late() {
        return late.sum();
    }

    /** Connections attempted. */
    public long dials() {
        return dials.sum();
    }

    /** TLS handshakes with a certificate sent. */
    public long fullHandshakes() {
        return fullHandshakes.sum();
    }

    /** TLS handshakes that resumed an earlier session. */
    public long resumedHandshakes() {
        return resumedHandshakes.sum();
    }

    /** How often a connection was passed by for a while because not even a probe was answered in time. */
    public long passedBy() {
        return passedBy.sum();
    }

    /** Connections given up because nothing arrived on them while queries waited. */
    public long doubts() {
        return doubts.sum();
    }

    /** Queries of our own, to tell a silent connection from slow names. */
    public long probes() {
        return probes.sum();
    }

    /** Repeats of overdue queries that were held back, since the first could still be answered. */
    public long heldBack() {
        return heldBack.sum();
    }

    /** Exchanges and dials that ended for this reason. */
    public long failures(Reason reason) {
        return failures[reason.ordinal()].sum();
    }

    /** How long answers take, in nanoseconds: the newer ones count for more; 0 before the first. */
    public long smoothedNanos() {
        return smoothedNanos;
    }

    /** Connections open now. */
    public int connections() {
        return connections;
    }

    /** Queries sent and not answered yet, now. */
    public int inFlight() {
        return inFlight;
    }

    /** Ids that rest on the open connections, now. */
    public int resting() {
        return resting;
    }

    /** Queries that wait for a connection, now. */
    public int waiting() {
        return waiting;
    }
}
