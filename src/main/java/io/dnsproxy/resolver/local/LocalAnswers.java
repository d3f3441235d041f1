package io.dnsproxy.resolver.local;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.DnsClass;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What a query is answered with that is not to be passed on, whatever an upstream might say: names that have no meaning outside of
 * this host or network, questions about the server itself, and questions that want no recursion.
 *
 * <p>Asked for what the cache does not know. Any thread; keeps nothing of the query.
 */
public final class LocalAnswers {

    /** Why a query was not passed on. */
    public enum Kind {
        /** A name of {@link SpecialNames}. */
        SPECIAL_NAME,
        /** A question about the server itself, answered or refused; see {@link ServerIdentity}. */
        IDENTITY,
        /** RD was clear, and nothing is known. */
        NO_RECURSION
    }

    /** Whoever clears RD asks what is known, and nothing is (RFC 1034 4.3.1). */
    private static final Answer NO_RECURSION = Answer.failure(
            Rcode.REFUSED,
            new ExtendedError(ExtendedError.NOT_AUTHORITATIVE, "not known here, and recursion was not desired"));

    private static final Answer OTHER_CLASS = Answer.failure(
            Rcode.REFUSED, new ExtendedError(ExtendedError.NOT_SUPPORTED, "a special name, in another class than IN"));

    private final SpecialNames names;
    private final ServerIdentity identity;
    private final LongAdder[] counts = {new LongAdder(), new LongAdder(), new LongAdder()};

    public LocalAnswers(SpecialNames names, ServerIdentity identity) {
        this.names = names;
        this.identity = identity;
    }

    /** No special names, and nothing told about the server. */
    public static LocalAnswers none() {
        return new LocalAnswers(SpecialNames.none(), ServerIdentity.untold());
    }

    /**
     * Looks.
     *
     * <p>A signed query for a special name is answered too, unsigned: its client will not believe it, but the name does not leave.
     * Other signed queries pass as they came, RD included.
     *
     * @return null when the query may be passed on
     */
    public @Nullable Answer find(Query query) {
        Answer answer = null;
        if (query.dnsClass() == DnsClass.IN) {
            answer = counted(Kind.SPECIAL_NAME, names.find(query));
        } else if (query.dnsClass() == DnsClass.CH) {
            answer = counted(Kind.IDENTITY, identity.find(query));
        } else if (names.find(query) != null) {
            answer = counted(Kind.SPECIAL_NAME, OTHER_CLASS); // the name would leave all the same
        }
        if (answer != null || query.recursionDesired() || query.isSigned()) {
            return answer;
        }
        return counted(Kind.NO_RECURSION, NO_RECURSION);
    }

    /** "No such name" for a query of class IN, if a special one does not exist; else null. */
    public @Nullable Answer deny(Query query) {
        Answer answer = names.find(query);
        return answer != null && answer.rcode() == Rcode.NXDOMAIN ? counted(Kind.SPECIAL_NAME, answer) : null;
    }

    private @Nullable Answer counted(Kind kind, @Nullable Answer answer) {
        if (answer != null) {
            counts[kind.ordinal()].increment();
        }
        return answer;
    }

    /** Queries that were not passed on for one reason. */
    public long count(Kind kind) {
        return counts[kind.ordinal()].sum();
    }
}
