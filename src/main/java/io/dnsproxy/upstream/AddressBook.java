package io.dnsproxy.upstream;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one server. Those of a host name are looked up before each dial, one look-up at a time, and the last ones
 * that were found serve when it fails or takes too long.
 */
final class AddressBook {

    private final String host;
    private final HostLookup lookup;
    private final long patienceMillis;
    private final @Nullable InetAddress literal;
    private CompletableFuture<Boolean> underWay = CompletableFuture.completedFuture(true);
    private volatile List<InetAddress> known = List.of();
    private final AtomicInteger turn = new AtomicInteger();

    /** @param patience how long to wait for a look-up while an earlier one's addresses could serve */
    AddressBook(String host, HostLookup lookup, Duration patience) {
        this.host = host;
        this.lookup = lookup;
        this.patienceMillis = patience.toMillis();
        this.literal = literalOf(host);
    }

    private static @Nullable InetAddress literalOf(String host) {
        try {
            return InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException e) {
            return null; // a host name
        }
    }

    /** The address to dial now, for one thread; it comes on any, null when none was ever found. Never fails. */
    CompletionStage<@Nullable InetAddress> next() {
        if (literal != null) {
            return CompletableFuture.completedFuture(literal);
        }
        if (underWay.isDone()) {
            underWay = lookUp();
        }
        CompletableFuture<Boolean> looked = underWay.copy();
        if (!known.isEmpty()) {
            looked.completeOnTimeout(false, patienceMillis, TimeUnit.MILLISECONDS);
        }
        return looked.thenApply(inTime -> pick());
    }

    private CompletableFuture<Boolean> lookUp() {
        CompletableFuture<Boolean> looked = new CompletableFuture<>();
        try {
            lookup.lookUp(host).whenComplete((found, failure) -> {
                if (found != null && !found.isEmpty()) {
                    known = List.copyOf(found);
                }
                looked.complete(true);
            });
        } catch (RuntimeException | Error e) {
            looked.complete(true); // a thread that could not be had, for instance: the next dial looks again
        }
        return looked;
    }

    private @Nullable InetAddress pick() {
        List<InetAddress> addresses = known;
        return addresses.isEmpty() ? null : addresses.get(Math.floorMod(turn.get(), addresses.size()));
    }

    /** The last one did not work: the next dial takes the next. */
    void failed() {
        turn.incrementAndGet();
    }
}
