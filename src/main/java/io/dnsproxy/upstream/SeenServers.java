package io.dnsproxy.upstream;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the servers behind one upstream have shown of themselves when they authenticated: there may be many behind one address, each
 * with a key of its own. Written by the upstream's event loop, read by anyone.
 */
public final class SeenServers {

    /** Of more keys, the one that was not seen for longest is forgotten. */
    private static final int KEYS_KEPT = 8;

    private volatile @Nullable String tlsVersion;
    private volatile List<SeenKey> keys = List.of();

    SeenServers() {}

    /**
     * A key that was accepted, by whatever the settings ask for.
     *
     * @param pin as the settings take it
     */
    public record SeenKey(SpkiPin pin, Instant firstSeen, Instant lastSeen) {}

    void authenticated(Dial.Handshake handshake, Instant now) {
        tlsVersion = handshake.tlsVersion();
        Instant firstSeen = now;
        List<SeenKey> after = new ArrayList<>(KEYS_KEPT);
        for (SeenKey key : keys) {
            if (key.pin().equals(handshake.key())) {
                firstSeen = key.firstSeen();
            } else if (after.size() < KEYS_KEPT - 1) {
                after.add(key);
            }
        }
        after.addFirst(new SeenKey(handshake.key(), firstSeen, now));
        keys = List.copyOf(after);
    }

    /** That of the newest connection, such as {@code TLSv1.3}; null before the first. */
    public @Nullable String tlsVersion() {
        return tlsVersion;
    }

    /** The keys, that of the newest connection first. */
    public List<SeenKey> keys() {
        return keys;
    }
}
