package io.dnsproxy.app;

import io.dnsproxy.app.settings.DnsproxyProperties;
import io.dnsproxy.app.settings.SettingException;
import io.dnsproxy.datagram.DatagramBindException;
import io.dnsproxy.datagram.Datagrams;
import io.dnsproxy.listener.TcpListener;
import io.dnsproxy.listener.UdpListener;
import io.dnsproxy.upstream.DotUpstream;
import io.dnsproxy.upstream.DotUpstreamPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The proxy's life. Starts last and stops first, so that actuator can be asked all the while.
 *
 * <p>Start: binds TCP, then UDP on the same ports, then dials the upstreams and waits for none. Stop: goes on serving for
 * the shutdown delay, takes no more work, answers what is in flight within the grace time, then closes the connections.
 */
@Component
class DnsServer implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);

    private static final Duration IN_FLIGHT_CHECK = Duration.ofMillis(10);

    private final DnsproxyProperties settings;
    private final UdpListener udp;
    private final TcpListener tcp;
    private final DotUpstreamPool pool;
    private final UpstreamLookup lookup;
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
            DotUpstreamPool pool,
            UpstreamLookup lookup) {
        this.settings = settings;
        this.udp = udp;
        this.tcp = tcp;
        this.pool = pool;
        this.lookup = lookup;
    }

    @Override
    public void start() {
        // TCP first: it refuses an address that another proxy has, where UDP would share it.
        List<InetSocketAddress> asked = addresses();
        try {
            tcp.start(asked);
            udp.start(withPorts(asked, tcp.localAddresses()));
        } catch (TcpListener.BindFailure e) {
            close();
            throw refusal(e.address(), e);
        } catch (DatagramBindException e) {
            close();
            throw refusal(e);
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
        phase = Phase.SERVING;
        pool.start();
        LOG.info(
                "answering on {} (UDP by {}), asking {}",
                text(tcp.localAddresses()),
                Datagrams.describe(),
                pool.upstreams().stream().map(DotUpstream::name).collect(Collectors.joining(", ")));
    }

    /** Whether queries are taken and the shutdown has not begun. */
    boolean isServing() {
        return phase == Phase.SERVING;
    }

    @Override
    public boolean isRunning() {
        return phase == Phase.SERVING || phase == Phase.STOPPING;
    }

    @Override
    public void stop(Runnable callback) {
        phase = Phase.STOPPING;
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
        phase = Phase.STOPPING;
        try {
            Thread.sleep(settings.shutdown().delay());
            udp.drain();
            tcp.drain();
            awaitAnswers();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
            phase = Phase.STOPPED;
        }
    }

    private void awaitAnswers() throws InterruptedException {
        long deadlineNanos = System.nanoTime() + settings.shutdown().grace().toNanos();
        while (udp.inFlight() + tcp.inFlight() > 0 && System.nanoTime() - deadlineNanos < 0) {
            Thread.sleep(IN_FLIGHT_CHECK);
        }
        int unanswered = udp.inFlight() + tcp.inFlight();
        if (unanswered > 0) {
            LOG.warn("{} queries were still unanswered at the end of the grace time", unanswered);
        }
    }

    private void close() {
        tcp.close();
        udp.close();
        pool.close();
        lookup.close();
    }

    private List<InetSocketAddress> addresses() {
        List<InetAddress> given = settings.listen().addresses();
        int port = settings.listen().port();
        if (given.isEmpty()) {
            return List.of(new InetSocketAddress(InetAddress.ofLiteral("::"), port));
        }
        return given.stream()
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    private static List<InetSocketAddress> withPorts(List<InetSocketAddress> asked, List<InetSocketAddress> bound) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            addresses.add(new InetSocketAddress(
                    asked.get(i).getAddress(), bound.get(i).getPort()));
        }
        return addresses;
    }

    private static SettingException refusal(DatagramBindException e) {
        return switch (e.reason()) {
            case IN_USE -> SettingException.addressInUse(e.address());
            case PERMISSION -> SettingException.noPermission(e.address());
            case NOT_AVAILABLE -> SettingException.addressNotAvailable(e.address());
            case OTHER -> other(e.address(), e);
        };
    }

    /** The JDK tells these apart only by the system's words. */
    private static SettingException refusal(InetSocketAddress address, Throwable cause) {
        String words = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (words.contains("in use")) {
            return SettingException.addressInUse(address);
        }
        if (words.contains("permission denied")) {
            return SettingException.noPermission(address);
        }
        if (words.contains("assign requested address")
                || words.contains("not supported")
                || cause instanceof UnsupportedAddressTypeException) {
            return SettingException.addressNotAvailable(address);
        }
        return other(address, cause);
    }

    private static SettingException other(InetSocketAddress address, Throwable cause) {
        return new SettingException(
                "dnsproxy.listen.address",
                "cannot be listened on at " + address.getAddress().getHostAddress() + " port " + address.getPort()
                        + ": " + cause.getMessage(),
                "Take another address by SERVER_ADDRESS, or another port by SERVER_PORT.");
    }

    private static String text(List<InetSocketAddress> addresses) {
        return addresses.stream()
                .map(address -> {
                    String host = address.getAddress().getHostAddress();
                    return address.getAddress() instanceof Inet4Address
                            ? host + ":" + address.getPort()
                            : "[" + host + "]:" + address.getPort();
                })
                .collect(Collectors.joining(", "));
    }
}
