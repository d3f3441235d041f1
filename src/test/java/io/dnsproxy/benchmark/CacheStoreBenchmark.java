package io.dnsproxy.benchmark;

import io.dnsproxy.resolver.cache.AnswerCache;
import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.QuestionKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it takes to keep an answer when the cache is full, so that another one has to go. Reading the upstream's message is not in it;
 * nor is the query's copy, which the miss has made already.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx512m")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class CacheStoreBenchmark {

    /** More names than the cache has room for, gone round in a circle: each was evicted before it comes again. */
    private static final int NAMES = 1 << 16;

    private static final int MAX_OCTETS = 4 << 20;
    private static final int STALE_SECONDS = 86_400;

    /** About as many as the cache holds. */
    private static final int KNOWN_NAMES = 10_000;

    /** Names that come and go. */
    @State(Scope.Benchmark)
    public static class Names {

        private final AnswerCache cache = new AnswerCache(MAX_OCTETS, STALE_SECONDS);
        private final Map<QuestionKey, Answer> map = new ConcurrentHashMap<>();
        private final Query[] queries = new Query[NAMES];
        private final KeptAnswer[] kept = new KeptAnswer[NAMES];
        private final long nowNanos = System.nanoTime();
        private int index;

        /** Fills cache and map. */
        public Names() {
            for (int name = 0; name < NAMES; name++) {
                queries[name] = Query.of(Traffic.query(name));
                kept[name] = new KeptAnswer(Traffic.answer(queries[name], name), Traffic.TTL_SECONDS, 0);
                store(name);
            }
            for (int name = NAMES - KNOWN_NAMES; name < NAMES; name++) {
                map.put(queries[name].key(), kept[name].answer());
            }
        }

        int next() {
            index = (index + 1) & (NAMES - 1);
            return index;
        }

        final Answer store(int name) {
            return cache.store(queries[name], kept[name], nowNanos);
        }
    }

    /** A name that is not known, so that another goes. */
    @Benchmark
    public Answer storeNew(Names names) {
        return names.store(names.next());
    }

    /** A name that is known, as when it is refreshed. */
    @Benchmark
    public Answer storeAgain(Names names) {
        return names.store(0);
    }

    /** The floor: a plain map, from which the oldest is taken. */
    @Benchmark
    public @Nullable Answer storeInPlainMap(Names names) {
        int name = names.next();
        names.map.remove(names.queries[(name - KNOWN_NAMES) & (NAMES - 1)].key());
        return names.map.put(
                names.queries[name].key(), names.kept[name].answer().bornAt(names.nowNanos));
    }
}
