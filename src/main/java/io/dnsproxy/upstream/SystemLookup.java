package io.dnsproxy.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Looks names up with the machine's own resolver, each on a thread of its own, since that blocks.
 */
public final class SystemLookup implements HostLookup {

    /** It does not tell the real one. */
    private static final Duration TTL = Duration.ofMinutes(1);

    @Override
    public CompletionStage<HostAddresses> lookUp(String host) {
        CompletableFuture<HostAddresses> found = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("lookup").start(() -> {
            try {
                found.complete(new HostAddresses(List.of(InetAddress.getAllByName(host)), TTL));
            } catch (UnknownHostException | RuntimeException e) {
                found.completeExceptionally(e);
            }
        });
        return found;
    }
}
