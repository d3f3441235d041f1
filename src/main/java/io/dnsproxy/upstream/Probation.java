package io.dnsproxy.upstream;

import org.jspecify.annotations.Nullable;

/**
 * What one connection may take of its upstream's {@link QueryAllowance}: when that is used up, a probe follows, and no query more
 * until it is answered. A probe that is not answered soon ends the probation as well: it shows nothing, and queries shall not wait for it. For the connection's
 * event loop.
 */
final class Probation {

    private final QueryAllowance allowance;
    private final long patienceNanos;
    private long allowed = QueryAllowance.UNLIMITED;
    private long taken;
    private @Nullable PendingExchange proof;

    /** @param patienceNanos how long the answer to a probe is waited for */
    Probation(QueryAllowance allowance, long patienceNanos) {
        this.allowance = allowance;
        this.patienceNanos = patienceNanos;
    }

    /** The connection is ready. */
    void begin() {
        allowed = allowance.queries();
    }

    /** One more was taken, a probe too. */
    void took() {
        taken++;
    }

    /** Whether no query may be taken until a probe is answered, which is not waited for too long. */
    boolean isProving(long nowNanos) {
        if (proof != null && nowNanos - proof.sentNanos >= patienceNanos) {
            proof = null;
            allowed = QueryAllowance.UNLIMITED;
            allowance.lift();
        }
        return taken >= allowed;
    }

    /** Whether the next flush has to send a probe. */
    boolean needsProof() {
        return taken >= allowed && proof == null;
    }

    /** The probe that shows it. */
    void sends(PendingExchange probe) {
        proof = probe;
    }

    /** Messages were read and paired. */
    void read(InFlightQueries queries) {
        if (proof != null && !proof.equals(queries.find(proof.id))) {
            proof = null;
            allowed = allowance.outlived(taken);
        }
    }

    /** The server ended the connection, and left queries unanswered for which somebody waits. */
    void cutOff(long answers, long openedNanos, long nowNanos) {
        allowance.cutOff(answers, openedNanos, nowNanos);
    }
}
