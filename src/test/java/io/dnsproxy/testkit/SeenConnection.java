package io.dnsproxy.testkit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ScriptedResolver} knows about one connection at the moment of asking.
 *
 * @param number its place among the accepted ones, counted from 1
 * @param startedTls whether its first octet was that of a TLS handshake
 * @param handshakeCompleted whether the handshake was completed
 * @param resumed whether that handshake resumed an earlier session: no certificate was sent
 * @param serverName the client's SNI, or null
 * @param alpnOffered what the client offered by ALPN, empty when it used none
 * @param alpnSelected what was chosen of it, or null
 * @param protocol {@code TLSv1.3} or {@code TLSv1.2}, null before the handshake is complete
 * @param applicationOctets how many octets came inside TLS: 0 proves that no query leaked
 * @param applicationRecords how many TLS records of type application data came; in TLS 1.3 the handshake's last one is one of them
 * @param queries how many whole queries came
 * @param ending how the client ended it, null while it did not
 * @param endedByScript whether this side ended it first
 * @param alert the TLS failure, as the JDK words it ({@code Received fatal alert: bad_certificate}), or null
 */
public record SeenConnection(
        int number,
        boolean startedTls,
        boolean handshakeCompleted,
        boolean resumed,
        @Nullable String serverName,
        List<String> alpnOffered,
        @Nullable String alpnSelected,
        @Nullable String protocol,
        long applicationOctets,
        int applicationRecords,
        int queries,
        @Nullable Ending ending,
        boolean endedByScript,
        @Nullable String alert) {

    /** Whether neither side has ended it. */
    public boolean isOpen() {
        return ending == null && !endedByScript;
    }
}
