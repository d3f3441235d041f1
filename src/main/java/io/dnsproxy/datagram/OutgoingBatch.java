package io.dnsproxy.datagram;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** Collects datagrams for one socket and sends them in one system call. It belongs to the thread of its sender. */
final class OutgoingBatch {

    /** What passes every path of IPv6 whole (RFC 8200 section 5), so room for a batch; larger ones make it shorter. */
    private static final long USUAL_PAYLOAD_OCTETS = 1_280;

    /** The largest datagram fits, whatever the batch. */
    private static final long MIN_PAYLOAD_OCTETS = 65_536;

    private static final long CACHE_LINE_OCTETS = 64;

    private final MemorySegment errno = LinuxCalls.newErrno();
    private final LinuxSocket socket;
    private final MemorySegment payload;
    private final MessageVector messages;
    private final int batch;
    private int count;
    private long end;

    OutgoingBatch(LinuxSocket socket, int batch) {
        this.socket = socket;
        this.batch = batch;
        this.payload = LinuxCalls.mapUntouched(Math.max(MIN_PAYLOAD_OCTETS, batch * USUAL_PAYLOAD_OCTETS));
        this.messages = new MessageVector(batch, payload);
    }

    int count() {
        return count;
    }

    boolean hasRoomFor(int length) {
        return count < batch && end + length <= payload.byteSize();
    }

    /** Adds a datagram that there is room for, unless this socket cannot reach the peer. */
    boolean add(byte[] buffer, int offset, int length, Peer peer) {
        if (!socket.isIpv6() && !peer.isIpv4()) {
            return false;
        }
        MemorySegment.copy(buffer, offset, payload, JAVA_BYTE, end, length);
        messages.range(count, end, length);
        int nameOctets = SocketNames.write(messages.names(), messages.name(count), peer, socket.isIpv6());
        long controlOctets = 0;
        if (socket.isWildcard() && (peer.askedHigh() | peer.askedLow()) != 0) {
            controlOctets =
                    ControlMessages.writeSource(messages.controls(), messages.control(count), peer, socket.isIpv6());
        }
        messages.lengths(count, nameOctets, controlOctets);
        count++;
        end = (end + length + CACHE_LINE_OCTETS - 1) & -CACHE_LINE_OCTETS;
        return true;
    }

    /**
     * Sends all and forgets them. One that fails does not keep the ones behind it.
     *
     * @return how many failed
     */
    int send() {
        int failures = 0;
        int next = 0;
        while (next < count) {
            int sent = LinuxCalls.sendmmsg(
                    errno, socket.descriptor(), messages.headersFrom(next), count - next, IncomingBatch.MSG_DONTWAIT);
            if (sent > 0) {
                next += sent;
            } else if (sent != -LinuxCalls.EINTR) {
                failures++;
                next++;
            }
        }
        clear();
        return failures;
    }

    void clear() {
        count = 0;
        end = 0;
    }
}
