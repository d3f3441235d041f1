package io.dnsproxy.analysis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Runs setups, as many at once as there are processors. What a run comes to does not depend on the others. */
final class Laboratory implements AutoCloseable {

    private final ExecutorService threads =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

    /** Starts a run soon; what is returned waits for its end. */
    Supplier<Outcome> run(Setup setup) {
        return CompletableFuture.supplyAsync(() -> Run.of(setup), threads)::join;
    }

    @Override
    public void close() {
        threads.close();
    }
}
