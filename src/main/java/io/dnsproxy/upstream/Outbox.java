package io.dnsproxy.upstream;

import io.dnsproxy.wire.QueryWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** Queries that leave together, as one write: one TLS record while they fit. For the connection's event loop. */
final class Outbox {

    private byte[] frame = new byte[512];
    private @Nullable ByteBuf unsent;

    /** Adds a query under its id. */
    void add(PendingExchange exchange, ChannelHandlerContext context) {
        int octets = QueryWriter.frameOctets(exchange.query);
        if (octets > frame.length) {
            frame = new byte[octets];
        }
        QueryWriter.write(exchange.query, exchange.id, frame, 0);
        if (unsent == null) {
            unsent = context.alloc().directBuffer();
        }
        unsent.writeBytes(frame, 0, octets);
    }

    boolean isEmpty() {
        return unsent == null;
    }

    /** Sends what was added. */
    void flush(ChannelHandlerContext context) {
        if (unsent != null) {
            ByteBuf batch = unsent;
            unsent = null;
            context.writeAndFlush(batch, context.voidPromise());
        }
    }

    /** Drops what was added: the connection is closed. */
    void clear() {
        if (unsent != null) {
            unsent.release();
            unsent = null;
        }
    }
}
