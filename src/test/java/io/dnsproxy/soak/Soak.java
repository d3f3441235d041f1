package io.dnsproxy.soak;

import io.dnsproxy.fuzz.PackagedProxy;
import io.dnsproxy.fuzz.Tally;
import io.dnsproxy.fuzz.Vitals;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Has the packaged program serve clients of every sort for long, while its resolvers have bad days, and looks at what it has before and
 * after. Ends with exit code 1 if it has more than before, or if an honest query was not answered right; writes what it saw into
 * {@code docs/soak.md}.
 */
public final class Soak {

    /** Looks in between, under load. */
    private static final int LOOKS = 6;

    private static final Duration STEERING = Duration.ofSeconds(1);

    /** Until all code is compiled that will be, and all threads have begun. */
    private static final Duration WARM_MAX = Duration.ofSeconds(60);

    private static final int WARM_PART = 2;

    private final Options options;
    private final SplittableRandom random = new SplittableRandom();

    private Soak(Options options) {
        this.options = options;
    }

    /**
     * Runs as the words say.
     *
     * @param args as {@link Options} has them
     */
    public static void main(String[] args) throws Exception {
        Options options = Options.parse(args);
        Result result = run(options);
        System.out.println(Report.text(result));
        if (options.writesDocument()) {
            Report.write(result, Path.of(options.docs()));
        }
        result.findings().forEach(System.err::println);
        System.exit(result.findings().isEmpty() ? 0 : 1);
    }

    /** Runs once. */
    static Result run(Options options) throws Exception {
        return new Soak(options).run();
    }

    private Result run() throws Exception {
        try (PackagedProxy proxy = PackagedProxy.start(2, "simple")) {
            double rate = warm(proxy);
            Vitals before = proxy.settled(null);
            List<String> threadsBefore = proxy.threadNames();

            List<Vitals> looks = new ArrayList<>();
            Load.Seen seen;
            int resets;
            int outages;
            try (Load load = Load.begin(proxy, rate, random);
                    Faults faults = new Faults(proxy.upstreams(), options.duration())) {
                faults.start();
                for (int look = 1; look <= LOOKS; look++) {
                    pass(load, options.duration().dividedBy(LOOKS));
                    looks.add(proxy.vitals());
                }
                resets = faults.resets();
                outages = faults.outages();
                seen = load.finish();
            }

            Vitals after = proxy.settled(before);
            List<String> findings = new ArrayList<>(after.growthSince(before));
            if (after.threads() > before.threads()) {
                findings.add("threads that were not there before: " + proxy.threadsBeside(threadsBefore));
            }
            note(findings, "UDP", seen.udp());
            note(findings, "TCP", seen.tcp());
            note(findings, "TLS", seen.tls());
            findings.addAll(proxy.complaints());
            return new Result(options, seen, resets, outages, before, looks, after, findings);
        }
    }

    /** @return the rate at which the proxy is as busy as wanted */
    private double warm(PackagedProxy proxy) throws IOException, InterruptedException {
        Duration part = options.duration().dividedBy(WARM_PART);
        try (Load load = Load.begin(proxy, random)) {
            proxy.touchEveryLoop();
            pass(load, part.compareTo(WARM_MAX) < 0 ? part : WARM_MAX);
            load.finish();
            return load.rate();
        }
    }

    private void pass(Load load, Duration time) {
        long endNanos = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = endNanos - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, STEERING.toNanos()));
            load.steer(options.percent());
        }
    }

    private static void note(List<String> findings, String transport, Tally.Figures seen) {
        if (!seen.isWell()) {
            findings.add("honest clients by " + transport + ": " + seen);
        }
    }

    /**
     * What was seen.
     *
     * @param resets how often the connections of an upstream were reset
     * @param outages how often one was down
     * @param looks under load, at equal distances
     * @param findings what must not be; empty if all is well
     */
    record Result(
            Options options,
            Load.Seen seen,
            int resets,
            int outages,
            Vitals before,
            List<Vitals> looks,
            Vitals after,
            List<String> findings) {}
}
