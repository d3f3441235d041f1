package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.resolver.cache.AnswerCache;
import io.dnsproxy.resolver.cache.CacheCounters;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.resolver.cache.FailureCache;
import io.dnsproxy.resolver.cache.Retention;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerWriter;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.ResponseReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/**
 * Many threads ask for few names whose answers end quickly, while others answer, fail, and let time pass: everybody gets an
 * answer to its own question, and nothing is left behind.
 */
class ConcurrentAnswersTests {

    private static final int THREADS = 4;
    private static final int QUERIES = 20_000;
    private static final int NAMES = 40;
    private static final String SOA = "example.org. 300 SOA ns.example.org. admin.example.org. 1 7200 900 604800 3";

    private final long seed = Long.getLong("dnsproxy.test.seed", System.nanoTime());
    private final CacheSettings settings = new CacheSettings(60_000, 0, 86_400, 3_600, 20, 2, 40);
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger recoveries = new AtomicInteger();
    private final LongAdder wrong = new LongAdder();

    @Test
    void everybodyIsAnsweredAndNothingIsLeftBehind() throws Exception {
        try (ExecutorService askers = Executors.newFixedThreadPool(THREADS);
                ExecutorService upstream = Executors.newFixedThreadPool(2);
                Deadlines deadlines = new Deadlines(nanos::get)) {
            CacheCounters counters = new CacheCounters();
            AnswerCache cache = new AnswerCache(settings.maxOctets(), settings.staleSeconds());
            FailureCache failures = new FailureCache(10_000, recoveries::get);
            CoalescingResolver coalescing = new CoalescingResolver(new CachingResolver(
                    cache, failures, new Retention(settings), null, query -> ask(query, upstream), nanos::get));
            InFlightBound bound = new InFlightBound(100_000, coalescing);
            KnownAnswers known = new KnownAnswers(settings, cache, failures, counters, recoveries::get, coalescing);
            Forwarder forwarder = new Forwarder(
                    known, new ServeStaleResolver(cache, counters, recoveries::get, deadlines, bound, nanos::get));

            List<Future<List<CompletableFuture<Void>>>> asked = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Random random = new Random(seed + thread);
                asked.add(askers.submit(() -> askAll(forwarder, deadlines, random)));
            }
            for (Future<List<CompletableFuture<Void>>> one : asked) {
                CompletableFuture.allOf(one.get().toArray(CompletableFuture[]::new))
                        .join();
            }
            upstream.shutdown();
            assertThat(upstream.awaitTermination(20, TimeUnit.SECONDS)).isTrue();

            assertThat(wrong.sum()).as("seed %d", seed).isZero();
            assertThat(counters.lookUps()).as("seed %d", seed).isEqualTo(THREADS * QUERIES);
            assertThat(counters.hits()).isPositive();
            assertThat(counters.stale()).isPositive();
            assertThat(counters.failures()).isPositive();
            assertThat(counters.prefetches()).isPositive();
            assertThat(bound.inFlight()).as("seed %d", seed).isZero();
            assertThat(coalescing.flights()).as("seed %d", seed).isZero();
            assertThat(known.prefetching()).as("seed %d", seed).isZero();
            assertThat(deadlines.size()).as("seed %d", seed).isZero();
            AtomicInteger negatives = new AtomicInteger();
            cache.forEach(key -> true, (key, entry) -> negatives.addAndGet(entry.isNegative() ? 1 : 0));
            assertThat(cache.negatives()).as("seed %d", seed).isEqualTo(negatives.get());
            assertThat(cache.octets()).isLessThanOrEqualTo(settings.maxOctets());
        }
    }

    private List<CompletableFuture<Void>> askAll(Forwarder forwarder, Deadlines deadlines, Random random) {
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        Query lens = new Query();
        for (int i = 0; i < QUERIES; i++) {
            if (random.nextInt(20) == 0) {
                nanos.addAndGet(Duration.ofMillis(random.nextInt(400)).toNanos());
                synchronized (deadlines) {
                    deadlines.turn();
                }
            }
            byte[] wire = Queries.query(
                            "n" + random.nextInt(NAMES) + ".example.org", random.nextBoolean() ? Type.A : Type.AAAA)
                    .toWire();
            lens.read(wire, 0, wire.length);
            Answer now = forwarder.answerNow(lens, nanos.get());
            if (now != null) {
                check(lens, now);
            } else {
                Query copy = lens.copy();
                waiting.add(forwarder
                        .answerLater(copy)
                        .thenAccept(answer -> check(copy, answer))
                        .toCompletableFuture());
            }
        }
        return waiting;
    }

    /** Rendering refuses an answer to another question; the address tells the name. */
    private void check(Query query, Answer answer) {
        byte[] out = new byte[512];
        int octets = AnswerWriter.write(query, answer, answer.ageSeconds(nanos.get()), out.length, out, 0);
        boolean data = answer.answerRecords() > 0;
        int length = query.type() == Type.A ? 4 : 16; // RDLENGTH stands before the address
        if (octets < 12 || (data && (out[octets - 1] != (byte) number(query) || out[octets - 1 - length] != length))) {
            wrong.increment();
        }
    }

    private CompletableFuture<Answer> ask(Query query, ExecutorService upstream) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        upstream.execute(() -> {
            Random random = new Random(seed ^ query.hashCode());
            switch (random.nextInt(8)) {
                case 0 -> answer.completeExceptionally(new UpstreamException(Reason.TIMEOUT, "as the test says"));
                case 1 -> {
                    recoveries.incrementAndGet();
                    answer.completeExceptionally(new UpstreamException(Reason.CONNECT, "as the test says"));
                }
                case 2 -> answer.complete(read(query, Rcode.SERVFAIL));
                case 3 -> answer.complete(read(query, Rcode.NXDOMAIN, SOA));
                default -> answer.complete(read(query, Rcode.NOERROR, record(query, 1 + random.nextInt(5))));
            }
        });
        return answer;
    }

    /** The last octet of the address is the number in the name. */
    private static String record(Query query, int ttlSeconds) {
        int number = number(query);
        String data =
                query.type() == Type.A ? " A 192.0.2." + number : " AAAA 2001:db8::" + Integer.toHexString(number);
        return "n" + number + ".example.org. " + ttlSeconds + data;
    }

    private static int number(Query query) {
        int label = query.offset() + 12;
        int digits = query.message()[label] - 1;
        return Integer.parseInt(new String(query.message(), label + 2, digits, StandardCharsets.US_ASCII));
    }

    private static Answer read(Query query, int rcode, String... records) {
        try {
            byte[] wire = KeptChain.response(rcode, new Message(query.message()), records)
                    .toWire();
            Answer answer = ResponseReader.read(wire, wire.length, query);
            if (answer == null) {
                throw new AssertionError("answers something else");
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
