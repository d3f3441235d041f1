package io.dnsproxy.datagram;

import io.dnsproxy.datagram.DatagramBindException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * UDP by the JDK's channels: one system call and a few objects for each datagram.
 *
 * <p>The JDK does not tell which address was asked, so on a wildcard address the system chooses the source of a reply.
 */
final class NioDatagramEndpoint implements DatagramEndpoint {

    private static final long WAIT_MILLIS = 250;
    private static final int MAX_DATAGRAM_OCTETS = 65_535;

    private final Selector selector;
    private final List<DatagramChannel> channels;
    private final List<InetSocketAddress> localAddresses;
    private final int batch;
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(MAX_DATAGRAM_OCTETS);
    private final byte[] payload = new byte[MAX_DATAGRAM_OCTETS];
    private final Peer peer = new Peer();
    private final DatagramCounters counters = new DatagramCounters();
    private final DescriptorGuard guard = new DescriptorGuard(this::closeChannels);

    private NioDatagramEndpoint(Selector selector, List<DatagramChannel> channels, int batch) throws IOException {
        this.selector = selector;
        this.channels = List.copyOf(channels);
        this.batch = batch;
        List<InetSocketAddress> bound = new ArrayList<>();
        for (DatagramChannel channel : channels) {
            channel.register(selector, SelectionKey.OP_READ);
            bound.add((InetSocketAddress) channel.getLocalAddress());
        }
        this.localAddresses = List.copyOf(bound);
    }

    /** Opens and binds all sockets of one worker, or none. */
    static DatagramEndpoint open(DatagramSettings settings, boolean sharePort) throws IOException {
        Selector selector = Selector.open();
        List<DatagramChannel> channels = new ArrayList<>();
        try {
            for (InetSocketAddress address : settings.addresses()) {
                channels.add(bind(address, settings, sharePort));
            }
            return new NioDatagramEndpoint(selector, channels, settings.batch());
        } catch (IOException | RuntimeException e) {
            for (DatagramChannel channel : channels) {
                channel.close();
            }
            selector.close();
            throw e;
        }
    }

    @Override
    public List<InetSocketAddress> localAddresses() {
        return localAddresses;
    }

    @Override
    public int receive(DatagramReceiver receiver, boolean waitForFirst) throws IOException {
        if (!guard.enterReceiving()) {
            throw new ClosedChannelException();
        }
        try {
            int ready = waitForFirst ? selector.select(WAIT_MILLIS) : selector.selectNow();
            int received = 0;
            if (ready > 0) {
                selector.selectedKeys().clear();
                for (int socket = 0; socket < channels.size(); socket++) {
                    received += drain(socket, receiver);
                }
            }
            return received;
        } finally {
            guard.leaveReceiving();
        }
    }

    @Override
    public DatagramSender sender() {
        return new NioDatagramSender(channels, guard, counters);
    }

    @Override
    public DatagramCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        guard.close();
    }

    private int drain(int socket, DatagramReceiver receiver) throws IOException {
        DatagramChannel channel = channels.get(socket);
        int received = 0;
        while (received < batch) {
            incoming.clear();
            InetSocketAddress from;
            try {
                from = (InetSocketAddress) channel.receive(incoming);
            } catch (ClosedChannelException e) {
                throw e;
            } catch (SocketException e) {
                counters.addReceiveError();
                return received;
            }
            if (from == null) {
                return received;
            }
            received++;
            int length = incoming.position();
            incoming.get(0, payload, 0, length);
            peer.arrived(from, socket);
            receiver.received(payload, 0, length, peer);
        }
        return received;
    }

    /** Runs when nobody receives or sends: the selector must go too, since it keeps the descriptors of its channels. */
    private void closeChannels() {
        try {
            for (DatagramChannel channel : channels) {
                channel.close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DatagramChannel bind(InetSocketAddress address, DatagramSettings settings, boolean sharePort)
            throws IOException {
        DatagramChannel channel = open(address);
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, settings.receiveBufferOctets());
            channel.setOption(StandardSocketOptions.SO_SNDBUF, settings.sendBufferOctets());
            if (sharePort) {
                channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            return channel.bind(address);
        } catch (SocketException e) {
            channel.close();
            throw new DatagramBindException(reason(e), address, String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static DatagramChannel open(InetSocketAddress address) throws IOException {
        if (address.getAddress() instanceof Inet4Address) {
            return DatagramChannel.open(StandardProtocolFamily.INET);
        }
        try {
            return DatagramChannel.open(StandardProtocolFamily.INET6);
        } catch (UnsupportedOperationException e) {
            if (address.getAddress().isAnyLocalAddress()) {
                return DatagramChannel.open(StandardProtocolFamily.INET);
            }
            throw new DatagramBindException(Reason.NOT_AVAILABLE, address, "no IPv6");
        }
    }

    /** The JDK has the reason only in words. */
    private static Reason reason(SocketException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("in use")) {
            return Reason.IN_USE;
        }
        if (message.contains("denied") || message.contains("not permitted")) {
            return Reason.PERMISSION;
        }
        if (message.contains("assign") || message.contains("not available")) {
            return Reason.NOT_AVAILABLE;
        }
        return Reason.OTHER;
    }
}
