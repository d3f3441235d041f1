package io.dnsproxy.resolver;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Name;
import io.dnsproxy.wire.Query;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends queries for names under certain suffixes to upstreams of their own, and all others to those for everybody. What a route's upstreams do
 * not answer has failed: nobody else is asked, since nobody else is to know the name.
 */
public final class RoutingResolver implements Resolver {

    /**
     * Where some names are asked for.
     *
     * @param suffix a domain name: it, and all names under it, in any case
     * @param upstreams whom to ask
     */
    public record Route(String suffix, ResolverRoundRobin upstreams) {}

    private final ResolverRoundRobin otherwise;

    /** Longest first, and their resolvers in the same order. */
    private final byte[][] suffixes;

    private final List<ResolverRoundRobin> resolvers;

    /**
     * @param routes none of them twice
     * @param otherwise for names without a route
     * @throws IllegalArgumentException if a suffix is no domain name
     */
    public RoutingResolver(List<Route> routes, ResolverRoundRobin otherwise) {
        List<Route> longestFirst = routes.stream()
                .sorted(Comparator.comparingInt((Route route) -> Name.octets(route.suffix()).length)
                        .reversed())
                .toList();
        this.otherwise = otherwise;
        this.suffixes =
                longestFirst.stream().map(route -> Name.octets(route.suffix())).toArray(byte[][]::new);
        this.resolvers = longestFirst.stream().map(Route::upstreams).toList();
    }

    @Override
    public CompletionStage<Answer> resolve(Query query) {
        ResolverRoundRobin route = routeOf(query);
        return (route == null ? otherwise : route).resolve(query);
    }

    /** Whether the query is for a name with a route. */
    public boolean isRouted(Query query) {
        return routeOf(query) != null;
    }

    private @Nullable ResolverRoundRobin routeOf(Query query) {
        for (int i = 0; i < suffixes.length; i++) {
            if (query.isAtOrUnder(suffixes[i])) {
                return resolvers.get(i);
            }
        }
        return null;
    }

    /** Attempts beyond a query's first, hedges not counted, wherever it went. */
    public long failovers() {
        long failovers = otherwise.failovers();
        for (ResolverRoundRobin route : resolvers) {
            failovers += route.failovers();
        }
        return failovers;
    }
}
