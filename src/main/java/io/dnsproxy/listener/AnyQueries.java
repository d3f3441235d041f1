package io.dnsproxy.listener;

import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerBuilder;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import io.dnsproxy.wire.RecordType;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What becomes of queries for every type of a name (RFC 8482). Most of them want a large answer sent to somebody else. */
public enum AnyQueries {
    /** One small record that says that this is not done (RFC 8482 4.2), without asking anyone. */
    MINIMAL,
    /** REFUSED. */
    REFUSE,
    /** Like any other query: what an upstream says. */
    FORWARD;

    private static final Answer REFUSED = Answer.failure(
            Rcode.REFUSED, new ExtendedError(ExtendedError.NOT_SUPPORTED, "ask for one type, or by TCP"));

    /** Two character strings (RFC 1035 3.3.2): the number of the RFC, and nothing. */
    private static final byte[] SEE_RFC_8482 = {7, 'R', 'F', 'C', '8', '4', '8', '2', 0};

    /** "Long enough" (RFC 8482 4.2): nothing that is known changes it. */
    private static final int TTL_SECONDS = (int) Duration.ofHours(1).toSeconds();

    /** The answer to a query for ANY; null when it is to be forwarded. A name that does not exist here has no record of any type. */
    @Nullable
    Answer answer(Query query, Forwarder forwarder) {
        return switch (this) {
            case MINIMAL -> {
                Answer denial = forwarder.denyNow(query);
                yield denial == null ? minimal(query) : denial;
            }
            case REFUSE -> REFUSED;
            case FORWARD -> null;
        };
    }

    private static Answer minimal(Query query) {
        return AnswerBuilder.to(query)
                .answer(RecordType.HINFO, TTL_SECONDS, SEE_RFC_8482)
                .build(Rcode.NOERROR);
    }
}
