package io.dnsproxy.listener;

import io.dnsproxy.eventloop.EventLoops;
import io.dnsproxy.resolver.Forwarder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * DNS over TCP for clients (RFC 7766), or over TLS (RFC 7858): accepts connections within the {@link ConnectionLimits}, and gives each a
 * {@link TcpConnection}. A connection beyond its client's limit is closed as it comes, and counted; one beyond the limit of all takes the place of one
 * that is idle ({@link IdleOrder}).
 *
 * <p>Life: {@link #start} binds and accepts; {@link #drain} accepts no more and closes each connection when its queries are
 * answered; {@link #close} closes what is left.
 */
public final class TcpListener implements AutoCloseable {

    private static final int BACKLOG = 1024;
    private static final int FLUSH_AFTER = 256;

    /** What all clients together may leave untaken: a client that asks for much and reads nothing must not fill the heap. */
    private static final long UNSENT_OCTETS_MAX = 32L << 20;

    /** How long {@link #close} lets clients take the answers that are written already. */
    private static final long CLOSE_PATIENCE_NANOS = Duration.ofMillis(250).toNanos();

    private static final boolean HAS_IPV6 = hasIpv6();

    private final TcpSettings settings;
    private final ClientRules rules;
    private final Forwarder forwarder;
    private final @Nullable ServerTls tls;
    private final @Nullable QueryLog log;
    private final ConnectionLimits limits;
    private final ListenerCounters counters = new ListenerCounters();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong unsentOctets = new AtomicLong();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder idleClosed = new LongAdder();
    private final LongAdder handshakes = new LongAdder();
    private final LongAdder failedHandshakes = new LongAdder();
    private final LongAdder slowClosed = new LongAdder();
    private final LongAdder displaced = new LongAdder();
    private final ConcurrentMap<EventExecutor, IdleOrder> idleOrders = new ConcurrentHashMap<>();
    private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
    private final List<Channel> servers = new ArrayList<>();
    private final MultiThreadIoEventLoopGroup loops;
    private volatile boolean draining;

    /** One that speaks in clear. */
    public TcpListener(TcpSettings settings, ClientRules rules, Forwarder forwarder) {
        this(settings, rules, forwarder, null);
    }

    /** @param tls DNS over TLS (RFC 7858); null: in clear */
    public TcpListener(TcpSettings settings, ClientRules rules, Forwarder forwarder, @Nullable ServerTls tls) {
        this(settings, rules, forwarder, tls, null);
    }

    /**
     * One that may have a log.
     *
     * @param tls DNS over TLS (RFC 7858); null: in clear
     * @param log told of each response; null: nobody is
     */
    public TcpListener(
            TcpSettings settings,
            ClientRules rules,
            Forwarder forwarder,
            @Nullable ServerTls tls,
            @Nullable QueryLog log) {
        this.log = log;
        this.settings = settings;
        this.rules = rules;
        this.forwarder = forwarder;
        this.tls = tls;
        this.limits = new ConnectionLimits(settings.maxConnections(), settings.maxConnectionsPerClient());
        this.loops = EventLoops.named(tls == null ? "tcp" : "tls", settings.threads());
    }

    /**
     * Binds and accepts. An address that another process listens on is refused: this is what keeps two proxies apart, since
     * UDP ports can be shared.
     *
     * @param addresses at least one; port 0 lets the system choose
     * @throws BindFailure when an address cannot be had; then nothing stays bound
     */
    public void start(List<InetSocketAddress> addresses) throws BindFailure {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(channel);
                    }
                });
        for (InetSocketAddress address : addresses) {
            InetSocketAddress bindable = bindable(address);
            // An IPv4 socket for an IPv4 address: on an IPv6 socket 0.0.0.0 would mean IPv6 too.
            SocketProtocolFamily family = bindable.getAddress() instanceof Inet4Address
                    ? SocketProtocolFamily.INET
                    : SocketProtocolFamily.INET6;
            ChannelFuture binding = bootstrap
                    .clone()
                    .channelFactory(() -> new NioServerSocketChannel(SelectorProvider.provider(), family))
                    .bind(bindable)
                    .awaitUninterruptibly();
            if (!binding.isSuccess()) {
                servers.forEach(server -> server.close().awaitUninterruptibly());
                servers.clear();
                throw new BindFailure(address, binding.cause());
            }
            servers.add(binding.channel());
        }
    }

    /** {@code ::} means every address; on a host without IPv6 that is {@code 0.0.0.0}. */
    private static InetSocketAddress bindable(InetSocketAddress address) {
        boolean everywhere = address.getAddress() instanceof Inet6Address ipv6 && ipv6.isAnyLocalAddress();
        return everywhere && !HAS_IPV6
                ? new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), address.getPort())
                : address;
    }

    private static boolean hasIpv6() {
        try {
            SelectorProvider.provider()
                    .openServerSocketChannel(StandardProtocolFamily.INET6)
                    .close();
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** An address that could not be had; the cause has the system's words. */
    public static final class BindFailure extends IOException {

        private final InetSocketAddress address;

        BindFailure(InetSocketAddress address, Throwable cause) {
            super("TCP " + address + ": " + cause.getMessage(), cause);
            this.address = address;
        }

        /** The one that was asked for. */
        public InetSocketAddress address() {
            return address;
        }
    }

    private void accept(SocketChannel channel) {
        InetSocketAddress remote = channel.remoteAddress();
        if (remote == null) {
            channel.close();
            return;
        }
        ClientAddress client = ClientAddress.of(remote.getAddress());
        boolean isServed = rules.served().contains(client.high(), client.low());
        if (!isServed && (rules.dropOthers() || tls != null)) {
            counters.prohibit(); // a handshake would cost more than the REFUSED behind it is worth
            channel.close();
            return;
        }
        if (!limits.tryAcquire(client, () -> displaceOne(channel.eventLoop()))) {
            channel.close();
            return;
        }
        accepted.increment();
        TcpConnection connection = new TcpConnection(this, forwarder, client, isServed);
        connections.add(channel);
        channel.closeFuture().addListener(closed -> {
            connections.remove(channel);
            limits.release(client);
        });
        if (tls != null) {
            channel.pipeline().addLast(tls.newHandler(channel.alloc(), settings.readTimeout()));
        }
        channel.pipeline().addLast(new FlushConsolidationHandler(FLUSH_AFTER, true), connection);
        if (draining) {
            connection.drain(); // whoever walked through the connections may have been here before it
        }
    }

    private boolean displaceOne(EventExecutor loop) {
        boolean some = idleOrder(loop).displaceOne();
        if (some) {
            displaced.increment();
        }
        return some;
    }

    /** Of the connections of one event loop; for that loop. */
    IdleOrder idleOrder(EventExecutor loop) {
        return idleOrders.computeIfAbsent(loop, unseen -> new IdleOrder());
    }

    TcpSettings settings() {
        return settings;
    }

    @Nullable
    ServerCookies cookies() {
        return rules.cookies();
    }

    @Nullable
    QueryLog log() {
        return log;
    }

    /** Whether nobody on the way can look into what is said. */
    boolean isEncrypted() {
        return tls != null;
    }

    /** Whether connections are about to end. */
    boolean isDraining() {
        return draining;
    }

    /** Whether so many more octets of answers may wait for their clients to take earlier ones. */
    boolean tryKeepUnsent(int octets) {
        if (unsentOctets.addAndGet(octets) <= UNSENT_OCTETS_MAX) {
            return true;
        }
        unsentOctets.addAndGet(-octets);
        return false;
    }

    void releaseUnsent(int octets) {
        unsentOctets.addAndGet(-octets);
    }

    /** Octets of answers that clients leave untaken, now. */
    public long unsentOctets() {
        return unsentOctets.get();
    }

    void asked() {
        inFlight.incrementAndGet();
    }

    void answered() {
        inFlight.decrementAndGet();
    }

    void idleClosed() {
        idleClosed.increment();
    }

    void handshaken() {
        handshakes.increment();
    }

    void handshakeFailed() {
        failedHandshakes.increment();
    }

    void slowClosed() {
        slowClosed.increment();
    }

    /** Where it listens, with the ports that the system chose. */
    public List<InetSocketAddress> localAddresses() {
        return servers.stream()
                .map(server -> (InetSocketAddress) server.localAddress())
                .toList();
    }

    /** Whether every address is still accepting. */
    public boolean isAlive() {
        return !servers.isEmpty() && servers.stream().allMatch(Channel::isActive);
    }

    /** Queries that wait for an answer. */
    public int inFlight() {
        return inFlight.get();
    }

    /** What it has received and sent. */
    public ListenerCounters counters() {
        return counters;
    }

    /** Connections open now. */
    public int connections() {
        return limits.open();
    }

    /** Connections accepted since the start. */
    public long accepted() {
        return accepted.sum();
    }

    /** Connections closed as they came, because too many were open. */
    public long refused() {
        return limits.refused();
    }

    /** Idle connections closed for newcomers, because too many were open. */
    public long displaced() {
        return displaced.sum();
    }

    /** Connections closed because they were idle. */
    public long idleClosedCount() {
        return idleClosed.sum();
    }

    /** TLS handshakes completed; 0 in clear. */
    public long handshakes() {
        return handshakes.sum();
    }

    /** TLS handshakes that failed or were given up. */
    public long failedHandshakes() {
        return failedHandshakes.sum();
    }

    /** Connections closed because a message did not come to its end in time. */
    public long slowClosedCount() {
        return slowClosed.sum();
    }

    /** Accepts no more, and closes each connection when its queries are answered. */
    public void drain() {
        draining = true;
        servers.forEach(server -> server.close().awaitUninterruptibly());
        for (Channel channel : connections) {
            channel.eventLoop().execute(() -> {
                TcpConnection connection = channel.pipeline().get(TcpConnection.class);
                if (connection != null) {
                    connection.drain();
                }
            });
        }
    }

    /** Closes all. Answers that are written already leave first, if the clients take them at once. */
    @Override
    public void close() {
        if (loops.isShuttingDown()) {
            return;
        }
        drain();
        long deadlineNanos = System.nanoTime() + CLOSE_PATIENCE_NANOS;
        for (Channel channel : connections) {
            long leftNanos = Math.max(0, deadlineNanos - System.nanoTime());
            channel.closeFuture().awaitUninterruptibly(leftNanos, TimeUnit.NANOSECONDS);
        }
        connections.forEach(Channel::close);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
