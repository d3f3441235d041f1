package io.dnsproxy.upstream;

import io.dnsproxy.eventloop.EventLoops;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManagerFactory;

/**
 * All upstreams, each with its shared connections, and the event loops that they run on.
 *
 * <p>Life: {@link #start} dials every upstream and waits for none; {@link #close} is polite: answers that are due still
 * come, then close_notify, then FIN.
 */
public final class DotUpstreamPool implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup loops;
    private final List<DotUpstream> upstreams;
    private final UpstreamSettings settings;

    /**
     * @param servers at least one, in the order of the settings
     * @param lookup finds the addresses of servers given by host name
     * @param loopCount how many threads the upstreams share; each upstream stays on one
     * @param burst told around the answers of one read, on these threads
     * @throws IllegalArgumentException when no TLS client can be set up for a server
     */
    public DotUpstreamPool(
            List<UpstreamServer> servers,
            UpstreamSettings settings,
            HostLookup lookup,
            int loopCount,
            AnswerBurst burst) {
        this(servers, settings, lookup, loopCount, burst, 1);
    }

    /**
     * One among others.
     *
     * @param firstNumber the {@linkplain io.dnsproxy.wire.Answer#origin origin} of the first server's answers, else 1; the others follow
     */
    public DotUpstreamPool(
            List<UpstreamServer> servers,
            UpstreamSettings settings,
            HostLookup lookup,
            int loopCount,
            AnswerBurst burst,
            int firstNumber) {
        this.settings = settings;
        this.loops = EventLoops.named("upstream", loopCount);
        List<DotUpstream> made = new ArrayList<>();
        for (UpstreamServer server : servers) {
            made.add(new DotUpstream(firstNumber + made.size(), server, settings, lookup, loops.next(), burst));
        }
        this.upstreams = List.copyOf(made);
    }

    /** One for each server, in the order of the settings. The {@linkplain io.dnsproxy.wire.Answer#origin origin} of an answer is the place here, from 1. */
    public List<DotUpstream> upstreams() {
        return upstreams;
    }

    /** Dials every upstream in the background. */
    public void start() {
        upstreams.forEach(DotUpstream::warmUp);
    }

    /** Whether any upstream has authenticated since the start. */
    public boolean hasEverConnected() {
        return upstreams.stream().anyMatch(upstream -> upstream.status().everConnected());
    }

    /** Whether any upstream is usable now. */
    public boolean isUsable() {
        return upstreams.stream().anyMatch(upstream -> upstream.status().usable());
    }

    /** How often upstreams could be connected to again after they could not, in all: when it changes, what failed before may be tried again. */
    public int recoveries() {
        int recoveries = 0;
        for (DotUpstream upstream : upstreams) {
            recoveries += upstream.recoveries();
        }
        return recoveries;
    }

    /**
     * Gives a server other authorities, without a restart: new connections are judged by them, open ones retire.
     *
     * @param server its place in the settings, from 0
     * @throws IllegalArgumentException when no TLS client can be set up with these; then the earlier ones count
     */
    public void trust(int server, TrustManagerFactory authorities) {
        upstreams.get(server).trust(authorities);
    }

    /**
     * Closes every connection when its answers have come, at the latest after the total timeout. Blocks until done; the second
     * call does nothing.
     */
    @Override
    public void close() {
        if (loops.isShuttingDown()) {
            return;
        }
        CompletableFuture<?>[] closed =
                upstreams.stream().map(DotUpstream::stop).toArray(CompletableFuture<?>[]::new);
        long timeoutMillis = settings.totalTimeout().toMillis();
        CompletableFuture.allOf(closed)
                .completeOnTimeout(null, timeoutMillis, TimeUnit.MILLISECONDS)
                .join();
        loops.shutdownGracefully(0, timeoutMillis, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }
}
