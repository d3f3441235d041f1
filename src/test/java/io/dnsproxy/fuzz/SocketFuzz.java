package io.dnsproxy.fuzz;

import io.dnsproxy.fuzz.Tally.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Floods the packaged program with mutants by UDP, TCP and TLS while honest clients ask, and looks at what it has before and after. Ends
 * with exit code 1 if anything is not as it must be; writes what it saw into {@code docs/fuzzing.md}.
 */
public final class SocketFuzz {

    private static final int HONEST_DATAGRAMS_PER_SECOND = 200;
    private static final int HONEST_CONNECTIONS_PER_SECOND = 5;
    private static final int HONEST_TLS_CONNECTIONS_PER_SECOND = 1;

    /** Of their queries, so many are for names that were asked before. */
    private static final double KNOWN = 0.8;

    private static final int HELD_CONNECTIONS = 100;

    /** The kernel tells what it dropped along with the next datagram that it delivers. */
    private static final int LOOKS = 20;

    private final Options options;
    private final Findings findings = new Findings();
    private final List<byte[]> corpus = Corpus.queries();
    private final SplittableRandom random;

    private SocketFuzz(Options options) {
        this.options = options;
        this.random = new SplittableRandom(options.seed());
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
        System.out.println("seed=" + options.seed());
        return new SocketFuzz(options).run();
    }

    private Result run() throws Exception {
        long untilNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(options.minutes());
        SplittableRandom datagramRandom = random.split();
        SplittableRandom streamRandom = random.split();
        try (PackagedProxy proxy = PackagedProxy.start(1, "paranoid");
                DatagramAttack datagrams = new DatagramAttack(
                        proxy.address(), new Mutations(datagramRandom, corpus), datagramRandom.split(), findings)) {
            StreamAttack streams = new StreamAttack(proxy.tcp(), proxy.tls(), proxy.belowTls(), corpus, findings);
            check(proxy.watchesEveryBuffer(), "Netty's buffers are not watched");
            datagrams.run(options.warmDatagrams(), untilNanos);
            streams.run(options.warmFrames(), untilNanos, streamRandom);
            honest(proxy, proxy::touchEveryLoop);
            Vitals before = proxy.settled(null);
            List<String> threadsBefore = proxy.threadNames();
            Counts countsBefore = Counts.of(proxy);

            Attack attack = attack(proxy, datagrams, streams, streamRandom, untilNanos);

            Vitals after = proxy.settled(before);
            long asked = attack.datagrams.sent() + attack.udp.sent;
            Counts counts = counted(proxy, countsBefore, asked);
            judge(proxy, attack, counts, before, after);
            if (after.threads() > before.threads()) {
                findings.add("threads that were not there before: " + proxy.threadsBeside(threadsBefore));
            }
            return new Result(
                    options,
                    attack.datagrams,
                    attack.streams,
                    attack.udp.figures,
                    attack.tcp,
                    attack.tls,
                    before,
                    after,
                    counts,
                    findings.all());
        }
    }

    private record Asked(Figures figures, long sent) {}

    private record Attack(
            DatagramAttack.Figures datagrams, StreamAttack.Figures streams, Asked udp, Figures tcp, Figures tls) {}

    private Attack attack(
            PackagedProxy proxy,
            DatagramAttack datagrams,
            StreamAttack streams,
            SplittableRandom streamRandom,
            long untilNanos)
            throws Exception {
        CompletableFuture<DatagramAttack.Figures> byUdp = new CompletableFuture<>();
        CompletableFuture<StreamAttack.Figures> byTcp = new CompletableFuture<>();
        Thread flood = Thread.ofPlatform().daemon().name("datagrams").start(() -> {
            try {
                byUdp.complete(datagrams.run(options.datagrams(), untilNanos));
            } catch (IOException | RuntimeException e) {
                byUdp.completeExceptionally(e);
            }
        });
        Honest honest = honest(proxy, () -> {
            try (HeldConnections held = new HeldConnections(proxy.tcp(), HELD_CONNECTIONS)) {
                byTcp.complete(streams.run(options.frames(), untilNanos, streamRandom));
                held.awaitEnd(findings);
            }
            flood.join();
        });
        return new Attack(byUdp.get(), byTcp.get(), honest.udp, honest.tcp, honest.tls);
    }

