package io.dnsproxy.resilience;

import io.dnsproxy.benchmark.sidebyside.LiveHeap;
import io.dnsproxy.benchmark.sidebyside.Programs;
import io.dnsproxy.resilience.Outcome.Figures;
import io.dnsproxy.resilience.RunningProxy.Needs;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The packaged program in a small heap, with upstreams that never answer again, under 50,000 queries a second for new names: its memory
 * must stay flat, every query that is taken in must be answered SERVFAIL at once or in time, and what is cached must go on being answered. Says what it
 * saw, and ends with 1 where that does not hold.
 */
public final class SilentUpstreams {

    private static final String JVM = "jvm=-XX:+UseSerialGC -Xmx128m";
    private static final int QUERIES_PER_SECOND = 50_000;
    private static final int CACHED_PER_SECOND = 500;
    private static final Duration DURATION = Duration.ofSeconds(12);

    /** Of what was there before, more than this is no longer flat. */
    private static final double GROWTH_MAX = 1.5;

    /** On one core such a flood is more than can be taken in: what the sockets drop is dropped of all alike. */
    private static final double CACHED_RIGHT_MIN = 0.75;

    private static final double CACHED_P99_MILLIS_MAX = 1_000;

    private SilentUpstreams() {}

    /**
     * Runs it, in about half a minute.
     *
     * @param args {@code jar=} and {@code jvm=}, as {@link Options} has them
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(JVM));
        words.addAll(List.of(args));
        Options options = Options.parse(words.toArray(String[]::new));
        boolean flat;
        try (Programs programs = new Programs();
                Scene scene = new Scene(new SilentNetwork(), FalseClock.in(programs.folder()))) {
            scene.authority().writePem(programs.folder());
            RunningProxy proxy = RunningProxy.start(Proxy.DNSPROXY, Needs.NOTHING, programs, scene, options);
            try {
                flat = isFlat(proxy, scene);
                if (!flat) {
                    System.out.println(programs.said(Proxy.DNSPROXY.word()));
                }
            } finally {
                proxy.end();
            }
        }
        System.exit(flat ? 0 : 1);
    }

    private static boolean isFlat(RunningProxy proxy, Scene scene) throws IOException {
        Figures before;
        try (Clients clients = new Clients(proxy.address(), 1, CACHED_PER_SECOND, false)) {
            clients.start();
            pass(Duration.ofSeconds(4));
            before = figures(clients, Duration.ofSeconds(2)); // by then every name has been asked for once
        }
        long heapBefore = LiveHeap.kibibytes(proxy.pid());
        long rssBefore = rssKibibytes(proxy.pid());
        scene.both().forEach(SilentUpstreams::fallSilent);
        long rssMost = 0;
        long heapDuring;
        Figures during;
        long sent;
        long servfail;
        long others;
        try (Flood flood = new Flood(proxy.address(), QUERIES_PER_SECOND);
                Clients clients = new Clients(proxy.address(), 1, CACHED_PER_SECOND, false)) {
            flood.start();
            clients.start();
            for (int second = 0; second < DURATION.toSeconds(); second++) {
                pass(Duration.ofSeconds(1));
                rssMost = Math.max(rssMost, rssKibibytes(proxy.pid()));
            }
            during = figures(clients, DURATION);
            heapDuring = LiveHeap.kibibytes(proxy.pid());
            flood.stop();
            pass(Duration.ofNanos(Clients.PATIENCE_NANOS));
            sent = flood.sent();
            servfail = flood.servfail();
            others = flood.others();
        }
        long heapAfter = LiveHeap.kibibytes(proxy.pid());
        long rssAfter = rssKibibytes(proxy.pid());
        boolean recovers = Trial.awaitCalm(scene, proxy.address(), Duration.ofSeconds(10));
        System.out.printf(
                Locale.ROOT,
                "new names       sent %,d  SERVFAIL %,d  other answers %,d  none %,d%n",
                sent,
                servfail,
                others,
                sent - servfail - others);
        System.out.printf(
                Locale.ROOT,
                "cached names    before: right %,d of %,d, p50 %.2f ms, p99 %.2f ms%n",
                before.right(),
                before.sent(),
                before.p50Millis(),
                before.p99Millis());
        System.out.printf(
                Locale.ROOT,
                "                during: right %,d of %,d, p50 %.2f ms, p99 %.2f ms%n",
                during.right(),
                during.sent(),
                during.p50Millis(),
                during.p99Millis());
        System.out.printf(
                Locale.ROOT,
                "live heap, MB   before %d  during %d  after %d%n",
                heapBefore >> 10,
                heapDuring >> 10,
                heapAfter >> 10);
        System.out.printf(
                Locale.ROOT,
                "RSS, MB         before %d  most %d  after %d%n",
                rssBefore >> 10,
                rssMost >> 10,
                rssAfter >> 10);
        System.out.printf(Locale.ROOT, "recovers        %s%n", recovers);
        return others == 0
                && during.shareRight() >= CACHED_RIGHT_MIN
                && during.p99Millis() < CACHED_P99_MILLIS_MAX
                && heapAfter < GROWTH_MAX * heapBefore
                && recovers;
    }

    private static Figures figures(Clients clients, Duration last) {
        long sinceNanos = System.nanoTime() - last.toNanos();
        return clients.finish().figures(sinceNanos, sinceNanos);
    }

    private static void fallSilent(ScriptedResolver upstream) {
        upstream.answer(_ -> Reply.none());
        upstream.forgetQueries();
    }

    private static long rssKibibytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no VmRSS of process " + pid);
    }

    private static void pass(Duration time) {
        long endNanos = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = endNanos - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
        }
    }
}
