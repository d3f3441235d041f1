package io.dnsproxy.upstream;

import java.util.concurrent.CompletionException;

/**
 * Why an upstream gave no answer. Expected, frequent on bad days, and therefore without a stack trace; and of a kind that futures hand on
 * as it is, while they wrap any other, at each stage, into one with a stack trace: to fail would cost more than to answer.
 */
public final class UpstreamException extends CompletionException {

    /** The kinds of failure; each is a metric's label and a word in the log. */
    public enum Reason {
        /** No TCP connection: refused, unreachable, timed out, or the host name has no address. */
        CONNECT,
        /** TCP, but no TLS: not a TLS server, no common version, timed out. */
        HANDSHAKE,
        /** The certificate is not trusted, not valid now, or not for this name or address. */
        CERTIFICATE,
        /** No configured pin matches the certificate's key. */
        PIN,
        /** The connection closed before the answer came. */
        CLOSED,
        /** No answer in time. */
        TIMEOUT,
        /** What came back was no DNS message, or a broken one. */
        MALFORMED,
        /** More queries are waiting for this upstream than its bound allows. */
        OVERLOADED,
        /** It failed just now and is left alone for a while. */
        BACKING_OFF,
        /** The proxy is shutting down. */
        STOPPED
    }

    private final Reason reason;
    private final boolean badLuck;

    /** @param message for people; names no query */
    public UpstreamException(Reason reason, String message) {
        this(reason, message, false);
    }

    private UpstreamException(Reason reason, String message, boolean badLuck) {
        super(message);
        this.reason = reason;
        this.badLuck = badLuck;
    }

    /** The query did not have its time: its connection fell silent. */
    public static UpstreamException unluckyTimeout(String message) {
        return new UpstreamException(Reason.TIMEOUT, message, true);
    }

    /** Nobody answered in time. */
    public static UpstreamException timeout() {
        return new UpstreamException(Reason.TIMEOUT, "no upstream answered in time");
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }

    public Reason reason() {
        return reason;
    }

    /**
     * Whether the query was on a connection that fell silent before the query had its time: that says nothing about the
     * question.
     */
    public boolean isBadLuck() {
        return badLuck;
    }
}
