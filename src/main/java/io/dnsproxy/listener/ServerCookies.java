package io.dnsproxy.listener;

import io.dnsproxy.datagram.Peer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.ReplyOptions;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Our part of DNS Cookies (RFC 7873), made as RFC 9018 4 says, so that all servers that know the secret make and accept the same
 * ones. Who shows a cookie that was made for its address has received an answer there, and so does not ask in another's name.
 *
 * <p>A cookie is good for an hour, and five minutes before its time, for clocks differ; each answer has a new one. Any thread; allocates
 * nothing.
 */
public final class ServerCookies {

    /** What clients show. */
    public enum Kind {
        /** One of ours, that is good. */
        GOOD,
        /** One that is not ours, was made for somebody else, or is too old. */
        BAD,
        /** None of ours yet. */
        NONE
    }

    /** The length of a secret (RFC 9018 4.4). */
    public static final int SECRET_OCTETS = 16;

    /** Version and three reserved octets (RFC 9018 4.1, 4.2). */
    private static final int VERSION_1 = 0x0100_0000;

    private static final int VERSION_OCTET = 0xff00_0000;

    /** RFC 9018 4.3. */
    private static final int AGE_SECONDS_MAX = 3_600;

    private static final int EARLY_SECONDS_MAX = 300;

    /** Version, reserved octets, time and hash (RFC 9018 4). */
    private static final int OCTETS = 16;

    private final SipHash[] hashes;
    private final boolean enforced;
    private final LongSupplier epochSeconds;
    private final LongAdder[] counts = {new LongAdder(), new LongAdder(), new LongAdder()};

    /**
     * @param secrets of {@link #SECRET_OCTETS} each: cookies are made with the first, and accepted by any; none: one that nobody else
     *     has, until the process ends
     * @param enforced whether a client that sends cookies must show a good one by UDP
     * @param epochSeconds the time of day, which other servers share
     */
    public ServerCookies(List<byte[]> secrets, boolean enforced, LongSupplier epochSeconds) {
        this.hashes = secrets.isEmpty()
                ? new SipHash[] {hashOf(ownSecret())}
                : secrets.stream().map(ServerCookies::hashOf).toArray(SipHash[]::new);
        this.enforced = enforced;
        this.epochSeconds = epochSeconds;
    }

    private static byte[] ownSecret() {
        byte[] secret = new byte[SECRET_OCTETS];
        new SecureRandom().nextBytes(secret); // not generateSeed, for which old kernels wait
        return secret;
    }

    private static SipHash hashOf(byte[] secret) {
        if (secret.length != SECRET_OCTETS) {
            throw new IllegalArgumentException("not " + SECRET_OCTETS + " octets");
        }
        ByteBuffer octets = ByteBuffer.wrap(secret);
        return new SipHash(octets.getLong(), octets.getLong());
    }

    /** Whether a client that sends cookies must show a good one by UDP. */
    boolean areEnforced() {
        return enforced;
    }

    /**
     * Whether the client shows a cookie that was made for its address, lately, with one of the secrets.
     *
     * @param query what was received, not a copy
     * @param addressHigh the client's address as {@link ClientAddress} has it
     */
    boolean areGood(Query query, long addressHigh, long addressLow) {
        if (!query.hasCookie()) {
            return false;
        }
        Kind kind = kind(query, addressHigh, addressLow);
        counts[kind.ordinal()].increment();
        return kind == Kind.GOOD;
    }

    /** What the client shows; not counted. */
    Kind kind(Query query, long addressHigh, long addressLow) {
        if (query.serverCookieOctets() == 0) {
            return Kind.NONE;
        }
        return isGood(query, addressHigh, addressLow) ? Kind.GOOD : Kind.BAD;
    }

    /** Queries with a cookie, by what they showed; by UDP alone, since nobody need show anything by TCP. */
    public long count(Kind kind) {
        return counts[kind.ordinal()].sum();
    }

    private boolean isGood(Query query, long addressHigh, long addressLow) {
        if (query.serverCookieOctets() != OCTETS) {
            return false;
        }
        long versionAndTime = query.serverCookie(0);
        if (((int) (versionAndTime >>> Integer.SIZE) & VERSION_OCTET) != VERSION_1) {
            return false;
        }
        // Serial number arithmetic (RFC 1982), as RFC 9018 4.3 wants it: the time has 32 bits.
        int ageSeconds = (int) epochSeconds.getAsLong() - (int) versionAndTime;
        if (ageSeconds > AGE_SECONDS_MAX || ageSeconds < -EARLY_SECONDS_MAX) {
            return false;
        }
        long shown = query.serverCookie(Long.BYTES);
        for (SipHash hash : hashes) {
            if (hash(hash, query.clientCookie(), versionAndTime, addressHigh, addressLow) == shown) {
                return true;
            }
        }
        return false;
    }

    /** The options of a reply by UDP. */
    static ReplyOptions reply(@Nullable ServerCookies cookies, ReplyOptions options, Query query, Peer peer) {
        if (cookies == null || !query.hasCookie()) {
            return ReplyOptions.NONE;
        }
        cookies.addTo(options.clear(), query, peer.addressHigh(), peer.addressLow());
        return options;
    }

    /** Adds the client's cookie and a new one of ours, if the client sent one; the query may be a copy. */
    void addTo(ReplyOptions options, Query query, long addressHigh, long addressLow) {
        if (query.hasCookie()) {
            long versionAndTime =
                    (long) VERSION_1 << Integer.SIZE | Integer.toUnsignedLong((int) epochSeconds.getAsLong());
            options.cookie(
                    query.clientCookie(),
                    versionAndTime,
                    hash(hashes[0], query.clientCookie(), versionAndTime, addressHigh, addressLow));
        }
    }

    /** RFC 9018 4.4. */
    private static long hash(SipHash hash, long clientCookie, long versionAndTime, long addressHigh, long addressLow) {
        return ClientAddress.isIpv4(addressHigh, addressLow)
                ? hash.hash(clientCookie, versionAndTime, (int) addressLow)
                : hash.hash(clientCookie, versionAndTime, addressHigh, addressLow);
    }
}
