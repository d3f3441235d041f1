package io.dnsproxy.benchmark;

import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.resolver.KnownAnswers;
import io.dnsproxy.resolver.cache.AnswerCache;
import io.dnsproxy.resolver.cache.CacheCounters;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.resolver.cache.FailureCache;
import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.QuestionKey;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** 10,000 names that are known, and a sequence of queries for them, shared by all workers. */
@State(Scope.Benchmark)
public class KnownNames {

    private static final int NAMES = 10_000;

    /** Some time has passed, so that each reply has its TTLs changed. */
    private static final int AGE_MILLIS = 17_000;

    private static final CacheSettings SETTINGS = CacheSettings.defaults();

    final ReceivedQueries received;

    /** The answer to each of the received queries. */
    final Answer[] answers = new Answer[ReceivedQueries.COUNT];

    final Forwarder forwarder;
    final Map<QuestionKey, Answer> map = new ConcurrentHashMap<>();

    private final byte[][] queries = new byte[NAMES][];
    private final Answer[] answerOf = new Answer[NAMES];

    /** Fills the cache. */
    public KnownNames() {
        for (int name = 0; name < NAMES; name++) {
            queries[name] = Traffic.query(name);
            answerOf[name] = Traffic.answer(Query.of(queries[name]), name);
        }
        forwarder = front(filledCache());
        int[] order = Traffic.zipf(NAMES, ReceivedQueries.COUNT);
        received = new ReceivedQueries(queries, order);
        for (int i = 0; i < order.length; i++) {
            answers[i] = answerOf[order[i]];
        }
    }

    private AnswerCache filledCache() {
        AnswerCache cache = new AnswerCache(SETTINGS.maxOctets(), SETTINGS.staleSeconds());
        long nowNanos = System.nanoTime();
        for (int name = 0; name < NAMES; name++) {
            Query query = Query.of(queries[name]);
            KeptAnswer kept = new KeptAnswer(answerOf[name], Traffic.TTL_SECONDS, AGE_MILLIS);
            answerOf[name] = cache.store(query, kept, nowNanos);
            map.put(query.key(), answerOf[name]);
        }
        return cache;
    }

    private static Forwarder front(AnswerCache cache) {
        KnownAnswers known = new KnownAnswers(
                SETTINGS,
                cache,
                new FailureCache(SETTINGS.maxOctets(), () -> 0),
                new CacheCounters(),
                () -> 0,
                query -> CompletableFuture.failedFuture(new AssertionError("a refresh")));
        return new Forwarder(known, query -> CompletableFuture.failedFuture(new AssertionError("a miss")));
    }
}
