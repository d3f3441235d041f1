package io.dnsproxy.resilience;

import io.dnsproxy.benchmark.sidebyside.Programs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A proxy that answers. Faults that want pins or a false clock need one of their own.
 *
 * @param proxy which it is
 * @param needs how it was started
 * @param process its process
 * @param address where it listens
 */
record RunningProxy(Proxy proxy, Needs needs, Process process, InetSocketAddress address) {

    /** Where proxies run, alone, if there is more than one core. */
    private static final int CORE = 0;

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** Load on a proxy that compiles while it runs, before anything is measured. */
    private static final Duration WARM = Duration.ofSeconds(6);

    /** How a proxy must be started for a fault. */
    enum Needs {
        NOTHING,
        PINS,
        FALSE_CLOCK;

        static Needs of(Fault fault) {
            if (fault.wantsPins()) {
                return PINS;
            }
            return fault.wantsFalseClock() ? FALSE_CLOCK : NOTHING;
        }
    }

    /**
     * Starts one, and waits until it answers by both upstreams.
     *
     * @throws IOException if it does not come to that
     */
    static RunningProxy start(Proxy proxy, Needs needs, Programs programs, Scene scene, Options options)
            throws IOException {
        int port = freePort();
        Map<String, String> variables =
                new HashMap<>(proxy.variables(programs.folder(), port, scene, needs == Needs.PINS));
        if (needs == Needs.FALSE_CLOCK) {
            variables.putAll(scene.clock().variables());
        }
        Process process = programs.start(
                proxy.word(), CORE, false, variables, proxy.command(options, programs.folder(), port, scene));
        RunningProxy running = new RunningProxy(
                proxy, needs, process, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        if (!Trial.awaitCalm(scene, running.address, PATIENCE)) {
            throw new IOException(proxy.title() + " does not answer: " + programs.said(proxy.word()));
        }
        if (proxy.isJava()) {
            new Trial(Fault.NONE, Load.BUSY, WARM, Duration.ZERO).carryOut(scene, running.address);
        }
        return running;
    }

    /** Its process. */
    long pid() {
        return process.pid();
    }

    /** Ends it, at once. */
    void end() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
