package io.dnsproxy.wire;

/** Response codes: 4 bits of the header, 8 more in an OPT record (RFC 1035 4.1.1, RFC 6891 6.1.3, RFC 6895 2.3). */
public final class Rcode {

    /** No error. */
    public static final int NOERROR = 0;
    /** The message could not be understood. */
    public static final int FORMERR = 1;
    /** The server failed. */
    public static final int SERVFAIL = 2;
    /** The name does not exist. */
    public static final int NXDOMAIN = 3;
    /** This kind of query is not implemented. */
    public static final int NOTIMP = 4;
    /** Refused by policy. */
    public static final int REFUSED = 5;
    /** A name exists that should not (RFC 2136). */
    public static final int YXDOMAIN = 6;
    /** An RRset exists that should not (RFC 2136). */
    public static final int YXRRSET = 7;
    /** An RRset that should exist does not (RFC 2136). */
    public static final int NXRRSET = 8;
    /** Not authoritative, or not authorized (RFC 2136, RFC 8945). */
    public static final int NOTAUTH = 9;
    /** A name is not in the zone (RFC 2136). */
    public static final int NOTZONE = 10;
    /** DSO-TYPE not implemented (RFC 8490). */
    public static final int DSOTYPENI = 11;
    /** The EDNS version is not supported (RFC 6891 9). */
    public static final int BADVERS = 16;
    /** Bad or missing server cookie (RFC 7873). */
    public static final int BADCOOKIE = 23;

    private static final String[] LABELS = {
        "NOERROR",
        "FORMERR",
        "SERVFAIL",
        "NXDOMAIN",
        "NOTIMP",
        "REFUSED",
        "YXDOMAIN",
        "YXRRSET",
        "NXRRSET",
        "NOTAUTH",
        "NOTZONE",
        "DSOTYPENI",
        "BADVERS",
        "BADCOOKIE",
        "OTHER"
    };

    private static final int BADVERS_BUCKET = 12;
    private static final int BADCOOKIE_BUCKET = 13;
    private static final int OTHER_BUCKET = 14;

    /** How many labels there are; buckets are numbered from 0. */
    public static final int BUCKETS = OTHER_BUCKET + 1;

    private Rcode() {}

    /** Whether it says that the server could not or would not answer, and nothing about the name: another may do better. */
    public static boolean isFailure(int rcode) {
        return switch (rcode) {
            case NOERROR, NXDOMAIN, YXDOMAIN -> false; // the last one: a DNAME leads to too long a name (RFC 6672 2.2)
            default -> true;
        };
    }

    /** The number of the label under which {@code rcode} is counted: small, so that it can index an array of counters. */
    public static int bucket(int rcode) {
        if (rcode >= 0 && rcode <= DSOTYPENI) {
            return rcode;
        }
        return switch (rcode) {
            case BADVERS -> BADVERS_BUCKET;
            case BADCOOKIE -> BADCOOKIE_BUCKET;
            default -> OTHER_BUCKET;
        };
    }

    /**
     * The label of a bucket, such as {@code NXDOMAIN}. Assigned rcodes may be given as they are; for one that may be
     * unassigned (12 to 15 are also numbers of buckets) ask {@link #bucket} first.
     */
    public static String text(int bucketOrRcode) {
        boolean bucket = bucketOrRcode >= 0 && bucketOrRcode < BUCKETS;
        return LABELS[bucket ? bucketOrRcode : bucket(bucketOrRcode)];
    }
}
