package io.dnsproxy.resolver.local;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerBuilder;
import io.dnsproxy.wire.Name;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import io.dnsproxy.wire.RecordType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One name of {@link SpecialNames} and all names under it, which are answered alike. Immutable. */
final class SpecialZone {

    /** How such names are answered. */
    enum Kind {
        /** Loopback addresses (RFC 6761 6.3). */
        LOOPBACK,
        /** No such name exists, not even the first (RFC 6761 6.2 and 6.4, RFC 6762 22.1, RFC 7686 2). */
        NO_SUCH_NAME,
        /** An empty zone (RFC 6303 3): its own name exists, with SOA and NS, and no other. */
        EMPTY_ZONE,
        /** Every name exists, with no data (RFC 9462 4). */
        NO_DATA
    }

    /** Of every record: what RFC 6303 3 has for the SOA record. */
    static final int TTL_SECONDS = 10_800;

    private static final byte[] LOOPBACK_IPV4 = {127, 0, 0, 1};
    private static final byte[] LOOPBACK_IPV6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    /** Whom to write to: nobody (RFC 6303 3). */
    private static final byte[] NOBODY = Name.octets("nobody.invalid");

    private final byte[] name;
    private final Kind kind;

    /** RDATA of the SOA record that says how long "no" holds (RFC 2308 3). */
    private final byte[] startOfAuthority;

    SpecialZone(String name, Kind kind) {
        this.name = Name.octets(name);
        this.kind = kind;
        this.startOfAuthority = ByteBuffer.allocate(this.name.length + NOBODY.length + 5 * Integer.BYTES)
                .put(this.name)
                .put(NOBODY)
                .putInt(1) // serial, then refresh, retry, expire, minimum
                .putInt(3_600)
                .putInt(1_200)
                .putInt(604_800)
                .putInt(TTL_SECONDS)
                .array();
    }

    /** The answer; null if the query is for none of these names, or for what the parent zone says of this one. */
    @Nullable
    Answer find(Query query) {
        if (!query.isAtOrUnder(name)) {
            return null;
        }
        return switch (kind) {
            case LOOPBACK -> loopback(query);
            case NO_SUCH_NAME -> none(query, Rcode.NXDOMAIN);
            case EMPTY_ZONE -> query.isFor(name) ? atEmptyZone(query) : none(query, Rcode.NXDOMAIN);
            case NO_DATA -> none(query, Rcode.NOERROR);
        };
    }

    private Answer loopback(Query query) {
        return switch (query.type()) {
            case RecordType.A -> one(query, LOOPBACK_IPV4);
            case RecordType.AAAA -> one(query, LOOPBACK_IPV6);
            default -> none(query, Rcode.NOERROR);
        };
    }

    /** DS belongs to the parent zone (RFC 4035 3.1.4.1): a client that validates learns there that this zone is not signed. */
    private @Nullable Answer atEmptyZone(Query query) {
        return switch (query.type()) {
            case RecordType.SOA -> one(query, startOfAuthority);
            case RecordType.NS -> one(query, name);
            case RecordType.DS -> null;
            default -> none(query, Rcode.NOERROR);
        };
    }

    private static Answer one(Query query, byte[] rdata) {
        return AnswerBuilder.to(query).answer(query.type(), TTL_SECONDS, rdata).build(Rcode.NOERROR);
    }

    private Answer none(Query query, int rcode) {
        return AnswerBuilder.to(query)
                .authority(name.length, RecordType.SOA, TTL_SECONDS, startOfAuthority)
                .build(rcode);
    }
}
