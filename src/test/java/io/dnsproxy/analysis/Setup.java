package io.dnsproxy.analysis;

import io.dnsproxy.resolver.cache.CacheSettings;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run: who asks what how often, and who answers. Starts out as one of the two workloads that the document states; each
 * method gives another setup that differs in one thing. Setups with the same clients see the same queries.
 */
final class Setup {

    /** Room for all that is asked, so that no entry ever goes for want of it. */
    private static final long AMPLE_OCTETS = 256L << 20;

    long seed = 20_261_122;
    double exponent = 0.91;
    int names;
    TtlMix ttls = TtlMix.AS_ASKED;

    /** Share of the interests in a name that nobody else ever asks for. */
    double ownShare;

    /** How probable it is that a client looks up once more what it has just looked up. */
    double repeatShare;

    /** How long after that, in the mean. */
    Duration repeatGap;

    /** Whether a client always asks the same instance; else each of its queries goes to any. */
    boolean bound;

    double queriesPerSecond = 300;
    int instances = 3;
    Levels levels = Levels.LOCAL;
    CacheSettings settings = CacheSettings.defaults().withMaxOctets(AMPLE_OCTETS);

    /** See {@link PublicResolver}. */
    int upstreamCaches = 8;

    Duration upstreamRoundTrip = Duration.ofMillis(30);
    Duration redisRoundTrip = Duration.ofNanos(300_000);

    /** What happens before that is not counted. */
    Duration warmUp = Duration.ofMinutes(15);

    Duration measured = Duration.ofMinutes(15);
    List<Restart> restarts = List.of();

    /** When Redis does not answer. */
    @Nullable
    Interval redisDown;

    private Setup(int names, double ownShare, double repeatShare, Duration repeatGap) {
        this.names = names;
        this.ownShare = ownShare;
        this.repeatShare = repeatShare;
        this.repeatGap = repeatGap;
    }

    /**
     * People who browse: as many names as in the trace of MIT of December 2000 (Ramasubramanian and Sirer 2004), and repeated
     * so often that the hit ratio of that trace comes out (Jung and others 2003).
     */
    static Setup people() {
        return new Setup(302_032, 0.05, 0.76, Duration.ofSeconds(60));
    }

    /** Programs that look up the same few services for each connection: assumed. */
    static Setup services() {
        return new Setup(2_000, 0.01, 0.8, Duration.ofSeconds(10));
    }

    private Setup(Setup from) {
        seed = from.seed;
        exponent = from.exponent;
        names = from.names;
        ttls = from.ttls;
        ownShare = from.ownShare;
        repeatShare = from.repeatShare;
        repeatGap = from.repeatGap;
        bound = from.bound;
        queriesPerSecond = from.queriesPerSecond;
        instances = from.instances;
        levels = from.levels;
        settings = from.settings;
        upstreamCaches = from.upstreamCaches;
        upstreamRoundTrip = from.upstreamRoundTrip;
        redisRoundTrip = from.redisRoundTrip;
        warmUp = from.warmUp;
        measured = from.measured;
        restarts = from.restarts;
        redisDown = from.redisDown;
    }

    private Setup but(Consumer<Setup> change) {
        Setup other = new Setup(this);
        change.accept(other);
        return other;
    }

    Setup seed(long other) {
        return but(setup -> setup.seed = other);
    }

    Setup names(int number) {
        return but(setup -> setup.names = number);
    }

    Setup exponent(double other) {
        return but(setup -> setup.exponent = other);
    }

    Setup ttls(TtlMix mix) {
        return but(setup -> setup.ttls = mix);
    }

    Setup ownShare(double share) {
        return but(setup -> setup.ownShare = share);
    }

    Setup repeatShare(double share) {
        return but(setup -> setup.repeatShare = share);
    }

    Setup bound() {
        return but(setup -> setup.bound = true);
    }

    /** @param perSecond queries of all clients to all instances together */
    Setup queries(double perSecond) {
        return but(setup -> setup.queriesPerSecond = perSecond);
    }

    Setup instances(int number) {
        return but(setup -> setup.instances = number);
    }

    Setup levels(Levels which) {
        return but(setup -> setup.levels = which);
    }

    Setup settings(CacheSettings other) {
        return but(setup -> setup.settings = other);
    }

    Setup upstreamCaches(int number) {
        return but(setup -> setup.upstreamCaches = number);
    }

    Setup roundTrips(Duration redis, Duration upstream) {
        return but(setup -> {
            setup.redisRoundTrip = redis;
            setup.upstreamRoundTrip = upstream;
        });
    }

    Setup lasting(Duration warmUp, Duration measured) {
        return but(setup -> {
            setup.warmUp = warmUp;
            setup.measured = measured;
        });
    }

    Setup restarts(Restart... at) {
        return but(setup -> setup.restarts = List.of(at));
    }

    Setup redisDown(Duration from, Duration to) {
        return but(setup -> setup.redisDown = new Interval(from, to));
    }

    /** Which caches there are. */
    enum Levels {
        NONE("none"),
        LOCAL("local"),
        LOCAL_AND_REDIS("local + Redis");

        final String text;

        Levels(String text) {
            this.text = text;
        }
    }

    /**
     * An instance loses what it keeps.
     *
     * @param at since the start of the run
     * @param instance from 0
     */
    record Restart(Duration at, int instance) {}

    /** Both since the start of the run. */
    record Interval(Duration from, Duration to) {}
}
