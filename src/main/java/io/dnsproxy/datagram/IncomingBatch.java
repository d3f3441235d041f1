package io.dnsproxy.datagram;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketException;

/** Receives up to a batch of datagrams in one system call. It belongs to the receiving thread. */
final class IncomingBatch {

    static final int MSG_DONTWAIT = 0x40;

    /** Blocks for the first datagram (SO_RCVTIMEO) and takes the others only if they are there. */
    static final int MSG_WAITFORONE = 0x10000;

    private static final int MSG_TRUNC = 0x20;
    private static final int MAX_DATAGRAM_OCTETS = 65_535;

    /**
     * The largest datagram fits into each slot. Pages that no datagram reaches are never touched, so a slot normally
     * costs one. The odd cache line keeps the beginnings of the slots out of one and the same set of the cache.
     */
    private static final long SLOT_OCTETS = 65_536 + 64;

    private static final int EBADF = 9;
    private static final int EFAULT = 14;
    private static final int EINVAL = 22;
    private static final int ENOSYS = 38;
    private static final int ENOTSOCK = 88;

    private final MemorySegment errno = LinuxCalls.newErrno();
    private final MemorySegment slots;
    private final MessageVector messages;
    private final byte[] payload = new byte[MAX_DATAGRAM_OCTETS];
    private final Peer peer = new Peer();
    private final DatagramCounters counters;
    private final int batch;
    private int used;

    IncomingBatch(int batch, DatagramCounters counters) {
        this.batch = batch;
        this.counters = counters;
        this.slots = LinuxCalls.mapUntouched(batch * SLOT_OCTETS);
        this.messages = new MessageVector(batch, slots);
        for (int i = 0; i < batch; i++) {
            messages.range(i, i * SLOT_OCTETS, MAX_DATAGRAM_OCTETS);
        }
        this.used = batch;
    }

    /**
     * Hands over what one call brings.
     *
     * @return how many, 0 when there was none
     */
    int receive(LinuxSocket socket, int socketIndex, int flags, DatagramReceiver receiver) throws IOException {
        for (int i = 0; i < used; i++) {
            messages.lengths(i, SocketNames.IPV6_OCTETS, ControlMessages.STRIDE_OCTETS);
        }
        int received = LinuxCalls.recvmmsg(errno, socket.descriptor(), messages.headersFrom(0), batch, flags);
        used = Math.max(received, 0);
        if (received < 0) {
            failed(-received);
            return 0;
        }
        int handedOver = 0;
        for (int i = 0; i < received; i++) {
            SocketNames.read(messages.names(), messages.name(i), peer, socketIndex);
            noteDrops(
                    socket,
                    ControlMessages.read(
                            messages.controls(), messages.control(i), messages.controlLength(i), peer, socket.drops()));
            if ((messages.flags(i) & MSG_TRUNC) != 0) {
                counters.addTruncated();
                continue;
            }
            int length = messages.length(i);
            MemorySegment.copy(slots, JAVA_BYTE, i * SLOT_OCTETS, payload, 0, length);
            handedOver++;
            receiver.received(payload, 0, length, peer);
        }
        return handedOver;
    }

    private void noteDrops(LinuxSocket socket, int drops) {
        int since = drops - socket.drops();
        if (since > 0) {
            counters.addSocketDrops(since);
            socket.drops(drops);
        }
    }

    private void failed(int error) throws SocketException {
        switch (error) {
            case LinuxCalls.EAGAIN, LinuxCalls.EINTR -> {}
            case EBADF, EFAULT, EINVAL, ENOSYS, ENOTSOCK ->
                throw new SocketException("recvmmsg: " + LinuxCalls.message(error));
            default -> counters.addReceiveError();
        }
    }
}
