package io.dnsproxy.analysis;

import io.dnsproxy.resolver.Resolver;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.ResponseReader;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A public resolver behind one address, which has several caches and lets chance decide which of them answers. Each holds
 * every name of the catalog all the time, since millions of others ask too, so a TTL arrives partly spent. A name that one
 * client alone asks for comes with its whole TTL.
 */
final class PublicResolver implements Resolver {

    private final VirtualTime time;
    private final Catalog catalog;
    private final SplittableRandom random;
    private final int caches;
    private final long roundTripNanos;
    private long queries;

    /** @param caches 0: it is the authority itself, and every TTL is whole */
    PublicResolver(VirtualTime time, Catalog catalog, SplittableRandom random, int caches, long roundTripNanos) {
        this.time = time;
        this.catalog = catalog;
        this.random = random;
        this.caches = caches;
        this.roundTripNanos = roundTripNanos;
    }

    @Override
    public CompletionStage<Answer> resolve(Query query) {
        queries++;
        int name = Catalog.nameIn(query.message());
        byte[] message = catalog.answer(query.message(), ttlSeconds(name, query.type()));
        Answer answer = Objects.requireNonNull(ResponseReader.read(message, message.length, query));
        CompletableFuture<Answer> arrival = new CompletableFuture<>();
        time.after(roundTripNanos, () -> arrival.complete(answer));
        return arrival;
    }

    private int ttlSeconds(int name, int type) {
        int whole = catalog.ttlSeconds(name, type);
        if (caches == 0 || name >= catalog.size()) {
            return whole;
        }
        double phase = catalog.phase(name, type, random.nextInt(caches));
        double cycles = time.nanos() / 1e9 / whole + phase;
        return (int) Math.ceil(whole * (1 - (cycles - Math.floor(cycles))));
    }

    /** Queries until now. */
    long queries() {
        return queries;
    }
}
