package io.dnsproxy.app;

import io.dnsproxy.resolver.cache.AnswerCache;
import io.dnsproxy.resolver.cache.CacheCounters;
import io.dnsproxy.resolver.cache.CachedAnswer;
import io.dnsproxy.resolver.cache.FailureCache;
import io.dnsproxy.resolver.cache.SharedCache;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.QuestionKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * {@code /actuator/dnscache}: how full the cache is and what it knows of one name, which must be given in full: it does not
 * say which names were asked. Deleting takes {@code management.endpoint.dnscache.access=unrestricted}.
 */
@Endpoint(id = "dnscache", defaultAccess = Access.READ_ONLY)
class DnsCacheEndpoint {

    /** In the shared cache a name can be forgotten only type by type; these are what is asked for. */
    private static final int[] TYPES = {
        Type.A,
        Type.AAAA,
        Type.HTTPS,
        Type.SVCB,
        Type.CNAME,
        Type.MX,
        Type.TXT,
        Type.NS,
        Type.SOA,
        Type.SRV,
        Type.PTR,
        Type.CAA,
        Type.DS,
        Type.DNSKEY,
        Type.NAPTR,
        Type.TLSA,
        Type.ANY
    };

    private static final int PAYLOAD_OCTETS = 1232;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final AnswerCache cache;
    private final FailureCache failures;
    private final CacheCounters counters;
    private final @Nullable SharedCache shared;

    DnsCacheEndpoint(AnswerCache cache, FailureCache failures, CacheCounters counters, @Nullable SharedCache shared) {
        this.cache = cache;
        this.failures = failures;
        this.counters = counters;
        this.shared = shared;
    }

    /** How full it is, and what it has been good for since the start. */
    record Summary(
            long entries,
            long negativeEntries,
            long failures,
            long octets,
            long hits,
            long misses,
            double hitRatio,
            long stale,
            long prefetches,
            long evictions) {}

    /** What is known of a name. */
    record KnownName(String name, List<KnownAnswer> answers) {}

    /**
     * One answer, or one failure.
     *
     * @param type what it answers; * for "no such name", which answers every type
     * @param ttlSeconds how long it is fresh; negative: stale for so long; null for a failure, which lasts a few seconds
     * @param records as in a zone file, with what is left of their TTLs
     */
    record KnownAnswer(
            String type,
            String dnsClass,
            boolean dnssecOk,
            boolean checkingDisabled,
            String rcode,
            @Nullable Long ttlSeconds,
            List<String> records) {}

    /** What was forgotten. */
    record Forgotten(long entries) {}

    @ReadOperation
    Summary summary() {
        long hits = counters.hits();
        long misses = counters.misses();
        long lookUps = counters.lookUps();
        return new Summary(
                cache.size(),
                cache.negatives(),
                failures.size(),
                cache.octets(),
                hits,
                misses,
                lookUps == 0 ? 0 : Math.round(1_000.0 * hits / lookUps) / 1_000.0,
                counters.stale(),
                counters.prefetches(),
                cache.evictions());
    }

    @ReadOperation
    KnownName name(@Selector String name) {
        Name parsed = parse(name);
        byte[] octets = parsed.toWire();
        long nowNanos = System.nanoTime();
        List<KnownAnswer> known = new ArrayList<>();
        cache.forEach(key -> key.isFor(octets), (key, entry) -> known.add(known(key, entry, nowNanos)));
        failures.forEach(nowNanos, (key, failure) -> {
            if (key.isFor(octets)) {
                known.add(known(key, failure, null, List.of()));
            }
        });
        return new KnownName(parsed.toString(), known);
    }

    @DeleteOperation
    Forgotten forgetAll() {
        long entries = cache.size();
        cache.clear();
        failures.clear();
        if (shared != null) {
            shared.clear();
        }
        return new Forgotten(entries);
    }

    @DeleteOperation
    Forgotten forget(@Selector String name) {
        Name parsed = parse(name);
        byte[] octets = parsed.toWire();
        failures.removeIf(key -> key.isFor(octets));
        int entries = cache.removeIf(key -> key.isFor(octets));
        if (shared != null) {
            forgetShared(shared, parsed);
        }
        return new Forgotten(entries);
    }

    private static void forgetShared(SharedCache shared, Name name) {
        for (int type : TYPES) {
            for (boolean dnssecOk : new boolean[] {false, true}) {
                for (boolean checkingDisabled : new boolean[] {false, true}) {
                    Message message = Message.newQuery(Record.newRecord(name, type, DClass.IN));
                    if (checkingDisabled) {
                        message.getHeader().setFlag(Flags.CD);
                    }
                    message.addRecord(
                            new OPTRecord(PAYLOAD_OCTETS, 0, 0, dnssecOk ? ExtendedFlags.DO : 0), Section.ADDITIONAL);
                    shared.remove(Query.of(message.toWire()));
                }
            }
        }
    }

    private static KnownAnswer known(QuestionKey key, CachedAnswer entry, long nowNanos) {
        long remainingNanos = entry.remainingNanos(nowNanos);
        return known(
                key,
                entry.answer(),
                Math.ceilDiv(remainingNanos, NANOS_PER_SECOND),
                records(entry.answer(), entry.answer().ageSeconds(nowNanos)));
    }

    private static KnownAnswer known(QuestionKey key, Answer answer, @Nullable Long ttlSeconds, List<String> records) {
        return new KnownAnswer(
                key.isForEveryType() ? "*" : Type.string(key.type()),
                DClass.string(key.dnsClass()),
                key.dnssecOk(),
                key.checkingDisabled(),
                Rcode.string(answer.rcode()),
                ttlSeconds,
                records);
    }

    private static List<String> records(Answer answer, int ageSeconds) {
        try {
            List<String> texts = new ArrayList<>();
            Message message = new Message(answer.toMessage());
            for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
                for (Record found : message.getSection(section)) {
                    if (found.getType() != Type.OPT) {
                        texts.add("%s %d %s %s %s"
                                .formatted(
                                        found.getName(),
                                        Math.max(0, found.getTTL() - ageSeconds),
                                        DClass.string(found.getDClass()),
                                        Type.string(found.getType()),
                                        found.rdataToString()));
                    }
                }
            }
            return texts;
        } catch (IOException e) {
            return List.of("; its records cannot be read as text"); // we pass on what we do not look into
        }
    }

    private static Name parse(String name) {
        try {
            return Name.fromString(name, Name.root);
        } catch (TextParseException e) {
            throw new InvalidEndpointRequestException("not a name: " + e.getMessage(), "not a name", e);
        }
    }
}
