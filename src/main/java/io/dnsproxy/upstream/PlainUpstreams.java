package io.dnsproxy.upstream;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** All servers that are asked in plain DNS, and the thread that they share. */
public final class PlainUpstreams implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup loops;
    private final List<PlainUpstream> upstreams;

    /** @param servers at least one, none of them twice */
    public PlainUpstreams(List<PlainServer> servers, UpstreamSettings settings) {
        loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("plain-upstream", true), NioIoHandler.newFactory());
        upstreams = servers.stream()
                .map(server -> new PlainUpstream(server, settings, loops.next()))
                .toList();
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
