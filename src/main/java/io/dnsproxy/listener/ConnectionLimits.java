package io.dnsproxy.listener;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/** How many TCP connections may be open, in all and from one client's network (RFC 7766 6.2.3, RFC 9210 4.2). Thread-safe. */
final class ConnectionLimits {

    private final int max;
    private final int maxPerClient;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<ClientAddress, Integer> openByClient = new ConcurrentHashMap<>();
    private final LongAdder refused = new LongAdder();

    ConnectionLimits(int max, int maxPerClient) {
        this.max = max;
        this.maxPerClient = maxPerClient;
    }

    /**
     * Whether one more connection of this client may be open; if so, {@link #release} it later.
     *
     * @param makeRoom asked where this client may have more but all places are taken: closes a connection, or says that it did not
     */
    boolean tryAcquire(ClientAddress client, BooleanSupplier makeRoom) {
        int ofClient = openByClient.merge(client.network(), 1, Integer::sum);
        if (ofClient <= maxPerClient) {
            if (open.incrementAndGet() <= max || (makeRoom.getAsBoolean() && open.get() <= max)) {
                return true;
            }
            open.decrementAndGet();
        }
        releaseClient(client);
        refused.increment();
        return false;
    }

    void release(ClientAddress client) {
        releaseClient(client);
        open.decrementAndGet();
    }

    private void releaseClient(ClientAddress client) {
        openByClient.computeIfPresent(client.network(), (network, count) -> count == 1 ? null : count - 1);
    }

    int open() {
        return open.get();
    }

    long refused() {
        return refused.sum();
    }
}
