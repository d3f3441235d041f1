package io.dnsproxy.upstream;

import io.dnsproxy.eventloop.EventLoops;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** All servers that are asked in plain DNS, and the thread that they share. */
public final class PlainUpstreams implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup loops;
    private final List<PlainUpstream> upstreams;

    /**
     * @param servers at least one, none of them twice
     * @param firstNumber the {@linkplain io.dnsproxy.wire.Answer#origin origin} of the first server's answers; the others follow
     */
    public PlainUpstreams(List<PlainServer> servers, UpstreamSettings settings, int firstNumber) {
        loops = EventLoops.named("plain-upstream", 1);
        loops.execute(() -> {}); // its thread would inherit the scheduling policy of the one that asks first
        List<PlainUpstream> made = new ArrayList<>();
        for (PlainServer server : servers) {
            made.add(new PlainUpstream(firstNumber + made.size(), server, settings, loops.next()));
        }
        upstreams = List.copyOf(made);
    }

    /** One for each server, in the order given. */
    public List<PlainUpstream> upstreams() {
        return upstreams;
    }

    /** Fails what is unanswered, and closes all sockets. Blocks until done; the second call does nothing. */
    @Override
    public void close() {
        if (loops.isShuttingDown()) {
            return;
        }
        upstreams.forEach(PlainUpstream::stop);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