    @FunctionalInterface
    private interface Deed {
        void done() throws Exception;
    }

    private record Honest(Asked udp, Figures tcp, Figures tls) {}

    /** Honest clients ask while something is done, and a moment longer. */
    private Honest honest(PackagedProxy proxy, Deed meanwhile) throws Exception {
        try (HonestDatagrams udp =
                        new HonestDatagrams(proxy.address(), KNOWN, HONEST_DATAGRAMS_PER_SECOND, random.split());
                HonestStreams tcp =
                        new HonestStreams(proxy.tcp(), KNOWN, HONEST_CONNECTIONS_PER_SECOND, random.split());
                HonestStreams tls =
                        new HonestStreams(proxy.tls(), KNOWN, HONEST_TLS_CONNECTIONS_PER_SECOND, random.split())) {
            udp.start();
            tcp.start();
            tls.start();
            meanwhile.done();
            Figures byTls = tls.finish();
            Figures byTcp = tcp.finish();
            Figures byUdp = udp.finish();
            return new Honest(new Asked(byUdp, udp.sent()), byTcp, byTls);
        }
    }

    /** What the proxy has counted since, once it has counted everything. */
    private Counts counted(PackagedProxy proxy, Counts before, long asked) throws Exception {
        Counts counts = Counts.of(proxy).since(before, asked);
        for (int look = 0; look < LOOKS && counts.received() + counts.socketDrops() < counts.sent(); look++) {
            Asked more = honest(proxy, () -> {}).udp;
            counts = Counts.of(proxy).since(before, counts.sent() + more.sent);
        }
        return counts;
    }

    private void judge(PackagedProxy proxy, Attack attack, Counts counts, Vitals before, Vitals after)
            throws IOException {
        check(
                attack.datagrams.sent() >= options.datagrams() && attack.streams.frames() >= options.frames(),
                "not all was sent in " + options.minutes() + " minutes");
        check(
                counts.received() + counts.socketDrops() == counts.sent(),
                "of " + counts.sent() + " datagrams, " + counts.received() + " were received and "
                        + counts.socketDrops() + " dropped by the system");
        check(
                attack.datagrams.unanswerable() - counts.unanswerable() <= counts.socketDrops()
                        && counts.unanswerable() <= attack.datagrams.unanswerable(),
                attack.datagrams.unanswerable() + " datagrams could not be answered, and " + counts.unanswerable()
                        + " were counted so");
        check(
                attack.datagrams.lost() <= counts.socketDrops() + counts.unsent() + attack.datagrams.unheard(),
                attack.datagrams.lost() + " datagrams have no answer");
        check(counts.unaccounted() == 0, counts.unaccounted() + " messages are neither responses nor drops");
        check(counts.faults() == 0, counts.faults() + " faults were counted");
        check(attack.udp.figures.isWell(), "honest clients by UDP: " + attack.udp.figures);
        check(attack.tcp.isWell(), "honest clients by TCP: " + attack.tcp);
        check(attack.tls.isWell(), "honest clients by TLS: " + attack.tls);
        after.growthSince(before).forEach(findings::add);
        proxy.complaints().forEach(findings::add);
    }

    private void check(boolean isWell, String elseWords) {
        if (!isWell) {
            findings.add(elseWords);
        }
    }

    /**
     * What was seen.
     *
     * @param findings what must not be; empty if all is well
     */
    record Result(
            Options options,
            DatagramAttack.Figures datagrams,
            StreamAttack.Figures streams,
            Figures udp,
            Figures tcp,
            Figures tls,
            Vitals before,
            Vitals after,
            Counts counts,
            List<String> findings) {}
}
