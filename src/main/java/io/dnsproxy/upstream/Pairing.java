package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.ResponseReader;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Pairs the messages of one connection with its queries, by id and question (RFC 5452 9). A message that matches none is ignored
 * and counted. For the connection's event loop.
 */
final class Pairing {

    /** A server that sends this many messages in a row that nobody asked for is broken or hostile. */
    private static final int MISMATCHES_ALLOWED = 1_000;

    private final InFlightQueries queries;
    private final UpstreamCounters counters;
    private final IntConsumer keepalive;
    private int mismatchesInARow;
    private long answers;
    private long answered;

    /** @param keepalive told how long the server leaves the connection open, as {@link ResponseReader} says */
    Pairing(InFlightQueries queries, UpstreamCounters counters, IntConsumer keepalive) {
        this.queries = queries;
        this.counters = counters;
        this.keepalive = keepalive;
    }

    /**
     * Takes one message, and answers its query if it has one.
     *
     * @param message not touched by anyone else from now on
     * @return why the connection must be closed, null if it need not be
     */
    @Nullable
    String take(byte[] message, long nowNanos) {
        int id = ResponseReader.id(message, message.length);
        if (id < 0) {
            return "sent a message that is shorter than a header";
        }
        PendingExchange exchange = queries.find(id);
        if (exchange != null && isAnswer(message, exchange)) {
            mismatchesInARow = 0;
            answered++;
            answers += exchange.isProbe ? 0 : 1;
            answer(exchange, message, nowNanos);
            return null;
        }
        counters.mismatched.increment();
        return ++mismatchesInARow < MISMATCHES_ALLOWED
                ? null
                : "sent " + MISMATCHES_ALLOWED + " messages in a row that answer no query";
    }

    /** Messages that answered a query that was no probe, so far. */
    long answers() {
        return answers;
    }

    /** Messages that answered a query, a probe too, so far. */
    long answered() {
        return answered;
    }

    private static boolean isAnswer(byte[] message, PendingExchange exchange) {
        return ResponseReader.answers(message, message.length, exchange.query)
                || ResponseReader.isBareFailure(message, message.length);
    }

    private void answer(PendingExchange exchange, byte[] message, long nowNanos) {
        boolean late = queries.isResting(exchange.id);
        if (late && !exchange.isProbe) {
            counters.late.increment();
        }
        queries.remove(exchange);
        Answer answer = ResponseReader.read(message, message.length, exchange.query, keepalive, counters.number);
        if (answer == null) {
            counters.failed(exchange, Reason.MALFORMED);
            exchange.fail(Reason.MALFORMED, "the answer is malformed");
        } else {
            counters.answered(exchange, nowNanos - exchange.sentNanos);
            exchange.answer(answer);
        }
    }
}
