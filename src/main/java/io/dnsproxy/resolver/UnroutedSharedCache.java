package io.dnsproxy.resolver;

import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.resolver.cache.SharedCache;
import io.dnsproxy.wire.Query;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * A shared cache that never hears of names with a route: another instance, or this one after a change of its settings, may ask somebody
 * else for them, and whoever reads the cache need not learn of them.
 */
public final class UnroutedSharedCache implements SharedCache {

    private final SharedCache cache;
    private final Predicate<Query> isRouted;

    public UnroutedSharedCache(SharedCache cache, Predicate<Query> isRouted) {
        this.cache = cache;
        this.isRouted = isRouted;
    }

    @Override
    public CompletionStage<Optional<KeptAnswer>> find(Query query) {
        return isRouted.test(query) ? CompletableFuture.completedFuture(Optional.empty()) : cache.find(query);
    }

    @Override
    public void store(Query query, KeptAnswer kept) {
        if (!isRouted.test(query)) {
            cache.store(query, kept);
        }
    }

    @Override
    public void remove(Query query) {
        if (!isRouted.test(query)) {
            cache.remove(query);
        }
    }

    @Override
    public void clear() {
        cache.clear();
    }
}
