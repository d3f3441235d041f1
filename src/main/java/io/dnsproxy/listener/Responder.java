package io.dnsproxy.listener;

import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.DnsClass;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import io.dnsproxy.wire.RecordType;
import org.jspecify.annotations.Nullable;

/** What both listeners decide alike about a message before anyone is asked: is it a query, and may this client ask? */
final class Responder {

    private static final Answer PROHIBITED = Answer.failure(
            Rcode.REFUSED, new ExtendedError(ExtendedError.PROHIBITED, "this network is not served here"));

    private static final Answer FORMERR = Answer.failure(Rcode.FORMERR);
    private static final Answer NOTIMP = Answer.failure(Rcode.NOTIMP);
    private static final Answer BADVERS = Answer.failure(Rcode.BADVERS);
    private static final Answer BADCOOKIE = Answer.failure(Rcode.BADCOOKIE);

    /** To a client that asks for a cookie and nothing else (RFC 7873 5.4). */
    private static final Answer NOTHING_BUT_A_COOKIE = Answer.failure(Rcode.NOERROR);

    private final Forwarder forwarder;
    private final AnyQueries anyQueries;
    private final @Nullable ServerCookies cookies;
    private final ListenerCounters counters;

    /** @param cookies null: whatever clients send is ignored */
    Responder(Forwarder forwarder, AnyQueries anyQueries, @Nullable ServerCookies cookies, ListenerCounters counters) {
        this.forwarder = forwarder;
        this.anyQueries = anyQueries;
        this.cookies = cookies;
        this.counters = counters;
    }

    /**
     * What can be said at once.
     *
     * @param rcode what {@link Query#read} said, not {@link Query#UNANSWERABLE}
     * @param served whether the client's network is
     * @param proven whether the client is known to be where it says: it shows a good cookie, or asks by TCP for more than a cookie
     * @param nowNanos by {@link System#nanoTime}
     * @return the answer, which holds until this thread asks again; or null when the {@link Forwarder} must ask
     */
    @Nullable
    Answer answerNow(Query query, int rcode, boolean served, boolean proven, long nowNanos) {
        if (!served) {
            counters.prohibit();
            return PROHIBITED;
        }
        if (cookies != null && query.asksForOptions()) {
            if (query.hasMalformedCookie()) {
                return FORMERR;
            }
            if (!proven && query.hasCookie() && rcode == Rcode.NOERROR && cookies.areEnforced()) {
                return BADCOOKIE;
            }
        }
        return switch (rcode) {
            case Rcode.NOERROR -> answerGood(query, nowNanos);
            case Query.COOKIE_REQUEST -> answerCookieRequest(query, proven);
            case Rcode.NOTIMP -> NOTIMP;
            case Rcode.BADVERS -> BADVERS;
            default -> FORMERR;
        };
    }

    /** The client may ask whether the one that it has of ours is good (RFC 7873 5.4). */
    private Answer answerCookieRequest(Query query, boolean proven) {
        if (cookies == null) {
            return FORMERR;
        }
        return proven || query.serverCookieOctets() == 0 ? NOTHING_BUT_A_COOKIE : BADCOOKIE;
    }

    private @Nullable Answer answerGood(Query query, long nowNanos) {
        boolean isAny = query.type() == RecordType.ANY && query.dnsClass() == DnsClass.IN && !query.isSigned();
        Answer answer = isAny ? anyQueries.answer(query, forwarder) : null;
        return answer == null ? forwarder.answerNow(query, nowNanos) : answer;
    }
}
