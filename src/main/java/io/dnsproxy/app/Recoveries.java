package io.dnsproxy.app;

import io.dnsproxy.upstream.DotUpstreamPool;
import java.util.function.IntSupplier;

/** How often upstreams have recovered until now, those of routes too: when it changes, what failed before may be tried again. */
record Recoveries(DotUpstreamPool pool, RoutedUpstreams routed) implements IntSupplier {

    @Override
    public int getAsInt() {
        return pool.recoveries() + routed.recoveries();
    }
}
