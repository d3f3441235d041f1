package io.dnsproxy.upstream;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one server. Those of a host name are looked up before each dial, and the last ones that were found
 * serve while a look-up fails.
 */
final class AddressBook {

    private final String host;
    private final HostLookup lookup;
    private final @Nullable InetAddress literal;
    private volatile List<InetAddress> known = List.of();
    private final AtomicInteger turn = new AtomicInteger();

    AddressBook(String host, HostLookup lookup) {
        this.host = host;
        this.lookup = lookup;
        this.literal = literalOf(host);
    }

    private static @Nullable InetAddress literalOf(String host) {
        try {
            return InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException e) {
            return null; // a host name
        }
    }

    /** The address to dial now, on any thread; null when none was ever found. Never fails. */
    CompletionStage<@Nullable InetAddress> next() {
        if (literal != null) {
            return CompletableFuture.completedFuture(literal);
        }
        return lookup.lookUp(host).handle((found, failure) -> {
            if (found != null && !found.isEmpty()) {
                known = List.copyOf(found);
            }
            List<InetAddress> addresses = known;
            return addresses.isEmpty() ? null : addresses.get(Math.floorMod(turn.get(), addresses.size()));
        });
    }

    /** The last one did not work: the next dial takes the next. */
    void failed() {
        turn.incrementAndGet();
    }
}
