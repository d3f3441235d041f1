package io.dnsproxy.wire;

import java.nio.charset.StandardCharsets;

/**
 * Why an answer is a failure, stale, or refused (RFC 8914). The text is for people; clients must not act upon it.
 *
 * @param code the INFO-CODE, 16 bits
 * @param text the EXTRA-TEXT, may be empty; what is longer than 255 octets of UTF-8 is cut when it is written
 */
public record ExtendedError(int code, String text) {

    /** Something without a code of its own. */
    public static final int OTHER = 0;
    /** Past its TTL, because nothing newer could be had (RFC 8767). */
    public static final int STALE_ANSWER = 3;
    /** DNSSEC validation failed. */
    public static final int DNSSEC_BOGUS = 6;
    /** A failure from the cache (RFC 9520). */
    public static final int CACHED_ERROR = 13;
    /** The server is not fully up yet. */
    public static final int NOT_READY = 14;
    /** Blocked by an internal policy. */
    public static final int BLOCKED = 15;
    /** Blocked by an outside authority. */
    public static final int CENSORED = 16;
    /** Blocked on the client's wish. */
    public static final int FILTERED = 17;
    /** This client may not ask. */
    public static final int PROHIBITED = 18;
    /** "No such name", past its TTL. */
    public static final int STALE_NXDOMAIN_ANSWER = 19;
    /** Recursion was not desired, and there is nothing without it. */
    public static final int NOT_AUTHORITATIVE = 20;
    /** This kind of query is not supported. */
    public static final int NOT_SUPPORTED = 21;
    /** No server that could answer was reached. */
    public static final int NO_REACHABLE_AUTHORITY = 22;
    /** The network failed. */
    public static final int NETWORK_ERROR = 23;
    /** The data are invalid. */
    public static final int INVALID_DATA = 24;

    /** Length of the INFO-CODE. */
    static final int CODE_OCTETS = 2;

    /** An option without text. */
    static final int BARE_OPTION_OCTETS = Edns.OPTION_HEADER_OCTETS + CODE_OCTETS;

    /** Longest text that is written: it may come from an exception, and no message should grow because of it. */
    private static final int MAX_TEXT_OCTETS = 255;

    /**
     * An error with a text.
     *
     * @throws IllegalArgumentException if the code does not fit 16 bits
     */
    public ExtendedError {
        if (code < 0 || code > 0xffff) {
            throw new IllegalArgumentException("not 16 bits: " + code);
        }
    }

    /** An error without text. */
    public ExtendedError(int code) {
        this(code, "");
    }

    /** The whole option: its code, length, INFO-CODE and EXTRA-TEXT. */
    byte[] toOption() {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(utf8.length, MAX_TEXT_OCTETS);
        while (length < utf8.length && isContinuation(utf8[length])) {
            length--;
        }
        byte[] option = new byte[BARE_OPTION_OCTETS + length];
        Octets.u16(option, 0, Edns.EXTENDED_ERROR);
        Octets.u16(option, 2, CODE_OCTETS + length);
        Octets.u16(option, 4, code);
        System.arraycopy(utf8, 0, option, BARE_OPTION_OCTETS, length);
        return option;
    }

    /** Whether this octet goes on with a character that began before it (RFC 3629 3). */
    private static boolean isContinuation(byte octet) {
        return (octet & 0xc0) == 0x80;
    }

    /** How long these options are without their texts. */
    static int bareOctets(byte[] options) {
        int octets = 0;
        for (int p = 0; p < options.length; p = next(options, p)) {
            octets += BARE_OPTION_OCTETS;
        }
        return octets;
    }

    /** Writes these options without their texts. */
    static void writeBare(byte[] options, byte[] out, int at) {
        int to = at;
        for (int p = 0; p < options.length; p = next(options, p)) {
            System.arraycopy(options, p, out, to, BARE_OPTION_OCTETS);
            Octets.u16(out, to + 2, CODE_OCTETS);
            to += BARE_OPTION_OCTETS;
        }
    }

    private static int next(byte[] options, int at) {
        return at + Edns.OPTION_HEADER_OCTETS + Octets.u16(options, at + 2);
    }
}
