package io.dnsproxy.datagram;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Objects;

/** Sends each datagram as it is added: the JDK has no call for several, so holding them back would gain nothing. */
final class NioDatagramSender implements DatagramSender {

    private final List<DatagramChannel> channels;
    private final DescriptorGuard guard;
    private final DatagramCounters counters;
    private final ByteBuffer outgoing = ByteBuffer.allocateDirect(MAX_PAYLOAD_OCTETS);
    private boolean closed;

    NioDatagramSender(List<DatagramChannel> channels, DescriptorGuard guard, DatagramCounters counters) {
        this.channels = channels;
        this.guard = guard;
        this.counters = counters;
    }

    @Override
    public void add(byte[] buffer, int offset, int length, Peer peer) {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        Objects.checkIndex(length, MAX_PAYLOAD_OCTETS + 1);
        if (closed || !guard.enter()) {
            counters.addSendFailures(1);
            return;
        }
        try {
            outgoing.clear().put(buffer, offset, length).flip();
            channels.get(peer.socket()).send(outgoing, peer.toSocketAddress());
            if (outgoing.hasRemaining()) {
                counters.addSendFailures(1);
            }
        } catch (IOException | IllegalArgumentException e) {
            counters.addSendFailures(1);
        } finally {
            guard.leave();
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        closed = true;
    }
}
