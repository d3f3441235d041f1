package io.dnsproxy.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Octets that a TCP connection brought, until they are taken as messages: each behind its length in two octets (RFC 1035
 * 4.2.2), split by the network wherever it liked. Holds no buffer while it is empty. On the event loop only.
 */
final class ReceivedFrames {

    static final int LENGTH_OCTETS = 2;

    /** The largest message that a length can tell. */
    static final int MESSAGE_OCTETS_MAX = 65_535;

    private @Nullable ByteBuf octets;

    /** Adds what was read, and owns it from now on. */
    void add(ByteBufAllocator allocator, ByteBuf read) {
        octets = octets == null ? read : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, octets, read);
        releaseIfEmpty();
    }

    /** Whether a whole message waits. */
    boolean hasNext() {
        return octets != null
                && octets.readableBytes() >= LENGTH_OCTETS
                && octets.readableBytes() - LENGTH_OCTETS >= octets.getUnsignedShort(octets.readerIndex());
    }

    /** Whether a message has begun that has not come to its end. */
    boolean isPartial() {
        return octets != null && !hasNext();
    }

    /**
     * Takes the next message. Only if there {@linkplain #hasNext is one}.
     *
     * @param message has room for 65,535 octets
     * @return its length, 0 included
     */
    int next(byte[] message) {
        ByteBuf from = octets;
        if (from == null) {
            throw new IllegalStateException("no message");
        }
        int length = from.readUnsignedShort();
        from.readBytes(message, 0, length);
        releaseIfEmpty();
        return length;
    }

    /** Gives back the room of what was taken, when that is a good part. */
    void trim() {
        if (octets != null) {
            octets.discardSomeReadBytes();
        }
    }

    /** Forgets everything. */
    void clear() {
        if (octets != null) {
            octets.release();
            octets = null;
        }
    }

    private void releaseIfEmpty() {
        if (octets != null && !octets.isReadable()) {
            clear();
        }
    }
}
