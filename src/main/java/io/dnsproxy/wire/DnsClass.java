package io.dnsproxy.wire;

/** Classes of records (RFC 6895 3.2). */
public final class DnsClass {

    /** Internet. */
    public static final int IN = 1;
    /** Chaos: servers tell about themselves here. */
    public static final int CH = 3;
    /** Hesiod. */
    public static final int HS = 4;
    /** No class (RFC 2136). */
    public static final int NONE = 254;
    /** Every class. */
    public static final int ANY = 255;

    private DnsClass() {}
}
