package io.dnsproxy.resolver.local;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerBuilder;
import io.dnsproxy.wire.ExtendedError;
import io.dnsproxy.wire.Name;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import io.dnsproxy.wire.RecordType;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the server tells about itself in class CHAOS (RFC 4892): its version under {@code version.bind} and {@code version.server},
 * its name under {@code id.server} and {@code hostname.bind}. What it was given no text for, and everything else under
 * {@code bind} and {@code server}, is refused: an upstream would tell about itself, not about this server. Immutable.
 */
public final class ServerIdentity {

    /** The longest text: one character string (RFC 1035 3.3.14). */
    public static final int MAX_TEXT_OCTETS = 255;

    private static final byte[] BIND = Name.octets("bind");
    private static final byte[] SERVER = Name.octets("server");
    private static final byte[] VERSION_BIND = Name.octets("version.bind");
    private static final byte[] VERSION_SERVER = Name.octets("version.server");
    private static final byte[] HOSTNAME_BIND = Name.octets("hostname.bind");
    private static final byte[] ID_SERVER = Name.octets("id.server");

    private static final Answer REFUSED = Answer.failure(
            Rcode.REFUSED, new ExtendedError(ExtendedError.PROHIBITED, "this server does not tell about itself"));

    private final byte @Nullable [] version;
    private final byte @Nullable [] id;

    /**
     * @param version told as the version; null: refused
     * @param id told as the name of this server; null: refused
     * @throws IllegalArgumentException if a text is longer than {@link #MAX_TEXT_OCTETS}, or not ASCII
     */
    public ServerIdentity(@Nullable String version, @Nullable String id) {
        this.version = version == null ? null : characterString(version);
        this.id = id == null ? null : characterString(id);
    }

    /** Tells nothing. */
    public static ServerIdentity untold() {
        return new ServerIdentity(null, null);
    }

    private static byte[] characterString(String text) {
        if (text.length() > MAX_TEXT_OCTETS
                || !StandardCharsets.US_ASCII.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("not a text of up to " + MAX_TEXT_OCTETS + " octets: " + text);
        }
        byte[] string = new byte[1 + text.length()];
        string[0] = (byte) text.length();
        System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, string, 1, text.length());
        return string;
    }

    /** Looks at a query of class CHAOS; null if it asks for nothing that concerns this server. */
    @Nullable
    Answer find(Query query) {
        if (!query.isAtOrUnder(BIND) && !query.isAtOrUnder(SERVER)) {
            return null;
        }
        byte[] text = null;
        if (query.isFor(VERSION_BIND) || query.isFor(VERSION_SERVER)) {
            text = version;
        } else if (query.isFor(HOSTNAME_BIND) || query.isFor(ID_SERVER)) {
            text = id;
        }
        boolean asksForText = query.type() == RecordType.TXT || query.type() == RecordType.ANY;
        return text == null || !asksForText
                ? REFUSED
                : AnswerBuilder.to(query).answer(RecordType.TXT, 0, text).build(Rcode.NOERROR);
    }
}
