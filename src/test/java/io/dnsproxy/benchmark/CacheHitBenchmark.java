package io.dnsproxy.benchmark;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerWriter;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.QuestionKey;
import io.dnsproxy.wire.Rcode;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * What a UDP worker does for a query that the cache can answer, but for the system calls: read the query, find the answer, write
 * the reply. 10,000 names are cached, and asked for in Zipf's order.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx512m")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class CacheHitBenchmark {

    private static final int NAMES = 10_000;

    /** What all threads share: the cache, and the queries. */
    @State(Scope.Benchmark)
    public static class Shared {
        final Cache<QuestionKey, Answer> caffeine = Caffeine.newBuilder()
                .maximumWeight(64L << 20)
                .weigher((QuestionKey key, Answer answer) -> 200 + answer.octets())
                .executor(Runnable::run)
                .build();
        final ConcurrentHashMap<QuestionKey, Answer> map = new ConcurrentHashMap<>();
        final Answer[] byIndex = new Answer[ReceivedQueries.COUNT];
        final ReceivedQueries received;

        /** Fills the cache. */
        public Shared() {
            byte[][] queries = new byte[NAMES][];
            Answer[] answers = new Answer[NAMES];
            for (int i = 0; i < NAMES; i++) {
                queries[i] = Traffic.query(i);
                Query query = Query.of(queries[i]);
                answers[i] = Traffic.answer(query, i).bornAt(System.nanoTime());
                caffeine.put(query.key(), answers[i]);
                map.put(query.key(), answers[i]);
            }
            int[] order = Traffic.zipf(NAMES, ReceivedQueries.COUNT);
            received = new ReceivedQueries(queries, order);
            for (int i = 0; i < order.length; i++) {
                byIndex[i] = answers[order[i]];
            }
        }
    }

    /** What each worker has to itself. */
    @State(Scope.Thread)
    public static class Worker {
        final Query query = new Query();
        final byte[] out = new byte[AnswerWriter.UDP_PAYLOAD_OCTETS];
        private int index;

        /** Two workers at the same place of the sequence would warm the processor's cache for each other. */
        @Setup
        public void spread(ThreadParams threads) {
            index = ReceivedQueries.COUNT / threads.getThreadCount() * threads.getThreadIndex();
        }

        int next() {
            index = index + 1 & ReceivedQueries.COUNT - 1;
            return index;
        }

        int read(Shared shared, int index) {
            return query.read(shared.received.octets, shared.received.offset(index), shared.received.length(index));
        }

        int write(Answer answer) {
            int limitOctets = Math.min(query.udpPayloadOctets(), AnswerWriter.UDP_PAYLOAD_OCTETS);
            return AnswerWriter.write(query, answer, 17, limitOctets, out, 0);
        }
    }

    /** The whole. */
    @Benchmark
    public int caffeine(Shared shared, Worker worker) {
        int rcode = worker.read(shared, worker.next());
        if (rcode != Rcode.NOERROR) {
            throw new AssertionError();
        }
        return worker.write(Objects.requireNonNull(shared.caffeine.getIfPresent(worker.query.key())));
    }

    /** With a plain map. */
    @Benchmark
    public int map(Shared shared, Worker worker) {
        int rcode = worker.read(shared, worker.next());
        if (rcode != Rcode.NOERROR) {
            throw new AssertionError();
        }
        return worker.write(Objects.requireNonNull(shared.map.get(worker.query.key())));
    }

    /** The same without a cache: the answer is known. */
    @Benchmark
    public int readAndWrite(Shared shared, Worker worker) {
        int index = worker.next();
        int rcode = worker.read(shared, index);
        if (rcode != Rcode.NOERROR) {
            throw new AssertionError();
        }
        worker.query.key();
        return worker.write(shared.byIndex[index]);
    }

    /** The query alone, and its key. */
    @Benchmark
    public QuestionKey read(Shared shared, Worker worker) {
        worker.read(shared, worker.next());
        return worker.query.key();
    }

    /** The floor: nothing but the copy of an answer's octets. */
    @Benchmark
    public byte[] copy(Shared shared, Worker worker) {
        int index = worker.next();
        System.arraycopy(
                shared.received.octets, shared.received.offset(index), worker.out, 0, shared.received.length(index));
        return worker.out;
    }
}
