package io.dnsproxy.analysis;

import io.dnsproxy.resolver.Resolver;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Runs one setup in virtual time, on one thread. */
final class Run {

    /** What a query costs that is answered at once: the client's way to the proxy and back, and the work. Assumed. */
    static final Duration FRONT = Duration.ofNanos(50_000);

    private final Setup setup;
    private final VirtualTime time = new VirtualTime();
    private final PublicResolver publicResolver;
    private final Resolver upstream;
    private final ModeledRedis redis;
    private final Instance[] instances;
    private final Clients clients;

    private final byte[] message = new byte[512];
    private final Query lens = new Query();
    private final List<Outcome.Bin> bins = new ArrayList<>();
    private LatencyHistogram latency = new LatencyHistogram();
    private long queries;
    private long localHits;

    private Run(Setup setup, ZipfRanks popularity) {
        this.setup = setup;
        SplittableRandom random = new SplittableRandom(setup.seed);
        Catalog catalog = new Catalog(random.nextLong(), setup.names, setup.ttls);
        clients = new Clients(random.split(), popularity, setup);
        publicResolver = new PublicResolver(
                time, catalog, random.split(), setup.upstreamCaches, setup.upstreamRoundTrip.toNanos());
        upstream = query -> {
            bin().upstreamQueries++;
            return publicResolver.resolve(query);
        };
        redis = new ModeledRedis(time, setup);
        instances = new Instance[setup.instances];
        Arrays.setAll(instances, i -> start());
    }

    /** Runs it. */
    static Outcome of(Setup setup) {
        return new Run(setup, new ZipfRanks(setup.names, setup.exponent)).toItsEnd();
    }

    private Instance start() {
        boolean shared = setup.levels == Setup.Levels.LOCAL_AND_REDIS;
        return new Instance(setup, time, shared ? redis.connection() : null, upstream);
    }

    private Outcome toItsEnd() {
        for (Setup.Restart restart : setup.restarts) {
            time.after(restart.at().toNanos(), () -> instances[restart.instance()] = start());
        }
        clients.askUntil(setup.warmUp.toNanos(), time, this::ask);
        Counts before = counts();
        latency = new LatencyHistogram();
        clients.askUntil(setup.warmUp.plus(setup.measured).toNanos(), time, this::ask);
        return outcome(before, counts());
    }

    private void ask(int instance, int name, int type) {
        int length = Catalog.writeQuery(name, type, message);
        if (lens.read(message, 0, length) != Rcode.NOERROR) {
            throw new IllegalStateException("not a query");
        }
        Outcome.Bin bin = bin();
        queries++;
        bin.queries++;
        Answer known = instances[instance].forwarder().answerNow(lens, time.nanos());
        if (known != null) {
            localHits++;
            bin.localHits++;
            waited(bin, 0);
        } else {
            long askedNanos = time.nanos();
            instances[instance]
                    .forwarder()
                    .answerLater(lens.copy())
                    .whenComplete((answer, failure) -> answered(bin, answer, time.nanos() - askedNanos));
        }
    }

    private void answered(Outcome.Bin bin, Answer answer, long waitedNanos) {
        if (Rcode.isFailure(answer.rcode())) {
            throw new IllegalStateException("nothing here fails");
        }
        waited(bin, waitedNanos);
    }

    private void waited(Outcome.Bin bin, long nanos) {
        long all = FRONT.toNanos() + nanos;
        latency.add(all);
        bin.waitedNanos += all;
    }

    private Outcome.Bin bin() {
        int index =
                (int) (time.nanos() / Duration.ofSeconds(Outcome.Bin.SECONDS).toNanos());
        while (bins.size() <= index) {
            bins.add(new Outcome.Bin());
        }
        return bins.get(index);
    }

    private Counts counts() {
        long coalesced = 0;
        long prefetches = 0;
        for (Instance instance : instances) {
            coalesced += instance.coalesced();
            prefetches += instance.prefetches();
        }
        return new Counts(
                queries,
                localHits,
                redis.lookups(),
                redis.stores(),
                redis.timeouts(),
                coalesced,
                publicResolver.queries(),
                prefetches);
    }

    private Outcome outcome(Counts before, Counts after) {
        long entries = 0;
        long octets = 0;
        for (Instance instance : instances) {
            entries += instance.cache().size();
            octets += instance.cache().octets();
        }
        return new Outcome(
                after.queries - before.queries,
                after.localHits - before.localHits,
                after.redisLookups - before.redisLookups,
                after.redisStores - before.redisStores,
                after.redisTimeouts - before.redisTimeouts,
                after.coalesced - before.coalesced,
                after.upstreamQueries - before.upstreamQueries,
                after.prefetches - before.prefetches,
                setup.measured.toMillis() / 1e3,
                latency,
                bins,
                entries,
                octets,
                redis.size(),
                redis.messageOctets());
    }

    private record Counts(
            long queries,
            long localHits,
            long redisLookups,
            long redisStores,
            long redisTimeouts,
            long coalesced,
            long upstreamQueries,
            long prefetches) {}
}
