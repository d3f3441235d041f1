package io.dnsproxy.wire;

/** Types of records that this program names (RFC 6895 3.1); all others pass as numbers (RFC 3597). */
public final class RecordType {

    /** IPv4 address. */
    public static final int A = 1;
    /** Name server. */
    public static final int NS = 2;
    /** Canonical name. */
    public static final int CNAME = 5;
    /** Start of a zone of authority. */
    public static final int SOA = 6;
    /** Pointer, for reverse names. */
    public static final int PTR = 12;
    /** Kind of host; says that other types are not listed (RFC 8482 4.2). */
    public static final int HINFO = 13;
    /** Mail exchange. */
    public static final int MX = 15;
    /** Text. */
    public static final int TXT = 16;
    /** Signature of a transaction if it covers type 0 (RFC 2931). */
    public static final int SIG = 24;
    /** IPv6 address. */
    public static final int AAAA = 28;
    /** Service location (RFC 2782). */
    public static final int SRV = 33;
    /** Redirection of a subtree (RFC 6672). */
    public static final int DNAME = 39;
    /** EDNS pseudo-record (RFC 6891). */
    public static final int OPT = 41;
    /** Delegation signer (RFC 4034). */
    public static final int DS = 43;
    /** Signature of an RRset (RFC 4034). */
    public static final int RRSIG = 46;
    /** Authenticated denial (RFC 4034). */
    public static final int NSEC = 47;
    /** Public key of a zone (RFC 4034). */
    public static final int DNSKEY = 48;
    /** Hashed authenticated denial (RFC 5155). */
    public static final int NSEC3 = 50;
    /** Service binding (RFC 9460). */
    public static final int SVCB = 64;
    /** Service binding of HTTP (RFC 9460). */
    public static final int HTTPS = 65;
    /** Transaction key (RFC 2930). */
    public static final int TKEY = 249;
    /** Signature of a transaction by a shared secret (RFC 8945). */
    public static final int TSIG = 250;
    /** Incremental zone transfer (RFC 1995). */
    public static final int IXFR = 251;
    /** Zone transfer (RFC 5936). */
    public static final int AXFR = 252;
    /** All types at a name (RFC 8482). */
    public static final int ANY = 255;

    private RecordType() {}
}
