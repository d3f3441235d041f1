package io.dnsproxy.upstream;

import java.util.Set;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A DNS-over-TLS server and how it proves that it is the one (RFC 8310, strict profile).
 *
 * @param host IP address, or a host name that is looked up before each dial
 * @param port TCP port, never 53
 * @param authenticationName name for SNI that the certificate must carry; without one, the address must be in the
 *     certificate, or a pin must match
 * @param pins any one must match; with a name both name and pin must hold; empty when none are set
 * @param trust the authorities whose certificates count, or null for the JVM's
 */
public record UpstreamServer(
        String host,
        int port,
        @Nullable String authenticationName,
        Set<SpkiPin> pins,
        @Nullable TrustManagerFactory trust) {

    public UpstreamServer {
        pins = Set.copyOf(pins);
    }

    /** The same server, judged by other authorities. */
    UpstreamServer trusting(TrustManagerFactory authorities) {
        return new UpstreamServer(host, port, authenticationName, pins, authorities);
    }

    /** As it is written in the settings: {@code 9.9.9.9#dns.quad9.net}, with {@code @port} unless it is 853. */
    public String name() {
        String address = port == 853 ? host : host + "@" + port;
        return authenticationName == null ? address : address + "#" + authenticationName;
    }

    @Override
    public String toString() {
        return name();
    }
}
