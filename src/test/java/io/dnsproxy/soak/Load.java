package io.dnsproxy.soak;

import io.dnsproxy.fuzz.HonestDatagrams;
import io.dnsproxy.fuzz.HonestStreams;
import io.dnsproxy.fuzz.PackagedProxy;
import io.dnsproxy.fuzz.RudeClients;
import io.dnsproxy.fuzz.Tally;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Clients of every sort: honest ones by UDP, at a rate that keeps the proxy as busy as it is wanted, by TCP and by TLS; and rude ones. One
 * thread.
 */
final class Load implements AutoCloseable {

    /** Of the names that honest clients ask for, so many are in the cache. */
    private static final double KNOWN = 0.9;

    private static final double FIRST_RATE = 1_000;
    private static final double MOST_RATE = 60_000;
    private static final double LEAST_RATE = 100;
    private static final double CONNECTIONS_PER_SECOND = 20;
    private static final double TLS_CONNECTIONS_PER_SECOND = 4;
    private static final double RUDE_PER_SECOND = 10;

    /** The rate changes by no more than that from one look to the next. */
    private static final double STEP = 1.3;

    private final PackagedProxy proxy;
    private final HonestDatagrams udp;
    private final HonestStreams tcp;
    private final HonestStreams tls;
    private final RudeClients rude;
    private final Duration usedBefore;
    private final long beganNanos;
    private Duration lastUsed;
    private long lastNanos;

    private Load(PackagedProxy proxy, double rate, SplittableRandom random) throws IOException {
        this.proxy = proxy;
        udp = new HonestDatagrams(proxy.address(), KNOWN, rate, random.split());
        tcp = new HonestStreams(proxy.tcp(), KNOWN, CONNECTIONS_PER_SECOND, random.split());
        tls = new HonestStreams(proxy.tls(), KNOWN, TLS_CONNECTIONS_PER_SECOND, random.split());
        rude = new RudeClients(proxy, RUDE_PER_SECOND, random.split());
        usedBefore = proxy.processorTime();
        lastUsed = usedBefore;
        beganNanos = System.nanoTime();
        lastNanos = beganNanos;
    }

    /** Begins, at a rate that will be changed. */
    static Load begin(PackagedProxy proxy, SplittableRandom random) throws IOException {
        return begin(proxy, FIRST_RATE, random);
    }

    /** Begins, at the rate of an earlier one. */
    static Load begin(PackagedProxy proxy, double rate, SplittableRandom random) throws IOException {
        Load load = new Load(proxy, rate, random);
        load.udp.start();
        load.tcp.start();
        load.tls.start();
        load.rude.start();
        return load;
    }

    /** Looks how busy the proxy has been since the last look, and changes the rate. */
    void steer(int percent) {
        long now = System.nanoTime();
        Duration used = proxy.processorTime();
        double share = (double) used.minus(lastUsed).toNanos() / (now - lastNanos);
        lastUsed = used;
        lastNanos = now;
        double change = share == 0 ? STEP : Math.clamp(percent / 100.0 / share, 1 / STEP, STEP);
        udp.rate(Math.clamp(udp.rate() * change, LEAST_RATE, MOST_RATE));
    }

    double rate() {
        return udp.rate();
    }

    /** Ends it, and tells what was seen. */
    Seen finish() throws InterruptedException {
        double percent = 100.0 * proxy.processorTime().minus(usedBefore).toNanos() / (System.nanoTime() - beganNanos);
        return new Seen(udp.finish(), tcp.finish(), tls.finish(), rude.visits(), percent);
    }

    @Override
    public void close() throws IOException {
        rude.close();
        tls.close();
        tcp.close();
        udp.close();
    }

    /**
     * What honest clients have seen.
     *
     * @param rudeVisits of the others
     * @param percent of one processor that the proxy has used
     */
    record Seen(Tally.Figures udp, Tally.Figures tcp, Tally.Figures tls, long rudeVisits, double percent) {}
}
