package io.dnsproxy.upstream;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one server. Those of a host name are looked up before a dial when their TTL has passed or the last dial
 * failed, one look-up at a time, and the last ones that were found serve when it fails or takes too long.
 */
final class AddressBook {

    /** Shorter TTLs are raised to this: an unused connection is reopened about as often. */
    private static final Duration TTL_MIN = Duration.ofSeconds(10);

    private static final Duration TTL_MAX = Duration.ofHours(1);

    private final String host;
    private final HostLookup lookup;
    private final long patienceMillis;
    private final LongSupplier nanoTime;
    private final @Nullable InetAddress literal;
    private CompletableFuture<Boolean> underWay = CompletableFuture.completedFuture(true);
    private volatile Page page;
    private final AtomicInteger turn = new AtomicInteger();

    /** What was found, and until when it need not be looked up again. */
    private record Page(List<InetAddress> addresses, long untilNanos) {}

    /**
     * The addresses of a host.
     *
     * @param patience how long to wait for a look-up while an earlier one's addresses could serve
     */
    AddressBook(String host, HostLookup lookup, Duration patience, LongSupplier nanoTime) {
        this.host = host;
        this.lookup = lookup;
        this.patienceMillis = patience.toMillis();
        this.nanoTime = nanoTime;
        this.literal = literalOf(host);
        this.page = new Page(List.of(), nanoTime.getAsLong());
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
        boolean isFresh = page.untilNanos - nanoTime.getAsLong() > 0;
        if (isFresh) {
            return CompletableFuture.completedFuture(pick());
        }
        if (underWay.isDone()) {
            underWay = lookUp();
        }
        CompletableFuture<Boolean> looked = underWay.copy();
        if (!page.addresses.isEmpty()) {
            looked.completeOnTimeout(false, patienceMillis, TimeUnit.MILLISECONDS);
        }
        return looked.thenApply(inTime -> pick());
    }

    private CompletableFuture<Boolean> lookUp() {
        CompletableFuture<Boolean> looked = new CompletableFuture<>();
        try {
            lookup.lookUp(host).whenComplete((found, failure) -> {
                if (found != null && !found.addresses().isEmpty()) {
                    page = new Page(
                            found.addresses(),
                            nanoTime.getAsLong() + bounded(found.ttl()).toNanos());
                }
                looked.complete(true);
            });
        } catch (RuntimeException | Error e) {
            looked.complete(true); // a thread that could not be had, for instance: the next dial looks again
        }
        return looked;
    }

    private static Duration bounded(Duration ttl) {
        if (ttl.compareTo(TTL_MIN) < 0) {
            return TTL_MIN;
        }
        return ttl.compareTo(TTL_MAX) > 0 ? TTL_MAX : ttl;
    }

    private @Nullable InetAddress pick() {
        List<InetAddress> addresses = page.addresses;
        return addresses.isEmpty() ? null : addresses.get(Math.floorMod(turn.get(), addresses.size()));
    }

    /** The last one did not work: the next dial looks again, and takes the next. */
    void failed() {
        turn.incrementAndGet();
        page = new Page(page.addresses, nanoTime.getAsLong());
    }
}
