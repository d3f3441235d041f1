package io.dnsproxy.testkit;

import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.StandardConstants;
import org.jspecify.annotations.Nullable;

/** What a client asked for in its TLS handshake: a matcher that matches any name, and remembers it. */
final class ClientHello extends SNIMatcher {

    volatile @Nullable String serverName;
    volatile List<String> alpnOffered = List.of();

    ClientHello() {
        super(StandardConstants.SNI_HOST_NAME);
    }

    @Override
    public boolean matches(SNIServerName name) {
        serverName = new String(name.getEncoded(), StandardCharsets.US_ASCII);
        return true;
    }
}
