package io.dnsproxy.app;

import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.datagram.DatagramBindException;
import io.dnsproxy.listener.TcpListener;
import io.dnsproxy.listener.UdpListener;
import io.dnsproxy.upstream.DotUpstreamPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.SmartLifecycle;

/**
 * The proxy's life, which it has once.
 *
 * <p>Start: binds TCP, then UDP on the same ports, then dials the upstreams and waits for none. That is done as soon as the way of a
 * query is there, for clients wait while nobody listens; actuator follows. Stop: first of all, so that actuator can be asked to the end;
 * goes on serving for the shutdown delay, takes no more work, answers what is in flight within the grace time, then closes the
 * connections. A start that fails, here or later, leaves nothing open.
 */
class DnsServer implements InitializingBean, SmartLifecycle, DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);

    private static final Duration IN_FLIGHT_CHECK = Duration.ofMillis(10);

    private final DnsproxyProperties settings;
    private final UdpListener udp;
    private final TcpListener tcp;
    private final @Nullable TcpListener tls;
    private final DotUpstreamPool pool;
    private final RoutedUpstreams routed;
    private final UpstreamLookup lookup;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Phase phase = Phase.NEW;

    private enum Phase {
        NEW,
        SERVING,
        STOPPING,
        STOPPED
    }

    DnsServer(
            DnsproxyProperties settings,
            UdpListener udp,
            TcpListener tcp,
            @Qualifier("tls") ObjectProvider<TcpListener> tls,
            DotUpstreamPool pool,
            RoutedUpstreams routed,
            UpstreamLookup lookup) {
        this.settings = settings;
        this.udp = udp;
        this.tcp = tcp;
        this.tls = tls.getIfAvailable();
        this.pool = pool;
        this.routed = routed;
        this.lookup = lookup;
    }

    /** Begins to serve; the context, which starts what does not run yet, finds it running. */
    @Override
    public void afterPropertiesSet() {
        start();
    }

    @Override
    public void start() {
        if (phase != Phase.NEW) {
            throw new IllegalStateException("the proxy starts once");
        }
        // TCP first: it refuses an address that another proxy has, where UDP would share it.
        List<InetSocketAddress> asked = ListenAddresses.of(settings.listen());
        try {
            tcp.start(asked);
            udp.start(ListenAddresses.withPortsOf(tcp.localAddresses(), asked));
            startTls();
        } catch (TcpListener.BindFailure e) {
            close();
            throw BindRefusal.of(e);
        } catch (DatagramBindException e) {
            close();
            throw BindRefusal.of(e);
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
        phase = Phase.SERVING;
        pool.start();
        routed.start();
    }

    private void startTls() {
        if (tls == null) {
            return;
        }
        try {
            tls.start(ListenAddresses.of(
                    settings.listen(), settings.listen().tls().port()));
        } catch (TcpListener.BindFailure e) {
            close();
            throw BindRefusal.ofTls(e);
        }
    }

    /** Whether queries are taken and the shutdown has not begun. */
    boolean isServing() {
        return phase == Phase.SERVING;
    }

    @Override
    public boolean isRunning() {
        return phase == Phase.SERVING || phase == Phase.STOPPING;
    }

    /** It starts once, so nobody may stop it for a while. */
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public void stop(Runnable callback) {
        Thread.ofPlatform().name("shutdown").start(() -> {
            try {
                stop();
            } finally {
                callback.run();
            }
        });
    }

    @Override
    public void stop() {
        if (phase != Phase.SERVING) {
            return;
        }
        phase = Phase.STOPPING;
        Duration delay = settings.shutdown().delay();
        try {
            LOG.info("shutting down; queries in flight: {}; more are taken for {} ms", inFlight(), delay.toMillis());
            Thread.sleep(delay);
            udp.drain();
            tcp.drain();
            if (tls != null) {
                tls.drain();
            }
            awaitAnswers();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
            phase = Phase.STOPPED;
        }
        LOG.info("stopped");
    }

    /** Connections close by themselves when their last answer has been taken. */
    private void awaitAnswers() throws InterruptedException {
        long deadlineNanos = System.nanoTime() + settings.shutdown().grace().toNanos();
        while (inFlight() + connections() > 0 && System.nanoTime() - deadlineNanos < 0) {
            Thread.sleep(IN_FLIGHT_CHECK);
        }
        int unanswered = inFlight();
        if (unanswered > 0) {
            LOG.warn("queries still unanswered at the end of the grace time: {}", unanswered);
        }
    }

    private int inFlight() {
        return udp.inFlight() + tcp.inFlight() + (tls == null ? 0 : tls.inFlight());
    }

    private int connections() {
        return tcp.connections() + (tls == null ? 0 : tls.connections());
    }

    /** What never started, or not as a whole. */
    @Override
    public void destroy() {
        close();
    }

    /** Upstreams first: what they leave unanswered fails, and the listeners can still say so. */
    private void close() {
        if (closed.compareAndSet(false, true)) {
            CompletableFuture<Void> routedClosed = CompletableFuture.runAsync(
                    routed::close,
                    task -> Thread.ofPlatform().name("shutdown-routes").start(task));
            pool.close();
            routedClosed.join();
            tcp.close();
            if (tls != null) {
                tls.close();
            }
            udp.close();
            lookup.close();
        }
    }
}
