package io.dnsproxy.testkit;

/** What a {@link ScriptedResolver} does with a connection that it has accepted. */
public enum Welcome {
    /** DNS over TLS. */
    TLS,
    /** Reads and never says anything: the handshake does not begin. */
    SILENCE,
    /** Sends clear text where the TLS handshake should be. */
    CLEAR_TEXT,
    /** Chooses TLS 1.1, whatever the client offers, and waits for what the client says to that. */
    TLS_1_1,
    /** Ends the connection at once with FIN. */
    FIN,
    /** Ends the connection at once with RST. */
    RESET
}
