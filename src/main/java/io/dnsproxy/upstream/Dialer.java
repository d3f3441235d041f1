package io.dnsproxy.upstream;

import io.dnsproxy.upstream.UpstreamException.Reason;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Dials one server, one dial at a time: so there is never more than one TCP connection attempt or TLS handshake under way
 * with it. Knows where the server is ({@link AddressBook}) and who it must be ({@link ServerAuthentication}). When to dial is
 * the upstream's business. For the upstream's event loop.
 */
final class Dialer {

    /** How dials end. */
    interface Outcome {

        /** Authenticated, and ready for queries. */
        void connected(DotConnection connection);

        /** No connection. */
        void failed(UpstreamException cause);

        /** It takes long: there is no telling yet how it ends. Told after a third of the attempt timeout, and after all of it. */
        void slow();
    }

    private final EventLoop loop;
    private final UpstreamSettings settings;
    private final UpstreamCounters counters;
    private final AddressBook addresses;
    private final SeenServers seen = new SeenServers();
    private final Outcome outcome;
    private Identity identity;

    /** The dial under way, from the look-up of the address on; null when there is none. */
    private @Nullable Attempt underWay;

    private long begunNanos = System.nanoTime();

    /** The server that is meant, and how it proves that it is the one. */
    record Identity(UpstreamServer server, ServerAuthentication authentication) {

        /**
         * Sets up a TLS client, which remembers no session yet. Any thread.
         *
         * @throws IllegalArgumentException when there can be none for this server
         */
        static Identity of(UpstreamServer server) {
            try {
                return new Identity(server, new ServerAuthentication(server));
            } catch (SSLException | IllegalStateException e) {
                throw new IllegalArgumentException("no TLS for upstream " + server + ": " + e.getMessage(), e);
            }
        }
    }

    Dialer(
            UpstreamServer server,
            UpstreamSettings settings,
            HostLookup lookup,
            EventLoop loop,
            UpstreamCounters counters,
            Outcome outcome) {
        this.identity = Identity.of(server);
        this.settings = settings;
        this.loop = loop;
        this.counters = counters;
        this.outcome = outcome;
        this.addresses = new AddressBook(server.host(), lookup, settings.connectTimeout(), System::nanoTime);
    }

    /** What those that authenticated have shown of themselves. */
    SeenServers seen() {
        return seen;
    }

    boolean isDialing() {
        return underWay != null;
    }

    /** When the newest dial began, by {@link System#nanoTime}. */
    long begunNanos() {
        return begunNanos;
    }

    /**
     * Dials; nothing may be under way.
     *
     * @param connections makes the connection that the dial is for
     */
    void dial(Supplier<DotConnection> connections) {
        counters.dials.increment();
        Attempt attempt = new Attempt(connections.get());
        underWay = attempt;
        begunNanos = System.nanoTime();
        long attemptTimeoutNanos = settings.attemptTimeout().toNanos();
        loop.schedule(attempt::checkSlow, attemptTimeoutNanos / 3, TimeUnit.NANOSECONDS);
        loop.schedule(attempt::checkSlow, attemptTimeoutNanos, TimeUnit.NANOSECONDS);
        addresses.next().thenAccept(address -> loop.execute(() -> attempt.start(address)));
    }

    /** Gives up the dial under way, if there is one. */
    void cancel() {
        Attempt canceled = underWay;
        underWay = null;
        if (canceled != null && canceled.dial != null) {
            canceled.dial.cancel();
        }
    }

    /** From the next dial on this is who the server must be, and no earlier session is resumed; the one under way is given up. */
    void trust(Identity other) {
        cancel();
        identity = other;
    }

    /** One dial, that counts while it is the one under way. */
    private final class Attempt implements Dial.Outcome {

        private final DotConnection connection;
        private @Nullable Dial dial;

        Attempt(DotConnection connection) {
            this.connection = connection;
        }

        void start(@Nullable InetAddress address) {
            if (underWay != this) {
                return;
            }
            if (address == null) {
                failed(new UpstreamException(Reason.CONNECT, "the host name has no known address"));
            } else {
                dial = Dial.start(
                        loop,
                        new InetSocketAddress(address, identity.server().port()),
                        identity.authentication(),
                        settings,
                        connection,
                        this);
            }
        }

        void checkSlow() {
            if (underWay == this) {
                outcome.slow();
            }
        }

        @Override
        public void connected(DotConnection authenticated, Dial.Handshake handshake) {
            underWay = null;
            (handshake.resumed() ? counters.resumedHandshakes : counters.fullHandshakes).increment();
            seen.authenticated(handshake, Instant.now());
            outcome.connected(authenticated);
        }

        @Override
        public void failed(UpstreamException cause) {
            underWay = null;
            counters.failed(cause.reason());
            addresses.failed();
            if (cause.reason() == Reason.PIN || cause.reason() == Reason.CERTIFICATE) {
                identity = Identity.of(identity.server()); // no session with an impostor is ever resumed
            }
            outcome.failed(cause);
        }
    }
}
