package io.dnsproxy.upstream;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Query;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it takes to pair an answer with its query: one is found by its id and taken out, another gets an id and goes in. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx512m")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class InFlightBenchmark {

    /** Queries on the way at one time. */
    @Param({"1", "100", "500"})
    public int inFlight;

    /** Ids that nobody may draw any more. */
    @Param({"0", "4000"})
    public int resting;

    private final Query query = Query.of(Queries.query("www.example.org").toWire());
    private InFlightQueries queries = new InFlightQueries(() -> 0);
    private PendingExchange[] exchanges = {};
    private int next;
    private long nowNanos;

    /** Fills the table. */
    @Setup(Level.Trial)
    public void fill() {
        queries = new InFlightQueries(new QueryIds()::next);
        for (int i = 0; i < resting; i++) {
            queries.add(PendingExchange.first(query, Upstream.Asker.PATIENT), 0);
        }
        queries.rest(1);
        queries.giveUp(1, exchange -> exchange.cancel(false));
        exchanges = new PendingExchange[inFlight];
        for (int i = 0; i < inFlight; i++) {
            exchanges[i] = PendingExchange.first(query, Upstream.Asker.PATIENT);
            queries.add(exchanges[i], 1);
        }
        nowNanos = 1;
    }

    /** The oldest is answered, and sent once more, so that only the table can allocate. */
    @Benchmark
    public PendingExchange answerAndAdd() {
        next = next + 1 == inFlight ? 0 : next + 1;
        PendingExchange oldest = exchanges[next];
        if (queries.find(oldest.id) != oldest) {
            throw new AssertionError("lost");
        }
        queries.remove(oldest);
        queries.add(oldest, ++nowNanos);
        return oldest;
    }
}
