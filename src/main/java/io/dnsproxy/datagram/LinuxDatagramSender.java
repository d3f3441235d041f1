package io.dnsproxy.datagram;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sends by sendmmsg. It enters the guard once for each flush. */
final class LinuxDatagramSender implements DatagramSender {

    private final List<LinuxSocket> sockets;
    private final int batch;
    private final DescriptorGuard guard;
    private final DatagramCounters counters;
    private final @Nullable OutgoingBatch[] batches;
    private boolean closed;

    LinuxDatagramSender(List<LinuxSocket> sockets, int batch, DescriptorGuard guard, DatagramCounters counters) {
        this.sockets = sockets;
        this.batch = batch;
        this.guard = guard;
        this.counters = counters;
        this.batches = new OutgoingBatch[sockets.size()];
    }

    @Override
    public void add(byte[] buffer, int offset, int length, Peer peer) {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        Objects.checkIndex(length, MAX_PAYLOAD_OCTETS + 1);
        OutgoingBatch outgoing = batchOf(peer.socket());
        if (!outgoing.hasRoomFor(length)) {
            flush();
        }
        if (closed || !outgoing.add(buffer, offset, length, peer)) {
            counters.addSendFailures(1);
        }
    }

    @Override
    public void flush() {
        int pending = 0;
        for (OutgoingBatch outgoing : batches) {
            pending += outgoing == null ? 0 : outgoing.count();
        }
        if (pending == 0) {
            return;
        }
        boolean open = guard.enter();
        int failures = 0;
        try {
            for (OutgoingBatch outgoing : batches) {
                if (outgoing == null || outgoing.count() == 0) {
                    continue;
                }
                if (open) {
                    failures += outgoing.send();
                } else {
                    failures += outgoing.count();
                    outgoing.clear();
                }
            }
        } finally {
            if (open) {
                guard.leave();
            }
        }
        if (failures > 0) {
            counters.addSendFailures(failures);
        }
    }

    @Override
    public void close() {
        flush();
        closed = true;
    }

    private OutgoingBatch batchOf(int socket) {
        OutgoingBatch outgoing = batches[socket];
        if (outgoing == null) {
            outgoing = new OutgoingBatch(sockets.get(socket), batch);
            batches[socket] = outgoing;
        }
        return outgoing;
    }
}
