package io.dnsproxy.testkit;

/** How one side ends a connection. */
public enum Ending {
    /** TLS's close_notify, then FIN: as RFC 8446 6.1 wants it. */
    CLOSE_NOTIFY,
    /** FIN without a word. */
    FIN,
    /** RST. */
    RESET
}
