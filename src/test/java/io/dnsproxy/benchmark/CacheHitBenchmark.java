package io.dnsproxy.benchmark;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerWriter;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.QuestionKey;
import io.dnsproxy.wire.Rcode;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * What a UDP worker does for a query that the cache can answer, but for system calls and the listener's own counters: it reads the
 * query, asks the front door, writes the reply; and, in the same run, parts of that. Each of {@link KnownNames} is asked for in
 * Zipf's order.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx512m")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class CacheHitBenchmark {

    /** What one worker has to itself. */
    @State(Scope.Thread)
    public static class Worker {

        /** So often, in queries, a worker under load looks at the clock. */
        private static final int BATCH = 64;

        final Query query = new Query();
        final byte[] out = new byte[AnswerWriter.UDP_PAYLOAD_OCTETS];
        int index;
        long nowNanos;

        /** Two workers at one place of the sequence would find in the processor's cache what the other has brought there. */
        @Setup
        public void spread(ThreadParams threads) {
            index = ReceivedQueries.COUNT / threads.getThreadCount() * threads.getThreadIndex();
        }

        void read(ReceivedQueries received) {
            index = (index + 1) & (ReceivedQueries.COUNT - 1);
            if (index % BATCH == 0) {
                nowNanos = System.nanoTime();
            }
            if (query.read(received.octets, received.offset(index), received.length(index)) != Rcode.NOERROR) {
                throw new AssertionError("a bad query");
            }
        }

        int write(@Nullable Answer answer) {
            if (answer == null) {
                throw new AssertionError("a miss");
            }
            int limitOctets = Math.min(query.udpPayloadOctets(), AnswerWriter.UDP_PAYLOAD_OCTETS);
            return AnswerWriter.write(query, answer, answer.ageSeconds(nowNanos), limitOctets, out, 0);
        }

        int answer(KnownNames known) {
            read(known.received);
            return write(known.forwarder.answerNow(query, nowNanos));
        }
    }

    /** The whole. */
    @Benchmark
    public int hit(KnownNames known, Worker worker) {
        return worker.answer(known);
    }

    /** The same by two threads at once. */
    @Benchmark
    @Threads(2)
    public int hitByTwoWorkers(KnownNames known, Worker worker) {
        return worker.answer(known);
    }

    /** With a plain, boundless map in place of the cache. */
    @Benchmark
    public int hitInPlainMap(KnownNames known, Worker worker) {
        worker.read(known.received);
        return worker.write(known.map.get(worker.query.key()));
    }

    /** The query is read and the reply is written, but nothing is looked up. */
    @Benchmark
    public int hitWithoutLookUp(KnownNames known, Worker worker) {
        worker.read(known.received);
        return worker.write(known.answers[worker.index]);
    }

    /** The query and its key, nothing else. */
    @Benchmark
    public QuestionKey readQuery(KnownNames known, Worker worker) {
        worker.read(known.received);
        return worker.query.key();
    }

    /** The floor: the octets of a query are copied, and nothing is understood. */
    @Benchmark
    public byte[] copy(KnownNames known, Worker worker) {
        int index = (worker.index + 1) & (ReceivedQueries.COUNT - 1);
        ReceivedQueries received = known.received;
        System.arraycopy(received.octets, received.offset(index), worker.out, 0, received.length(index));
        worker.index = index;
        return worker.out;
    }
}
