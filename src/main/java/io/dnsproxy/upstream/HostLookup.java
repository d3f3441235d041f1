package io.dnsproxy.upstream;

import java.util.concurrent.CompletionStage;

/**
 * Finds the addresses of an upstream that is given by host name. What it finds is not trusted: the server behind it must
 * still authenticate (RFC 8310 7).
 */
public interface HostLookup {

    /**
     * Looks the name up without blocking the caller; the answer may come on any thread.
     *
     * @return what was found, or a failed stage
     */
    CompletionStage<HostAddresses> lookUp(String host);
}
