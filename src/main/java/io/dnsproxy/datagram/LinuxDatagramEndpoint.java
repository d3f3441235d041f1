package io.dnsproxy.datagram;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;

/**
 * UDP by recvmmsg and sendmmsg. With one socket it blocks in recvmmsg itself; with several it polls them and takes a
 * batch from each that has something.
 */
final class LinuxDatagramEndpoint implements DatagramEndpoint {

    private static final long POLLFD_OCTETS = 8; // int fd; short events; short revents
    private static final long POLLFD_EVENTS = 4;
    private static final long POLLFD_REVENTS = 6;
    private static final short POLLIN = 1;

    private final List<LinuxSocket> sockets;
    private final List<InetSocketAddress> localAddresses;
    private final int batch;
    private final DatagramCounters counters = new DatagramCounters();
    private final IncomingBatch incoming;
    private final ReceivingTurns turns = new ReceivingTurns();
    private final MemorySegment errno = LinuxCalls.newErrno();
    private final MemorySegment polled;
    private final DescriptorGuard guard = new DescriptorGuard(this::closeSockets);

    private LinuxDatagramEndpoint(List<LinuxSocket> sockets, int batch) {
        this.sockets = List.copyOf(sockets);
        this.localAddresses = sockets.stream().map(LinuxSocket::localAddress).toList();
        this.batch = batch;
        this.incoming = new IncomingBatch(batch, counters);
        this.polled = Arena.ofAuto().allocate(POLLFD_OCTETS * sockets.size(), Integer.BYTES);
        for (int i = 0; i < sockets.size(); i++) {
            polled.set(JAVA_INT, i * POLLFD_OCTETS, sockets.get(i).descriptor());
            polled.set(JAVA_SHORT, i * POLLFD_OCTETS + POLLFD_EVENTS, POLLIN);
        }
    }

    /** Opens and binds all sockets of one worker, or none. */
    static DatagramEndpoint open(DatagramSettings settings, boolean sharePort) throws IOException {
        List<LinuxSocket> sockets = new ArrayList<>();
        try {
            for (InetSocketAddress address : settings.addresses()) {
                sockets.add(LinuxSocket.open(address, settings, sharePort));
            }
            return new LinuxDatagramEndpoint(sockets, settings.batch());
        } catch (IOException | RuntimeException | Error e) {
            sockets.forEach(LinuxSocket::close);
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
            int received = sockets.size() == 1
                    ? receiveFromOnlyOne(receiver, waitForFirst)
                    : receiveFromReady(receiver, waitForFirst ? LinuxSocket.WAIT_MILLIS : 0);
            turns.received(received);
            return received;
        } finally {
            guard.leaveReceiving();
        }
    }

    @Override
    public DatagramSender sender() {
        return new LinuxDatagramSender(sockets, batch, guard, counters);
    }

    @Override
    public DatagramCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        guard.close();
    }

    private int receiveFromOnlyOne(DatagramReceiver receiver, boolean waitForFirst) throws IOException {
        int flags = waitForFirst ? IncomingBatch.MSG_WAITFORONE : IncomingBatch.MSG_DONTWAIT;
        return incoming.receive(sockets.getFirst(), 0, flags, receiver);
    }

    private int receiveFromReady(DatagramReceiver receiver, int timeoutMillis) throws IOException {
        int ready = LinuxCalls.poll(errno, polled, sockets.size(), timeoutMillis);
        if (ready < 0 && ready != -LinuxCalls.EINTR) {
            throw new SocketException("poll: " + LinuxCalls.message(-ready));
        }
        int received = 0;
        for (int i = 0; ready > 0 && i < sockets.size(); i++) {
            if (polled.get(JAVA_SHORT, i * POLLFD_OCTETS + POLLFD_REVENTS) != 0) {
                received += incoming.receive(sockets.get(i), i, IncomingBatch.MSG_DONTWAIT, receiver);
            }
        }
        return received;
    }

    private void closeSockets() {
        sockets.forEach(LinuxSocket::close);
    }
}
