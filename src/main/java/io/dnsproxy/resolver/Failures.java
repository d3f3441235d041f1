package io.dnsproxy.resolver;

import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Rcode;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The one place where failure turns into SERVFAIL, with an Extended DNS Error for those who can read it (RFC 8914). */
final class Failures {

    static final Answer OVERLOADED = servfail(ExtendedError.OTHER, "too many queries in flight");
    static final Answer FAULT = servfail(ExtendedError.OTHER, "a fault of this proxy");

    private static final Answer STOPPING = servfail(ExtendedError.NOT_READY, "shutting down");
    private static final Answer UNREACHABLE = servfail(ExtendedError.NETWORK_ERROR, "no upstream can be reached");
    private static final Answer UNINTELLIGIBLE =
            servfail(ExtendedError.INVALID_DATA, "what the upstreams answered is malformed");
    private static final Answer UNANSWERED =
            servfail(ExtendedError.NO_REACHABLE_AUTHORITY, "no upstream answered in time");

    private Failures() {}

    /** What a client is told. */
    static Answer answer(UpstreamException failure) {
        return switch (failure.reason()) {
            case CONNECT, HANDSHAKE, CERTIFICATE, PIN, CLOSED, BACKING_OFF -> UNREACHABLE;
            case MALFORMED -> UNINTELLIGIBLE;
            case TIMEOUT -> UNANSWERED;
            case OVERLOADED -> OVERLOADED;
            case STOPPED -> STOPPING;
        };
    }

    /**
     * Whether it says something about the question, and so may be remembered (RFC 9520 3.2); that nobody could be reached, or
     * that there was too much to do, does not.
     */
    static boolean concernsTheQuestion(UpstreamException failure) {
        return switch (failure.reason()) {
            case TIMEOUT -> !failure.isBadLuck();
            case MALFORMED -> true;
            case CONNECT, HANDSHAKE, CERTIFICATE, PIN, CLOSED, BACKING_OFF, OVERLOADED, STOPPED -> false;
        };
    }

    /** The upstream's failure that a stage failed with; null if it was something else. */
    static @Nullable UpstreamException upstreamFailure(@Nullable Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        return cause instanceof UpstreamException failure ? failure : null;
    }

    private static Answer servfail(int code, String text) {
        return Answer.failure(Rcode.SERVFAIL, new ExtendedError(code, text));
    }
}
