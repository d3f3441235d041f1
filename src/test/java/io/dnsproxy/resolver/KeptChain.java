package io.dnsproxy.resolver;

import io.dnsproxy.resolver.cache.AnswerCache;
import io.dnsproxy.resolver.cache.CacheCounters;
import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.resolver.cache.FailureCache;
import io.dnsproxy.resolver.cache.Retention;
import io.dnsproxy.resolver.cache.SharedCache;
import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerWriter;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.ResponseReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** All that decides about a query, as the application wires it, between a client and an upstream of the test; time is the test's. */
final class KeptChain {

    static final int MAX_IN_FLIGHT = 1_000;

    final List<Asked> asked = new ArrayList<>();
    final AnswerCache cache;
    final FailureCache failures;
    final CacheCounters counters = new CacheCounters();
    final CoalescingResolver coalescing;
    final InFlightBound bound;
    final KnownAnswers known;
    final Forwarder forwarder;
    int recoveries;
    private final AtomicLong nanos =
            new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(100).toNanos()); // wraps on the way
    private final Deadlines deadlines = new Deadlines(nanos::get);

    /** One question that came to the upstream. */
    record Asked(Query query, CompletableFuture<Answer> answer) {}

    KeptChain(CacheSettings settings) {
        this(settings, null);
    }

    KeptChain(CacheSettings settings, @Nullable SharedCache shared) {
        cache = new AnswerCache(settings.maxOctets(), settings.staleSeconds());
        failures = new FailureCache(1 << 20, () -> recoveries);
        CachingResolver caching =
                new CachingResolver(cache, failures, new Retention(settings), shared, this::upstream, nanos::get);
        coalescing = new CoalescingResolver(caching);
        known = new KnownAnswers(settings, cache, failures, counters, () -> recoveries, coalescing);
        bound = new InFlightBound(MAX_IN_FLIGHT, coalescing);
        ServeStaleResolver serveStale =
                new ServeStaleResolver(cache, counters, () -> recoveries, deadlines, bound, nanos::get);
        forwarder = new Forwarder(known, serveStale);
    }

    private CompletableFuture<Answer> upstream(Query query) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        asked.add(new Asked(query, answer));
        return answer;
    }

    long nanos() {
        return nanos.get();
    }

    int deadlines() {
        return deadlines.size();
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        deadlines.turn();
    }

    /** A client asks; the future has what it receives. */
    CompletableFuture<Message> ask(Message message) {
        byte[] wire = message.toWire();
        Query lens = new Query();
        if (lens.read(wire, 0, wire.length) != 0) {
            throw new IllegalArgumentException("not a good query");
        }
        Answer now = forwarder.answerNow(lens, nanos.get());
        if (now != null) {
            return CompletableFuture.completedFuture(reply(lens, now));
        }
        Query copy = lens.copy();
        Arrays.fill(wire, (byte) 0xee); // the buffer is somebody else's from now on
        return forwarder
                .answerLater(copy)
                .thenApply(answer -> reply(copy, answer))
                .toCompletableFuture();
    }

    /** What a client receives that asks when everything is known already. */
    Message askKnown(Message message) {
        CompletableFuture<Message> reply = ask(message);
        if (!reply.isDone()) {
            throw new AssertionError("it had to be asked for");
        }
        return reply.join();
    }

    /** A client asks, and the upstream answers with these records at once. */
    Message ask(Message message, String... records) {
        return ask(message, response(message, records));
    }

    /** A client asks, and the upstream answers so at once. */
    Message ask(Message message, Message response) {
        int before = asked.size();
        CompletableFuture<Message> reply = ask(message);
        if (asked.size() != before + 1) {
            throw new AssertionError("it was known already");
        }
        answer(response);
        return reply.join();
    }

    /** The upstream answers the newest question. */
    void answer(Message response) {
        answer(response.toWire());
    }

    /** The upstream answers the newest question by these octets. */
    void answer(byte[] wire) {
        Asked newest = asked.getLast();
        Answer answer = ResponseReader.read(wire, wire.length, newest.query);
        if (answer == null) {
            throw new IllegalArgumentException("answers something else");
        }
        newest.answer.complete(answer);
    }

    /** The upstream fails the newest question. */
    void fail(UpstreamException.Reason reason) {
        asked.getLast().answer.completeExceptionally(new UpstreamException(reason, "as the test says"));
    }

    private Message reply(Query query, Answer answer) {
        byte[] out = new byte[65_535];
        int octets = AnswerWriter.write(query, answer, answer.ageSeconds(nanos.get()), out.length, out, 0);
        try {
            return new Message(Arrays.copyOf(out, octets));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A response with these records, as in a zone file; an SOA record goes into the authority section. */
    static Message response(Message query, String... records) {
        Message response = new Message(query.getHeader().getID());
        response.getHeader().setFlag(Flags.QR);
        response.getHeader().setFlag(Flags.RA);
        response.addRecord(query.getQuestion(), Section.QUESTION);
        for (String text : records) {
            Record made = record(text);
            response.addRecord(made, made.getType() == Type.SOA ? Section.AUTHORITY : Section.ANSWER);
        }
        return response;
    }

    static Message response(int rcode, Message query, String... records) {
        Message response = response(query, records);
        response.getHeader().setRcode(rcode);
        return response;
    }

    static Record record(String text) {
        String[] fields = text.split(" ", 4);
        try {
            return Record.fromString(
                    Name.fromConstantString(fields[0]),
                    Type.value(fields[2]),
                    DClass.IN,
                    Long.parseLong(fields[1]),
                    fields[3],
                    Name.root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
